// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/passage.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/network/profile.hpp>

#include "small_networks.hpp"

namespace passage_tests {

using namespace small_networks;

TEST_CASE("copies that can change nothing are counted as if each were an event") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    relay_options options;
    options.gossip = {nwaku_gossip(), go_waku_gossip()};
    options.link.latency = {{20ms, 40ms, 500ms}};
    if (seed >= 2) options.link.jitter = 10ms;
    if (seed >= 3) options.gossip[0].validation = 5ms;
    if (seed >= 3) options.gossip[1].dont_want_from = 512;
    if (seed >= 4) options.gossip[1].scores_peers = true;
    const graph start = random_graph(60, 8, seed);
    std::vector<relay_node> nodes(60);
    for (std::size_t node = 0; node < nodes.size(); ++node) nodes[node].profile = node % 2;
    if (seed == 5)
      for (std::size_t node = 0; node < nodes.size(); node += 3)
        nodes[node].line = {node % 2 * 50'000, 100'000};
    std::vector<measurements> results;
    std::vector<std::uint64_t> events;
    for (const bool all : {false, true}) {
      options.every_frame_an_event = all;
      run each(start, options, seed, 40s, nodes);
      wr::random_source random(seed);
      // Nodes come and go too, told of ahead of time.
      for (std::uint32_t node = 0; node < 60; node += 7) {
        each.network.set_online(node, false, 12s + node * 113ms);
        each.network.set_online(node, true, 16s + node * 113ms);
      }
      for (wr::duration at = 11s; at < 38s; at += 250ms) {
        each.network.run_until(at);
        const auto node = static_cast<std::uint32_t>(random.below(60));
        if (each.network.online(node)) each.network.publish(node, 0, 800);
      }
      results.push_back(each.finish());
      events.push_back(each.network.handled());
    }
    CHECK(events[0] < events[1]);
    CHECK(results[0].received.size() > 3'000);
    CHECK(results[0].lost_bytes > 0);
    check_same(results[0], results[1]);
  }
}

TEST_CASE("bytes that went out came in or were lost") {
  relay_options options;
  options.link.latency = {{20ms, 40ms, 500ms}};
  run each(random_graph(80, 6, 5), options, 5, 60s);
  for (std::uint32_t node = 0; node < 80; node += 5) {
    each.network.set_online(node, false, 15s + node * 71ms);
    each.network.set_online(node, true, 25s + node * 71ms);
  }
  for (wr::duration at = 11s; at < 40s; at += 100ms) {
    each.network.run_until(at);
    each.network.publish(1, 0, 2'000);
  }
  const measurements m = each.finish();  // twenty seconds later nothing is under way
  CHECK(m.lost_bytes > 0);
  CHECK(bytes_in(m) + m.lost_bytes == bytes_out(m));
  std::uint64_t in = 0, out = 0;
  for (const second_of_run& second : m.seconds)
    for (const byte_pair& pair : second.bytes) {
      in += pair.in;
      out += pair.out;
    }
  CHECK(in == bytes_in(m));
  CHECK(out == bytes_out(m));
}

TEST_CASE("copies wait for one another on a sender's line") {
  std::vector<relay_node> nodes(5);
  nodes[0].line.up = 10'950;  // ten copies a second
  run star(star_of(5), fixed_latency(20ms), 1, 60s, nodes);
  star.network.publish(0, 0, 1'000);
  const measurements m = star.finish();
  REQUIRE(m.received.size() == 4);
  for (std::uint32_t place = 0; place < 4; ++place)
    CHECK(m.received[place].latency_us == 20'000 + 100'000 * (place + 1));
}

TEST_CASE("copies wait for one another on a receiver's line, also those that it has already") {
  std::vector<relay_node> nodes(3);
  nodes[1].line.down = 10'950;
  run line(line_of(3), fixed_latency(20ms), 1, 60s, nodes);
  line.network.publish(0, 0, 1'000);
  line.network.publish(2, 0, 1'000);
  const measurements m = line.finish();
  CHECK(receipt_of(m, 0, 1)->latency_us == 120'000);
  CHECK(receipt_of(m, 1, 1)->latency_us == 220'000);
  CHECK(receipt_of(m, 0, 2)->latency_us == 140'000);

  run full(full_mesh_of(3), fixed_latency(20ms), 1, 60s, nodes);
  full.network.publish(0, 0, 1'000);
  full.network.run_until(10'150ms);
  full.network.publish(2, 0,
                       1'000);  // behind the first message's copies from both others, at 10.12 and 10.22 s
  const measurements n = full.finish();
  CHECK(receipt_of(n, 0, 1)->latency_us == 120'000);
  CHECK(receipt_of(n, 1, 1)->latency_us == 10'320'000 - 10'150'000);
}

TEST_CASE("what is under way to a node that goes is lost") {
  run line(line_of(3), fixed_latency(100ms));
  line.network.set_online(1, false, 10'050ms);
  line.network.publish(0, 0, 1'000);
  line.network.run_until(11s);
  CHECK_FALSE(line.network.online(1));
  line.network.publish(0, 0, 1'000);  // nobody is there
  line.network.set_online(1, true, 12s);
  line.network.run_until(15s);
  line.network.publish(0, 0, 1'000);
  const measurements m = line.finish();
  CHECK(m.lost_bytes == 1'095);
  CHECK(m.copies == 2);
  REQUIRE(m.received.size() == 2);
  CHECK(receipt_of(m, 2, 1)->latency_us == 100'000);
  CHECK(receipt_of(m, 2, 2)->latency_us == 200'000);
  CHECK(m.seconds[0].nodes_online == 3);
  CHECK(m.seconds[1].nodes_online == 2);
  CHECK(m.seconds[3].nodes_online == 3);
  CHECK(m.seconds[0].expected == 2);
  CHECK(m.seconds[0].delivered == 0);
  CHECK(m.seconds[1].expected == 1);
  CHECK(m.seconds[5].delivered == 2);
}

TEST_CASE("neighbours that do not know yet that a node has gone send to it") {
  relay_options options = fixed_latency(100ms);
  options.notice = 5s;
  run line(line_of(3), options);
  line.network.set_online(1, false, 10s);
  line.network.run_until(12s);
  line.network.publish(0, 0, 1'000);
  line.network.run_until(15'500ms);
  line.network.publish(0, 0, 1'000);
  const measurements m = line.finish();
  CHECK(m.lost_bytes == 1'095);
  CHECK(m.received.empty());
}

}  // namespace passage_tests
