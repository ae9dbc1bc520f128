// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/gossip_layer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include <midscale/network/small_networks.hpp>

namespace gossip_layer_tests {

using namespace small_networks;

namespace {

/// A line of four relay nodes at ten seconds, of which the first one is a service.
struct layered {
  layered()
      : relay(line_of(4), fixed_latency(100ms)),
        layer(clock, {&relay.network, 1}, tally, 1, [this](std::uint32_t node, std::uint32_t flood) {
          heard.emplace_back(node, flood);
          times.push_back(clock.elapsed());
        }) {
    layer.on_publication = [this](const wt::message_facts& facts, std::uint32_t message) {
      CHECK(facts.payload_size == 1'000);
      numbers.push_back(message);
      return std::uint32_t{77};
    };
    clock.run_for(10s);
  }
  void run_for(wr::duration length) {
    const wr::duration end = clock.elapsed() + length;
    while (relay.network.next_event() < end) {
      const wr::duration next = relay.network.next_event();
      relay.network.run_until(next + 1ns);
      clock.run_until(clock.start() + next);
    }
    relay.network.run_until(end);
    clock.run_until(clock.start() + end);
  }
  static wt::message_facts facts() {
    wt::message_facts made;
    made.payload_size = 1'000;
    return made;
  }

  small_networks::run relay;
  wt::virtual_clock clock;
  wt::fault_tally tally;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> heard;
  std::vector<wr::duration> times;
  std::vector<std::uint32_t> numbers;
  gossip_layer layer;
};

}  // namespace

TEST_CASE("a publication goes through the relay network, and each node tells when it has it") {
  layered it;
  const std::uint32_t flood = it.layer.new_flood(layered::facts());
  CHECK_FALSE(it.layer.seen(0, flood));
  CHECK(it.layer.publish(0, flood) == 1);
  CHECK(it.layer.publish(0, flood) == 0);
  CHECK(it.layer.seen(0, flood));
  CHECK_FALSE(it.layer.seen(1, flood));
  it.run_for(1s);
  using pair = std::pair<std::uint32_t, std::uint32_t>;
  CHECK(it.heard == std::vector{pair{0, 0}, pair{1, 0}, pair{2, 0}, pair{3, 0}});
  CHECK(it.times == std::vector<wr::duration>{10s, 10s + 100ms, 10s + 200ms, 10s + 300ms});
  CHECK(it.numbers == std::vector<std::uint32_t>{0});
  const measurements made = it.relay.finish();
  CHECK(made.sent.at(0).node == 77);
  CHECK(made.reached.at(0).expected == 3);
  CHECK(made.reached.at(0).delivered == 3);
}

TEST_CASE("a second node publishes the same message, which is then one that is not to receive it") {
  layered it;
  const std::uint32_t flood = it.layer.new_flood(layered::facts());
  CHECK(it.layer.publish(0, flood) == 1);
  CHECK(it.layer.publish(3, flood) == 1);
  it.run_for(1s);
  CHECK(it.heard.size() == 4);
  CHECK(it.times.back() == 10s + 100ms);
  CHECK(it.numbers.size() == 1);
  const measurements made = it.relay.finish();
  CHECK(made.sent.size() == 1);
  CHECK(made.reached.at(0).expected == 2);
  CHECK(made.reached.at(0).delivered == 2);
}

TEST_CASE("a node that is away, or alone, publishes nothing; what was told ahead of time is not told again") {
  layered it;
  const std::uint32_t flood = it.layer.new_flood(layered::facts());
  it.relay.network.set_online(1, false, 11s);
  it.run_for(2s);
  CHECK_FALSE(it.relay.network.online(1));
  it.layer.set_online(1, false);
  CHECK(it.layer.reachable(0) == 0);
  CHECK(it.layer.reachable(1) == 0);
  CHECK(it.layer.reachable(2) == 1);
  CHECK(it.layer.publish(0, flood) == 0);
  CHECK(it.layer.publish(1, flood) == 0);
  CHECK(it.numbers.empty());
  it.layer.set_online(1, true);
  it.run_for(2s);
  CHECK(it.layer.reachable(0) == 1);
  CHECK(it.layer.publish(0, flood) == 1);
}

TEST_CASE("clients that relay are the relay nodes after the services") {
  layered it;
  CHECK(it.layer.add_node(6) == 1);
  CHECK(it.layer.add_node(6) == 2);
  CHECK(it.layer.size() == 4);
}

}  // namespace gossip_layer_tests
