// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/membership.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/discovery/discv5_network.hpp>

namespace membership_tests {

using namespace midscale;
using namespace std::chrono_literals;

relay_options links_of_50_ms() {
  relay_options options;
  options.link.latency = {{50ms, {}, 4s}};
  return options;
}

// Relay nodes without connections, and who they know.
struct club {
  ledger book;
  relay_network network;
  membership members;

  explicit club(std::uint32_t nodes, const membership_options& options = {}, std::uint64_t seed = 1)
      : book(nodes, 0s, 1'000s),
        network({nodes, {}, {}}, std::vector<relay_node>(nodes), links_of_50_ms(), book, seed),
        members(network, options, seed) {}
  void run(wr::duration end) {
    for (;;) {
      const wr::duration next = std::min(network.next_event(), members.next_event());
      if (next >= end) break;
      network.run_until(next + 1ns);
      members.run_until(next + 1ns);
    }
    network.run_until(end);
    members.run_until(end);
  }
  std::vector<std::uint32_t> degrees() { return network.degrees(); }
  void set_online(std::uint32_t node, bool online, wr::duration at) {
    network.set_online(node, online, at);
    members.set_online(node, online, at);
  }
};
const std::vector<std::uint32_t> all_of_ten{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST_CASE("a node dials the bootstrap nodes, after five round trips it is connected") {
  club net(2);
  net.run(1s);  // the second one looks within a second
  const wr::duration looked = net.members.next_event();
  CHECK(looked < 1s + 500ms);
  net.run(1s + 500ms);
  CHECK(net.degrees() == std::vector<std::uint32_t>{1, 1});
  CHECK(net.network.nodes().at(1).connections[0].dialled);
}

TEST_CASE("who is found is dialled, up to as many as a node dials, and all meshes fill") {
  membership_options options;
  options.dialled = 3;
  options.accepted = 5;
  club net(10, options);
  for (const std::uint32_t node : all_of_ten) net.members.found(node, all_of_ten);
  net.run(120s);
  std::uint32_t made = 0;
  for (const std::uint32_t node : all_of_ten) {
    const auto& all = net.network.nodes().at(node).connections;
    const auto dialled = std::count_if(all.begin(), all.end(), [](const auto& each) { return each.dialled; });
    CHECK(dialled <= 3);
    CHECK(static_cast<std::ptrdiff_t>(all.size()) - dialled <= 5);
    CHECK(net.members.known(node) == 9);
    made += static_cast<std::uint32_t>(dialled);
  }
  CHECK(made >= 27);
  REQUIRE(net.members.formed_at());
  CHECK(*net.members.formed_at() <= 30s);
  CHECK(net.members.full_share() > 0.85);
}

TEST_CASE("a full node refuses, and is asked again") {
  membership_options options;
  options.accepted = 1;
  club net(3, options);
  net.run(60s);
  const auto degrees = net.degrees();
  CHECK(degrees[0] == 1);
  CHECK(degrees[1] + degrees[2] == 1);
  measurements result;
  net.members.report(result);
  const auto refused = std::find_if(result.told.begin(), result.told.end(),
                                    [](const told_figure& each) { return each.name == "refused_dials"; });
  REQUIRE(refused != result.told.end());
  // Each time half a second for the dial, five seconds of rest, and one more.
  CHECK(refused->value >= 8);
  CHECK(refused->value <= 10);
}

TEST_CASE("a node that is gone is dialled again after two minutes, then eight") {
  club net(2);
  net.set_online(0, false, 0s);
  net.run(600s);
  measurements result;
  net.members.report(result);
  const auto dials = std::find_if(result.told.begin(), result.told.end(),
                                  [](const told_figure& each) { return each.name == "dials"; });
  REQUIRE(dials != result.told.end());
  CHECK(dials->value == 2);
  net.run(630s);
  CHECK(net.degrees()[1] == 0);
}

TEST_CASE("a node that leaves loses its connections, and finds new ones when it is back") {
  constexpr std::uint32_t nodes = 20;
  club net(nodes);
  discv5_options options;
  options.starts_within = 1ns;
  discv5_network discovery(std::vector<discv5_node>(nodes), options, net.book, 1);
  discovery.on_found = [&](std::uint32_t node, std::span<const std::uint32_t> others, wr::duration) {
    net.members.found(node, others);
  };
  const auto run = [&](wr::duration end) {
    while (discovery.next_event() < end) {
      const wr::duration next = discovery.next_event() + 1ns;
      net.run(next);
      discovery.run_until(next);
    }
    net.run(end);
    discovery.run_until(end);
  };
  run(120s);
  CHECK(net.degrees()[7] >= 13);
  REQUIRE(net.members.full_mesh_at());
  CHECK(*net.members.full_mesh_at() < 60s);
  net.set_online(7, false, 120s);
  discovery.set_online(7, false, 120s);
  run(121s);
  CHECK(net.network.nodes().at(7).connections.empty());
  CHECK(net.members.known(7) == 1);
  net.set_online(7, true, 200s);
  discovery.set_online(7, true, 200s);
  run(300s);
  CHECK(net.degrees()[7] >= 10);
  CHECK(net.members.known(7) == nodes - 1);
}

TEST_CASE("the same seed makes the same connections") {
  const auto degrees_of = [](std::uint64_t seed) {
    club net(10, membership_options::of_degree(4), seed);
    for (const std::uint32_t node : all_of_ten) net.members.found(node, all_of_ten);
    net.run(30s);
    std::vector<std::uint32_t> result;
    for (const std::uint32_t node : all_of_ten)
      for (const overlay::connection& each : net.network.nodes().at(node).connections)
        result.push_back(each.node);
    return result;
  };
  CHECK(degrees_of(1) == degrees_of(1));
  CHECK(degrees_of(1) != degrees_of(2));
}

}  // namespace membership_tests
