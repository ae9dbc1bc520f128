// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/relay.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/network/profile.hpp>

#include "small_networks.hpp"

namespace relay_tests {

using namespace small_networks;

TEST_CASE("the same seed gives the same run, another one another") {
  relay_options options;
  options.link.latency = {{20ms, 40ms, 500ms}};
  std::vector<measurements> results;
  for (const std::uint64_t seed : {7U, 7U, 8U}) {
    run each(random_graph(50, 6, 1), options, seed, 20s);
    for (wr::duration at = 11s; at < 15s; at += 1s) {
      each.network.run_until(at);
      each.network.publish(0, 0, 100);
    }
    results.push_back(each.finish());
  }
  check_same(results[0], results[1]);
  CHECK(results[0].received[10].latency_us != results[2].received[10].latency_us);
}

TEST_CASE("a hook is told of each first receipt and may publish") {
  run line(line_of(3), fixed_latency(100ms));
  std::vector<wr::duration> told;
  line.network.on_first_receipt = [&](const receipt& first, wr::duration at) {
    told.push_back(at);
    if (first.message == 0 && first.node == 2) CHECK(line.network.publish(2, 0, 10) == 1);
  };
  line.network.publish(0, 0, 10);
  CHECK(line.network.next_event() < 11'100ms);
  const measurements m = line.finish();
  CHECK(told == std::vector<wr::duration>{10'100ms, 10'200ms, 10'300ms, 10'400ms});
  CHECK(m.sent.size() == 2);
  REQUIRE(receipt_of(m, 1, 0));
  CHECK(receipt_of(m, 1, 0)->latency_us == 200'000);
}

TEST_CASE("each shard has members, neighbours and meshes of its own") {
  std::vector<relay_node> nodes(9);
  for (std::uint32_t node = 0; node < 9; ++node) nodes[node].shards = {0};
  for (std::uint32_t node = 3; node < 6; ++node) nodes[node].shards = {0, 11};
  for (std::uint32_t node = 6; node < 9; ++node) nodes[node].shards = {11};
  relay_options options = fixed_latency(20ms);
  options.gossip[0].degree_low = 5;  // all five others are in the mesh
  run each(full_mesh_of(9), options, 1, 60s, nodes);
  each.network.publish(0, 0, 1'000);
  each.network.publish(8, 11, 1'000);
  const measurements m = each.finish();
  CHECK(m.received.size() == 10);
  for (const receipt& of : m.received) CHECK((of.message == 0 ? of.node < 6 : of.node >= 3));
  CHECK(m.seconds[0].expected == 10);
  // Six members each have all others in their mesh: 5 + 5 × 4 copies, in either shard.
  CHECK(m.copies == 50);
  CHECK(m.mean_mesh_degree == 5);
  // The other name has one letter more.
  CHECK(m.relay_by_node[0].in == 0);
  CHECK(m.relay_by_node[1].in == 5 * 1'095);
  CHECK(m.relay_by_node[7].in == 5 * 1'096);
  CHECK(m.relay_by_node[4].in == 5 * (1'095 + 1'096));
}

TEST_CASE("connections are made and ended while the network runs") {
  run pair({2, {}, {}}, fixed_latency(100ms));
  CHECK(pair.network.connect(0, 1));
  CHECK_FALSE(pair.network.connect(1, 0));
  pair.network.run_until(12s);
  // Each told its subscription, and one or both grafted the other.
  const std::uint64_t greeting = frame::on_the_wire(frame::subscription(14));
  const auto& control = pair.book.by_node(protocol::relay_control);
  CHECK(control[0].in >= greeting);
  CHECK(control[0].in + control[1].in > 2 * greeting);
  pair.network.publish(0, 0, 10);
  CHECK(pair.network.disconnect(0, 1));  // what is under way comes
  CHECK_FALSE(pair.network.disconnect(0, 1));
  pair.network.publish(0, 0, 10);
  const measurements m = pair.finish();
  CHECK(m.copies == 1);
  REQUIRE(m.received.size() == 1);
  CHECK(m.received[0].message == 0);
}

TEST_CASE("a node that comes back has its connections to those that are there") {
  run line(line_of(4), fixed_latency(20ms));
  line.network.set_online(1, false, 11s);
  line.network.set_online(2, false, 12s);
  line.network.set_online(1, true, 13s);
  line.network.run_until(14s);
  CHECK(line.network.degrees() == std::vector<std::uint32_t>{1, 1, 0, 0});
  line.network.set_online(2, true, 14s);
  line.network.run_until(16s);
  CHECK(line.network.degrees() == std::vector<std::uint32_t>{1, 2, 2, 1});
  line.network.publish(3, 0, 10);
  const measurements m = line.finish();
  CHECK(m.received.size() == 3);
}

TEST_CASE("regions have latencies of their own") {
  graph start = line_of(3);
  start.regions = {0, 1, 1};
  relay_options options;
  options.link.regions = 2;
  options.link.latency = {{1ms, {}, 1s}, {70ms, {}, 1s}, {70ms, {}, 1s}, {2ms, {}, 1s}};
  run line(start, options);
  line.network.publish(0, 0, 10);
  const measurements m = line.finish();
  CHECK(receipt_of(m, 0, 1)->latency_us == 70'000);
  CHECK(receipt_of(m, 0, 2)->latency_us == 72'000);
}

TEST_CASE(
    "a message that is published at a second node goes out from both, and is one publication of who made "
    "it") {
  run it(line_of(5), fixed_latency(100ms));
  const std::uint32_t message = it.network.publish(0, 0, 1'000, 99);
  CHECK(it.network.publish_again(4, message));
  CHECK_FALSE(it.network.publish_again(4, message));
  CHECK_FALSE(it.network.publish_again(0, message));
  it.network.set_online(1, false, 15s);
  it.network.run_until(16s);
  const std::uint32_t alone = it.network.publish(0, 0, 1'000);
  CHECK_FALSE(it.network.publish_again(1, alone));
  const measurements made = it.finish();
  REQUIRE(made.sent.size() == 2);
  CHECK(made.sent[0].node == 99);
  CHECK(made.reached[0].expected == 3);
  CHECK(made.reached[0].delivered == 3);
  CHECK(receipt_of(made, 0, 2)->latency_us == 200'000);
  CHECK(receipt_of(made, 0, 3)->latency_us == 100'000);
  CHECK(receipt_of(made, 0, 4) == nullptr);
}

TEST_CASE("a latency between two places is that of a new connection there") {
  run it(line_of(3), fixed_latency(70ms));
  CHECK(it.network.draw_latency(0, 2) == 70ms);
}

}  // namespace relay_tests
