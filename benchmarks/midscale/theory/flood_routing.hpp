// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <midscale/theory/relay_bandwidth.hpp>

namespace midscale {

/// Bytes a second that a node receives, and in the mean sends, under flood routing, by which Waku v1 passes messages
/// on: a node sends each new message to all it is connected to but the one it has it from. That is a mesh of all
/// connections, of which both_ways_share carry a message both ways, with nothing announced. So it grows with the
/// connections of a node, which GossipSub's mesh bounds: v1 pays for every peer, v2 for those of the mesh, and for the
/// rest no more than announcements. And v1 has one topic that all nodes relay; in v2 the rate is that of the topics
/// that a node follows.
[[nodiscard]] inline double flood_routing_bandwidth(double rate, double copy_bytes, double connections,
                                                    double both_ways_share) {
  return relay_bandwidth_of({.rate = rate,
                             .copy_bytes = copy_bytes,
                             .nodes = connections + 1,
                             .mesh_degree = connections,
                             .both_ways_share = both_ways_share,
                             .topic_peers = connections})
      .mesh;
}

}  // namespace midscale
