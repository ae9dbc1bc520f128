// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>

#include <midscale/results/measurements.hpp>

/// A run that can be worked out by hand: 4 relay nodes in a ring, 2 messages, 10 seconds. Every node gets the first
/// one; the second one comes to two nodes by relay, to the last one from a store.
inline midscale::measurements small_run() {
  using namespace std::chrono_literals;
  using midscale::way;
  midscale::measurements made;
  made.start.nodes = 4;
  made.start.edges = {{0, 1}, {1, 2}, {2, 3}, {3, 0}};
  made.relay_by_node = {{10'000, 40'000}, {20'000, 10'000}, {30'000, 20'000}, {40'000, 30'000}};
  made.discv5_by_node = {{1'000, 2'000}, {1'000, 2'000}, {1'000, 2'000}, {1'000, 2'000}};
  made.seconds.resize(10);
  for (midscale::second_of_run& each : made.seconds) {
    each.nodes_online = 4;
    each.bytes[0] = {10'000, 9'000};
  }
  made.seconds[2].expected = made.seconds[2].delivered = 3;
  made.seconds[7].expected = 3;
  made.seconds[7].delivered = 2;
  made.seconds[8].nodes_online = 3;
  made.sent = {{2'100ms, 0, 0, 1'000}, {7'200ms, 1, 0, 500}};
  made.received = {{0, 1, 100'000, 1, way::mesh},   {0, 3, 110'500, 1, way::mesh},
                   {0, 2, 205'000, 2, way::gossip}, {1, 0, 90'000, 1, way::mesh},
                   {1, 2, 95'000, 1, way::mesh},    {1, 3, 60'000'000, 0, way::store}};
  made.copies = 8;
  made.duplicates = 3;
  made.duplicates_by_message = {3, 0};
  made.mean_mesh_degree = 2;
  return made;
}
