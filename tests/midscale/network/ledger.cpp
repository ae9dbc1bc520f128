// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/ledger.hpp>

#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

namespace ledger_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE("only what is between the warm-up and the end is counted, by node, protocol and second") {
  ledger book(2, 10s, 12'500ms);
  book.sent(protocol::relay, 0, 9'999ms, 1);
  book.sent(protocol::relay, 0, 10s, 2);
  book.sent(protocol::relay_control, 0, 11'500ms, 4);
  book.sent(protocol::discv5, 0, 11'500ms, 8);
  book.received(protocol::relay, 1, 12'499ms, 16);
  book.received(protocol::relay, 1, 12'500ms, 32);
  book.lost(12s, 64);
  book.lost(13s, 128);
  book.copy(12s, false, 0);
  book.copy(12s, true, 0);
  book.copy(1s, true, 0);
  measurements m;
  book.report(m);
  REQUIRE(m.seconds.size() == 3);
  CHECK(m.relay_by_node[0].out == 6);
  CHECK(m.relay_by_node[1].in == 16);
  CHECK(m.discv5_by_node[0].out == 8);
  CHECK(m.seconds[0].bytes[0].out == 2);
  CHECK(m.seconds[1].bytes[1].out == 4);
  CHECK(m.seconds[1].bytes[2].out == 8);
  CHECK(m.seconds[2].bytes[0].in == 16);
  CHECK(m.lost_bytes == 64);
  CHECK(m.copies == 2);
  CHECK(m.duplicates == 1);
}

TEST_CASE("receipts are by message and in their order, of messages published after the warm-up") {
  ledger book(3, 10s, 20s);
  book.published({9s, 0, 0, 100}, 2);
  book.published({10s, 1, 0, 100}, 2);
  book.published({11'500ms, 2, 0, 100}, 2);
  book.first({0, 1, 7, 1, way::mesh}, true);
  book.first({2, 1, 7, 1, way::gossip}, true);
  book.first({1, 2, 7, 1, way::mesh}, true);
  book.first({2, 0, 9, 2, way::mesh}, false);
  book.copy(12s, true, 0);
  book.copy(13s, true, 2);
  book.published({20s, 1, 0, 100}, 2);
  book.first({1, 0, 7, 1, way::mesh}, true);
  book.first({3, 0, 7, 1, way::mesh}, true);
  measurements m;
  book.report(m);
  REQUIRE(m.sent.size() == 2);
  CHECK(m.sent[0].node == 1);
  REQUIRE(m.received.size() == 4);
  CHECK(m.received[0].message == 0);
  CHECK(m.received[0].node == 2);
  CHECK(m.received[1].message == 0);
  CHECK(m.received[1].node == 0);
  CHECK(m.received[2].message == 1);
  CHECK(m.received[2].node == 1);
  CHECK(m.received[3].node == 0);
  CHECK(m.seconds[0].expected == 2);
  CHECK(m.seconds[0].delivered == 2);
  CHECK(m.seconds[1].expected == 2);
  CHECK(m.seconds[1].delivered == 1);
  REQUIRE(m.reached.size() == 2);
  CHECK(m.reached[0].delivered == 2);
  CHECK(m.reached[1].delivered == 1);
  CHECK(m.duplicates_by_message == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("the mesh log gives the mean degree and the share of links used both ways") {
  ledger book(1, 0s, 10s);
  measurements m;
  book.report(m);
  CHECK(m.mean_mesh_degree == 0);
  CHECK(m.both_ways_share == 0);
  book.mesh(1s, 4);
  book.mesh(2s, 7);
  book.mesh(10s, 100);
  book.mesh_changed(2s);
  book.mesh_changed(10s);
  book.mesh_links(1s, 3, 0);
  book.mesh_links(2s, 1, 1);
  book.report(m);
  CHECK(m.mean_mesh_degree == 5.5);
  CHECK(m.mesh_changes == 0.5);
  CHECK(m.both_ways_share == 0.25);
}

TEST_CASE("a second has as many nodes online as when it began") {
  ledger book(5, 10s, 14s);
  book.online(0s, 5);
  book.online(10s, 4);
  book.online(11'500ms, 3);
  book.online(11'600ms, 2);
  measurements m;
  book.report(m);
  CHECK(m.seconds[0].nodes_online == 4);
  CHECK(m.seconds[1].nodes_online == 4);
  CHECK(m.seconds[2].nodes_online == 2);
  CHECK(m.seconds[3].nodes_online == 2);
}

TEST_CASE(
    "who publishes a message too is not to receive it, and bytes of all nodes go into their second alone") {
  ledger book(2, 10s, 20s);
  book.published({5s, 0, 0, 100}, 4);
  book.published({12s, 0, 0, 100}, 4);
  book.published_again(0);
  book.published_again(1);
  book.published_again(2);
  book.exchanged(protocol::filter, 12s + 500ms, {30, 40});
  book.exchanged(protocol::filter, 12s + 600ms, {1, 2});
  book.exchanged(protocol::filter, 21s, {1, 2});
  measurements made;
  book.report(made);
  CHECK(made.seconds[2].expected == 3);
  CHECK(made.reached[0].expected == 3);
  const byte_pair& filter = made.seconds[2].bytes[static_cast<std::size_t>(protocol::filter)];
  CHECK(filter.in == 31);
  CHECK(filter.out == 42);
  CHECK(made.relay_by_node[0].out == 0);
}

}  // namespace ledger_tests
