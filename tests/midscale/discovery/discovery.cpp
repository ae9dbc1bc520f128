// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/discovery.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace discovery_tests {

using namespace midscale;
using namespace std::chrono_literals;

// Relay nodes without connections, of which the first three serve, and of which the last ones are clients of peer
// exchange instead of discv5; two lights after them.
struct run {
  static constexpr std::uint32_t relays = 40;
  ledger book{relays + 2, 0s, 200s};
  relay_network network;
  discovery parts;

  static std::vector<discv5_node> nodes(std::uint32_t clients) {
    std::vector<discv5_node> made(relays);
    for (std::uint32_t node = relays - clients; node < relays; ++node) made[node].takes_part = false;
    return made;
  }
  static discovery_options options(std::uint32_t clients, bool dials) {
    discovery_options made;
    made.discv5.bootstrap = made.exchange.services = {0, 1, 2};
    for (std::uint32_t node = relays - clients; node < relays; ++node) made.exchange.clients.push_back(node);
    if (clients != 0) made.exchange.clients.insert(made.exchange.clients.end(), {relays, relays + 1});
    if (dials) {
      made.membership = membership_options::of_degree(12);
      made.membership->bootstrap = {0, 1, 2};
    }
    return made;
  }
  explicit run(std::uint32_t clients, bool dials = true)
      : network({relays, {}, {}}, std::vector<relay_node>(relays), {}, book, 1),
        parts(nodes(clients), relays + 2, options(clients, dials), network, book, 2) {}
  void until(wr::duration end) {
    parts.run_until(end);
    network.run_until(end);
  }
};
double told(const measurements& of, const std::string& name) {
  const auto found = std::find_if(of.told.begin(), of.told.end(),
                                  [&](const told_figure& each) { return each.name == name; });
  return found == of.told.end() ? -1 : found->value;
}

TEST_CASE("nodes that find each other by discv5 form meshes") {
  run one(0);
  one.until(200s);
  measurements result;
  one.parts.report(result);
  CHECK(told(result, "meshes_formed_s") > 0);
  CHECK(told(result, "meshes_formed_s") < 90);
  CHECK(told(result, "full_meshes") > 0.9);
  CHECK(told(result, "discv5_user_in_kBps") > 1);
  CHECK(told(result, "exchange_requests") == -1);
  const auto degrees = one.network.degrees();
  CHECK(std::accumulate(degrees.begin(), degrees.end(), 0U) == 2 * 6 * run::relays);
}

TEST_CASE("clients of peer exchange save what discv5 costs, and have fewer meshes that are full") {
  run one(20);
  std::uint32_t lights_told = 0;
  one.parts.on_found = [&](std::uint32_t node, std::span<const std::uint32_t> found, wr::duration) {
    if (node < run::relays) return;
    ++lights_told;
    for (const std::uint32_t each : found) CHECK(each < run::relays - 20);
  };
  one.until(200s);
  CHECK(lights_told == 2 * 4);
  measurements result;
  one.parts.report(result);
  CHECK(told(result, "exchange_requests") == 22 * 4);
  // Nobody can dial a client, and the others' meshes have no room for all of them.
  CHECK(told(result, "full_meshes") >= 0.5);
  CHECK(told(result, "formed_meshes") > told(result, "full_meshes"));
  CHECK(told(result, "mesh_formed_s") > 0);
  const auto& discv5 = one.book.by_node(protocol::discv5);
  const auto& exchange = one.book.by_node(protocol::peer_exchange);
  for (std::uint32_t node = run::relays - 20; node < run::relays; ++node) {
    CHECK(discv5[node].in + discv5[node].out == 0);
    CHECK(exchange[node].in < 10'000);
  }
}

TEST_CASE("where connections are given, nobody dials") {
  run one(0, false);
  CHECK(one.parts.next_event() == wr::duration::max());
  one.until(100s);
  const auto degrees = one.network.degrees();
  CHECK(std::accumulate(degrees.begin(), degrees.end(), 0U) == 0);
  CHECK(one.parts.discv5().known(5) > 20);
  CHECK(!one.parts.members());
}

TEST_CASE("a node that goes is gone from all of it") {
  run one(20);
  for (const std::uint32_t node : {5U, 30U, run::relays}) {
    one.parts.set_online(node, false, 50s);
    if (node < run::relays) one.network.set_online(node, false, 50s);
  }
  one.until(100s);
  CHECK(!one.parts.discv5().online(5));
  CHECK(one.network.nodes().at(5).connections.empty());
  CHECK(one.network.nodes().at(30).connections.empty());
  const auto& exchange = one.book.by_node(protocol::peer_exchange);
  CHECK(exchange[run::relays].out < exchange[run::relays + 1].out);
}

TEST_CASE("a node that is back dials again") {
  run one(0);
  for (std::uint32_t node = 3; node < run::relays; ++node) {
    const wr::duration left = 60s + node * 1s;
    for (const auto& [online, at] : {std::pair{false, left}, std::pair{true, left + 20s}}) {
      one.parts.set_online(node, online, at);
      one.network.set_online(node, online, at);
    }
  }
  one.until(75s);
  CHECK(one.network.nodes().at(10).connections.empty());
  one.until(200s);
  const auto degrees = one.network.degrees();
  CHECK(std::accumulate(degrees.begin(), degrees.end(), 0U) > run::relays * 10);
  for (const std::uint32_t each : degrees) CHECK(each >= 4);
}

TEST_CASE("the same seed gives the same, in whatever steps it is run") {
  const auto figures = [](wr::duration step) {
    run one(10);
    for (wr::duration end = step; end <= 100s; end += step) one.until(end);
    measurements result;
    one.parts.report(result);
    std::vector<double> values;
    for (const told_figure& each : result.told) values.push_back(each.value);
    for (const byte_pair& each : one.book.by_node(protocol::discv5))
      values.push_back(static_cast<double>(each.in));
    return values;
  };
  CHECK(figures(100s) == figures(10s));
  CHECK(figures(1s) == figures(100ms));
  CHECK(figures(100s) == figures(100ms));
}

}  // namespace discovery_tests
