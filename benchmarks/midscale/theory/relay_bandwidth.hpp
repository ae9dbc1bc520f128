// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>

namespace midscale {

/// How many times a message comes to a node over its mesh, in the mean over all nodes: (d / 2)(1 + x). A node has d
/// mesh links in the mean, each of which it shares with another node, and each carries the message once, or both ways
/// where its ends send it to each other at the same time; x is the share of links that do. The first copies leave x at
/// most 1 - 2 / d, so that this is between d / 2 and d - 1.
[[nodiscard]] constexpr double copies_per_node(double mesh_degree, double both_ways_share) {
  return mesh_degree / 2 * (1 + both_ways_share);
}

/// What the closed form of relay bandwidth is made of: one pubsub topic, in a steady state in which nothing is lost.
/// For a node that follows several topics the results add up.
struct relay_traffic {
  double rate = 1;             ///< messages a second from all publishers together
  double copy_bytes = 0;       ///< of one message on a link, encoded and framed
  double nodes = 0;            ///< that follow the topic
  double mesh_degree = 6;      ///< mean over nodes and time, from the run's mesh log
  double both_ways_share = 0;  ///< of mesh links that carry a message both ways, from the run's mesh log
  double topic_peers = 0;      ///< of a node, those of its mesh included
  double publisher_peers = 0;  ///< that flood publish sends to, those of the mesh included; 0 where it is off

  double heartbeat_s = 1;
  double lazy_degree = 6;  ///< least number of peers that a heartbeat announces to, as far as there are any
  double gossip_factor = 0.25;      ///< or this share of those outside the mesh, when that is more
  double announced_heartbeats = 3;  ///< for how many heartbeats a message is announced
  double announcement_bytes = 0;    ///< of an IHAVE on a link, encoded and framed, without message ids
  double request_bytes = 0;         ///< of an IWANT, likewise
  double id_bytes = 0;              ///< of a message id within either
  /// By how much an announcement comes before the message itself, see mean_head_start. Less than a heartbeat.
  double head_start_s = 0;
};

/// Bytes a second that a node receives, by what they are for. It sends as many: in the mean over all nodes what goes
/// out comes in.
struct relay_bandwidth {
  double mesh = 0;           ///< messages over the mesh
  double flood = 0;          ///< messages from their publishers to peers outside its mesh; at most
  double announcements = 0;  ///< IHAVE
  double requests = 0;       ///< IWANT
  double answers = 0;        ///< messages that were asked for

  [[nodiscard]] constexpr double total() const { return mesh + flood + announcements + requests + answers; }
};

/// The closed form of relay bandwidth. With R the rate and S the size of a copy,
///
///   mesh           R S (d / 2)(1 + x)
///   flood          R S (publisher's peers - d) / nodes
///   announcements  g / heartbeat x (bytes of an IHAVE + ids in it x bytes of an id), where each heartbeat announces to
///                  g = max(lazy degree, gossip factor x peers outside the mesh) of them what came in the last
///                  heartbeats; messages are taken as evenly spaced, so that where less than one comes in that time,
///                  that share of heartbeats announces
///   requests and answers: a message is still missing when its announcement comes with the probability
///                  head start / heartbeat, for the announcer's next heartbeat may come at any time alike. Each
///                  announcer is asked, and each answers
///
/// Flood routing, by which Waku v1 passes messages on, is the same form with every connection in the mesh and nothing
/// to announce, see flood_routing_bandwidth. The traffic of a node grows with its mesh degree and with the messages of
/// the topics that it follows. The size of the network does not enter but through flood publish, which it makes
/// cheaper, nor does the number of connections, but through flood publish and gossip. That is what the published
/// comparison of Waku v1 and v2 found too.
///
/// Throws std::invalid_argument with a sentence when a number is out of its range.
[[nodiscard]] inline relay_bandwidth relay_bandwidth_of(const relay_traffic& traffic) {
  constexpr double any = std::numeric_limits<double>::max();
  struct bound {
    const char* name;
    double value;
    double least;
    double most;
  };
  for (const bound& each : std::initializer_list<bound>{
           {"rate", traffic.rate, 0, any},
           {"copy_bytes", traffic.copy_bytes, 0, any},
           {"nodes", traffic.nodes, 1, any},
           {"mesh_degree", traffic.mesh_degree, 0, any},
           {"both_ways_share", traffic.both_ways_share, 0, 1},
           {"topic_peers", traffic.topic_peers, 0, any},
           {"publisher_peers", traffic.publisher_peers, 0, any},
           {"heartbeat_s", traffic.heartbeat_s, 1e-9, any},
           {"lazy_degree", traffic.lazy_degree, 0, any},
           {"gossip_factor", traffic.gossip_factor, 0, 1},
           {"announced_heartbeats", traffic.announced_heartbeats, 0, any},
           {"announcement_bytes", traffic.announcement_bytes, 0, any},
           {"request_bytes", traffic.request_bytes, 0, any},
           {"id_bytes", traffic.id_bytes, 0, any},
           {"head_start_s", traffic.head_start_s, 0, traffic.heartbeat_s},
       }) {
    if (each.value >= each.least && each.value <= each.most) continue;
    throw std::invalid_argument(
        std::string(each.name) + ": " + std::to_string(each.value) + " is not " +
        (each.most < any ? "from " + std::to_string(each.least) + " to " + std::to_string(each.most)
                         : std::to_string(each.least) + " or more"));
  }
  const double sent = traffic.rate * traffic.copy_bytes;
  relay_bandwidth result;
  result.mesh = sent * copies_per_node(traffic.mesh_degree, traffic.both_ways_share);
  result.flood = sent * std::max(0.0, traffic.publisher_peers - traffic.mesh_degree) / traffic.nodes;

  const double outside = std::max(0.0, traffic.topic_peers - traffic.mesh_degree);
  const double targets =
      std::min(outside, std::max(traffic.lazy_degree, std::floor(traffic.gossip_factor * outside)));
  const double announcers = targets / traffic.heartbeat_s;  // a second
  const double ids = traffic.rate * traffic.heartbeat_s * traffic.announced_heartbeats;
  const double missing = traffic.rate * traffic.head_start_s;  // of them, when an announcement comes
  result.announcements =
      announcers * (std::min(1.0, ids) * traffic.announcement_bytes + ids * traffic.id_bytes);
  result.requests =
      announcers * (std::min(1.0, missing) * traffic.request_bytes + missing * traffic.id_bytes);
  result.answers = announcers * missing * traffic.copy_bytes;
  return result;
}

}  // namespace midscale
