// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/theory/flood_routing.hpp>

#include <stdexcept>

#include <doctest/doctest.h>

namespace flood_routing_tests {

using doctest::Approx;
using midscale::flood_routing_bandwidth;
using midscale::relay_bandwidth_of;

TEST_CASE("every connection is paid for") {
  // 1/s x 1000 B x 20/2 x 1.5
  CHECK(flood_routing_bandwidth(1, 1'000, 20, 0.5) == Approx(15'000));
  // Twice the connections, twice the bytes.
  CHECK(flood_routing_bandwidth(1, 1'000, 40, 0.5) == Approx(30'000));
}

TEST_CASE("a mesh of six among twenty connections saves seven tenths, less what is announced") {
  const auto gossip = relay_bandwidth_of({.rate = 1,
                                          .copy_bytes = 1'000,
                                          .nodes = 1'000,
                                          .mesh_degree = 6,
                                          .both_ways_share = 0.5,
                                          .topic_peers = 20,
                                          .announcement_bytes = 50,
                                          .id_bytes = 34});
  // 1000 x 4.5, and 6 x (50 + 3 x 34) = 912
  CHECK(gossip.total() == Approx(5'412));
  CHECK(gossip.mesh / flood_routing_bandwidth(1, 1'000, 20, 0.5) == Approx(0.3));
}

TEST_CASE("a number out of its range is refused by name") {
  CHECK_THROWS_AS((void)flood_routing_bandwidth(1, -1, 20, 0.5), std::invalid_argument);
}

}  // namespace flood_routing_tests
