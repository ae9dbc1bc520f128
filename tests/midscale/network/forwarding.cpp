// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/forwarding.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/network/profile.hpp>

#include "small_networks.hpp"

namespace forwarding_tests {

using namespace small_networks;

TEST_CASE("on a line a message goes from neighbour to neighbour, once over each link") {
  run line(line_of(5), fixed_latency(100ms));
  CHECK(line.network.publish(0, 0, 1'000) == 0);
  const measurements m = line.finish();
  REQUIRE(m.received.size() == 4);
  for (std::uint32_t node = 1; node < 5; ++node) {
    CAPTURE(node);
    CHECK(m.received[node - 1].node == node);
    CHECK(m.received[node - 1].latency_us == node * 100'000);
    CHECK(m.received[node - 1].hops == node);
    CHECK(m.received[node - 1].by == way::mesh);
  }
  CHECK(m.copies == 4);
  CHECK(m.duplicates == 0);
  CHECK(m.mean_mesh_degree == 8.0 / 5);
  CHECK(m.both_ways_share == 0);
  // 1,095 bytes a copy, as the test of frames has it; all neighbours are in the mesh, so that there is no gossip.
  for (std::uint32_t node = 0; node < 5; ++node) {
    CAPTURE(node);
    CHECK(m.relay_by_node[node].in == (node == 0 ? 0 : 1'095));
    CHECK(m.relay_by_node[node].out == (node == 4 ? 0 : 1'095));
  }
  CHECK(m.seconds[0].bytes[0].in == 4 * 1'095);
  CHECK(m.seconds[0].expected == 4);
  CHECK(m.seconds[0].delivered == 4);
}

TEST_CASE("in a star the centre brings a leaf's message to the other leaves") {
  run star(star_of(5), fixed_latency(20ms));
  star.network.publish(2, 0, 1'000);
  const measurements m = star.finish();
  REQUIRE(m.received.size() == 4);
  CHECK(m.received[0].node == 0);
  CHECK(m.received[0].latency_us == 20'000);
  for (const std::uint32_t leaf : {1U, 3U, 4U}) {
    REQUIRE(receipt_of(m, 0, leaf));
    CHECK(receipt_of(m, 0, leaf)->latency_us == 40'000);
    CHECK(receipt_of(m, 0, leaf)->hops == 2);
  }
  CHECK(m.copies == 4);
  CHECK(m.duplicates == 0);
  CHECK(m.relay_by_node[0].in == 1'095);
  CHECK(m.relay_by_node[0].out == 3 * 1'095);
}

TEST_CASE("in a full mesh of five all have a message after one hop, and 12 of 16 copies are too many") {
  run full(full_mesh_of(5), fixed_latency(20ms));
  full.network.publish(3, 0, 1'000);
  const measurements m = full.finish();
  REQUIRE(m.received.size() == 4);
  for (const receipt& each : m.received) {
    CHECK(each.latency_us == 20'000);
    CHECK(each.hops == 1);
  }
  // Four get it from the publisher; each of these sends it to the three others.
  CHECK(m.copies == 16);
  CHECK(m.duplicates == 12);
  for (std::uint32_t node = 0; node < 5; ++node) {
    CHECK(m.relay_by_node[node].in == (node == 3 ? 0 : 4 * 1'095));
    CHECK(m.relay_by_node[node].out == (node == 3 ? 4 : 3) * 1'095);
  }
  // Of ten links the publisher's four carried it one way, the other six both ways.
  CHECK(m.mean_mesh_degree == 4);
  CHECK(m.both_ways_share == 0.6);
}

TEST_CASE("no message comes before it can, and in a network that stays all come") {
  relay_options options;
  options.link.latency = {{30ms, 40ms, 300ms}};
  run each(random_graph(100, 6, 9), options, 9);
  for (wr::duration at = 11s; at < 50s; at += 500ms) {
    each.network.run_until(at);
    each.network.publish(static_cast<std::uint32_t>(at / 500ms) % 100, 0, 100);
  }
  const measurements m = each.finish();
  CHECK(m.received.size() == m.sent.size() * 99);
  for (const receipt& each_receipt : m.received) {
    CHECK(each_receipt.hops >= 1);
    CHECK(each_receipt.latency_us >= each_receipt.hops * 30'000U);
  }
  // The closed form: copies to a node are half the mesh's links, more by those that carried both ways, and the flood.
  const double copies = static_cast<double>(m.copies) / (100.0 * static_cast<double>(m.sent.size()));
  const double form = m.mean_mesh_degree / 2 * (1 + m.both_ways_share);
  CHECK(copies > form * 0.98);
  CHECK(copies < form * 1.05);
}

TEST_CASE("a message is passed on when it has been found valid") {
  relay_options options = fixed_latency(100ms);
  options.gossip[0].validation = 7ms;
  run line(line_of(4), options);
  line.network.publish(0, 0, 1'000);
  const measurements m = line.finish();
  REQUIRE(m.received.size() == 3);
  for (std::uint32_t node = 1; node < 4; ++node) CHECK(receipt_of(m, 0, node)->latency_us == node * 107'000);
}

TEST_CASE("what is told by IDONTWANT before a message is passed on saves its copy") {
  relay_options options = fixed_latency(20ms);
  options.gossip[0].dont_want_from = 1'000;
  {
    // All have the message at once and pass it on: what they tell comes too late.
    run full(full_mesh_of(5), options);
    full.network.publish(3, 0, 1'000);
    const measurements m = full.finish();
    CHECK(m.copies == 16);
    CHECK(full.book.by_node(protocol::relay_control)[0].out == 3 * frame::on_the_wire(frame::dont_want()));
    CHECK(full.book.by_node(protocol::relay_control)[3].in == 0);
  }
  options.gossip[0].validation = 50ms;
  {
    run full(full_mesh_of(5), options);
    full.network.publish(3, 0, 1'000);
    const measurements m = full.finish();
    CHECK(m.received.size() == 4);
    CHECK(m.copies == 4);
    CHECK(m.duplicates == 0);
    CHECK(m.both_ways_share == 0);
  }
  {
    run full(full_mesh_of(5), options);
    full.network.publish(3, 0, 900);  // 941 bytes with what is around the payload: too few
    CHECK(full.finish().copies == 16);
  }
}

TEST_CASE("a flood is held to what the line takes in a heartbeat") {
  relay_options options = fixed_latency(20ms);
  options.gossip[0].flood_bits = 8'000'000;  // 1,000 bytes in a millisecond
  for (const auto& each : {std::pair{1'000U, 150U}, std::pair{49'000U, 20U}}) {
    const auto [payload, copies] = each;
    CAPTURE(each.first);
    run star(star_of(151), options);
    star.network.publish(0, 0, payload);
    star.network.run_until(star.network.now() + 21ms);
    measurements m;
    star.book.report(m);
    CHECK(m.copies == copies);
  }
}

}  // namespace forwarding_tests
