// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/relay_network.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace relay_network_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

struct flooded {
  explicit flooded(const wt::relay_options& shape, std::uint64_t seed = 1)
      : network(clock, shape, tally, seed,
                [this](std::uint32_t node, std::uint32_t flood) { reached.emplace_back(node, flood); }) {}

  [[nodiscard]] std::set<std::uint32_t> nodes() const {
    std::set<std::uint32_t> found;
    for (const auto& [node, flood] : reached) found.insert(node);
    return found;
  }

  wt::virtual_clock clock;
  wt::fault_tally tally;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> reached;
  wt::relay_network network;
};

}  // namespace

TEST_CASE(
    "the mesh has the degree that was asked for, both ways, and no node has fewer than two neighbours") {
  flooded it({});
  std::size_t links = 0;
  for (std::uint32_t node = 0; node < it.network.size(); ++node) {
    const auto& neighbours = it.network.neighbours(node);
    REQUIRE(neighbours.size() >= 2);
    links += neighbours.size();
    for (const std::uint32_t other : neighbours) {
      REQUIRE(other != node);
      const auto& back = it.network.neighbours(other);
      REQUIRE(std::count(back.begin(), back.end(), node) == 1);
    }
  }
  CHECK(static_cast<double>(links) / it.network.size() == doctest::Approx(6).epsilon(0.05));
}

TEST_CASE("a publication reaches every node once, hop by hop") {
  flooded it({});
  const std::uint32_t flood = it.network.new_flood();
  CHECK(it.network.publish(17, flood) == it.network.neighbours(17).size());
  CHECK(it.reached.size() == 1);
  it.clock.run_for(14ms);
  CHECK(it.reached.size() == 1);
  it.clock.run_for(1min);
  CHECK(it.reached.size() == it.network.size());
  CHECK(it.nodes().size() == it.network.size());
}

TEST_CASE("what a node has seen it does not publish again within two minutes") {
  flooded it({.nodes = 20});
  const std::uint32_t flood = it.network.new_flood();
  CHECK(it.network.publish(0, flood) > 0);
  it.clock.run_for(119s);
  CHECK(it.network.seen(0, flood));
  CHECK(it.network.publish(0, flood) == 0);
  CHECK(it.network.publish(5, flood) == 0);
  it.clock.run_for(10s);
  CHECK_FALSE(it.network.seen(0, flood));
  CHECK(it.network.publish(0, flood) > 0);
  it.network.forget_seen(0);
  CHECK_FALSE(it.network.seen(0, flood));
}

TEST_CASE(
    "a node that is away neither publishes, hears, nor counts as a peer; one alone publishes to nobody") {
  flooded it({.nodes = 30});
  const std::uint32_t peers = it.network.reachable(3);
  it.network.set_online(it.network.neighbours(3).front(), false);
  CHECK(it.network.reachable(3) == peers - 1);
  it.network.set_online(3, false);
  const std::uint32_t flood = it.network.new_flood();
  CHECK(it.network.publish(3, flood) == 0);
  CHECK_FALSE(it.network.seen(3, flood));
  it.network.set_online(3, true);
  for (const std::uint32_t other : it.network.neighbours(3)) it.network.set_online(other, false);
  CHECK(it.network.publish(3, flood) == 0);
  CHECK_FALSE(it.network.seen(3, flood));
}

TEST_CASE("nobody across the border of a partition hears anything, and the border is counted") {
  flooded it({});
  for (std::uint32_t node = 0; node < 80; ++node) it.network.set_side(node, 1);
  it.network.publish(100, it.network.new_flood());
  it.clock.run_for(1min);
  for (const std::uint32_t node : it.nodes()) REQUIRE(node >= 80);
  CHECK(it.nodes().size() > 100);
  CHECK(it.tally.count(wt::fault_kind::partition) > 0);
}

TEST_CASE("lost hops are counted, and many of them leave nodes out") {
  flooded it({.hop_loss = 0.7});
  it.network.publish(0, it.network.new_flood());
  it.clock.run_for(1min);
  CHECK(it.nodes().size() < it.network.size());
  CHECK(it.tally.count(wt::fault_kind::hop_loss) > 0);
}

TEST_CASE("a node that joins later hears what is published then") {
  flooded it({.nodes = 50});
  it.network.publish(0, it.network.new_flood());
  const std::uint32_t joined = it.network.add_node(6);
  CHECK(joined == 50);
  CHECK(it.network.neighbours(joined).size() >= 4);
  it.clock.run_for(1min);
  CHECK(it.network.publish(joined, it.network.new_flood()) > 0);
  it.clock.run_for(1min);
  CHECK(it.nodes().size() == 51);
}

TEST_CASE("the same seed floods in the same order, another one does not") {
  const auto order = [](std::uint64_t seed) {
    flooded it({.nodes = 100, .hop_loss = 0.1}, seed);
    it.network.publish(0, it.network.new_flood());
    it.clock.run_for(1min);
    return it.reached;
  };
  CHECK(order(5) == order(5));
  CHECK(order(5) != order(6));
}

}  // namespace relay_network_tests
