// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/theory/relay_bandwidth.hpp>

#include <limits>
#include <stdexcept>

#include <doctest/doctest.h>

namespace relay_bandwidth_tests {

using doctest::Approx;
using midscale::relay_bandwidth;
using midscale::relay_bandwidth_of;
using midscale::relay_traffic;

relay_traffic example() {
  return {.rate = 2,
          .copy_bytes = 1'100,
          .nodes = 1'000,
          .mesh_degree = 6,
          .both_ways_share = 0.5,
          .topic_peers = 20,
          .publisher_peers = 20,
          .heartbeat_s = 1,
          .lazy_degree = 6,
          .gossip_factor = 0.25,
          .announced_heartbeats = 3,
          .announcement_bytes = 50,
          .request_bytes = 40,
          .id_bytes = 34,
          .head_start_s = 0.1};
}

TEST_CASE("each term is what a sum by hand gives") {
  const relay_bandwidth found = relay_bandwidth_of(example());
  // 2/s x 1100 B x 6/2 x 1.5 = 2200 x 4.5
  CHECK(found.mesh == Approx(9'900));
  // 2200 x (20 - 6) / 1000
  CHECK(found.flood == Approx(30.8));
  // Of 14 peers outside the mesh a quarter is 3, so it is 6 of them each second. In 3 s 6 messages came:
  // 6 x (50 + 6 x 34) = 6 x 254
  CHECK(found.announcements == Approx(1'524));
  // A message is missing in one of 10 announcements, 2 messages a second: 6 x 0.2 x (40 + 34) and 6 x 0.2 x 1100
  CHECK(found.requests == Approx(88.8));
  CHECK(found.answers == Approx(1'320));
  // 9900 + 30.8 + 1524 + 88.8 + 1320
  CHECK(found.total() == Approx(12'863.6));
}

TEST_CASE("copies lie between one over each link and all but one from each neighbour") {
  // No link both ways: 6 / 2. All links but those of the first copies, a share 1 - 2/6: 3 x (5/3).
  CHECK(midscale::copies_per_node(6, 0) == Approx(3));
  CHECK(midscale::copies_per_node(6, 1 - 2.0 / 6) == Approx(5));
}

TEST_CASE("a hand-walked full mesh of five") {
  // Links of equal latency: the publisher sends 4 copies, then each of the 4 others sends to the 3 that it has not got
  // it from: 4 + 12 = 16 copies to 5 nodes, 3.2 each. Of 10 links the 6 without the publisher carry both ways.
  CHECK(midscale::copies_per_node(4, 6.0 / 10) == Approx(16.0 / 5));
}

TEST_CASE("few messages: a heartbeat that has nothing to tell is silent") {
  relay_traffic traffic = example();
  traffic.rate = 0.1;
  traffic.heartbeat_s = 2;
  // A message each 10 s is announced for 3 x 2 s, so that 0.6 of heartbeats announce one. 6 peers each 2 s:
  // 3 x (0.6 x 50 + 0.6 x 34)
  CHECK(relay_bandwidth_of(traffic).announcements == Approx(151.2));
  traffic.rate = 0;
  CHECK(relay_bandwidth_of(traffic).total() == 0);
}

TEST_CASE("many messages: ids fill an announcement, and what is missing is asked for in one request") {
  relay_traffic traffic = example();
  traffic.rate = 100;
  // 6 x (50 + 300 x 34)
  CHECK(relay_bandwidth_of(traffic).announcements == Approx(61'500));
  // 10 missing in each: 6 x (40 + 10 x 34)
  CHECK(relay_bandwidth_of(traffic).requests == Approx(2'280));
}

TEST_CASE("gossip goes to a share of the peers outside the mesh where that is more than the least") {
  relay_traffic traffic = example();
  // A quarter of 40 is 10: 10 x 254
  traffic.topic_peers = 46;
  CHECK(relay_bandwidth_of(traffic).announcements == Approx(2'540));
  // A quarter of 43 is 10 whole ones.
  traffic.topic_peers = 49;
  CHECK(relay_bandwidth_of(traffic).announcements == Approx(2'540));
  // There are but 2: 2 x 254
  traffic.topic_peers = 8;
  CHECK(relay_bandwidth_of(traffic).announcements == Approx(508));
  traffic.topic_peers = 6;
  CHECK(relay_bandwidth_of(traffic).announcements == 0);
  CHECK(relay_bandwidth_of(traffic).answers == 0);
}

TEST_CASE("without flood publish a publisher sends to its mesh") {
  relay_traffic traffic = example();
  traffic.publisher_peers = 0;
  CHECK(relay_bandwidth_of(traffic).flood == 0);
  CHECK(relay_bandwidth_of(traffic).mesh == Approx(9'900));
}

TEST_CASE("a number out of its range is refused by name") {
  relay_traffic traffic = example();
  traffic.both_ways_share = 1.5;
  CHECK_THROWS_WITH_AS((void)relay_bandwidth_of(traffic),
                       "both_ways_share: 1.500000 is not from 0.000000 to 1.000000", std::invalid_argument);
  traffic = example();
  traffic.nodes = 0;
  CHECK_THROWS_WITH_AS((void)relay_bandwidth_of(traffic), "nodes: 0.000000 is not 1.000000 or more",
                       std::invalid_argument);
  traffic = example();
  traffic.head_start_s = 1.5;
  CHECK_THROWS_WITH_AS((void)relay_bandwidth_of(traffic),
                       "head_start_s: 1.500000 is not from 0.000000 to 1.000000", std::invalid_argument);
  traffic = example();
  traffic.rate = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS((void)relay_bandwidth_of(traffic), std::invalid_argument);
}

}  // namespace relay_bandwidth_tests
