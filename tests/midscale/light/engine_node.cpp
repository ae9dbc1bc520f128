// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/engine_node.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>
#include <vector>

#include <midscale/network/small_networks.hpp>

namespace engine_node_tests {

using namespace small_networks;

namespace {

struct counting : engine_listener {
  void received(std::uint32_t, const wr::deliver<shared_message>&) override { ++messages; }
  void propagated(std::uint32_t, const wr::propagated&) override { ++accepted; }
  void finished(std::uint32_t node, const wr::finished& end) override {
    ends.emplace_back(node, end.outcome);
  }

  int messages = 0;
  int accepted = 0;
  std::vector<std::pair<std::uint32_t, wr::outcome>> ends;
};

/// A service node among two relay nodes that publishes what it is handed.
struct served {
  served() : relay(full_mesh_of(3), fixed_latency(10ms)), network(clock, options()) {
    network.topics().number("/waku/2/rs/1/0");
    network.fleet().relay().on_publication = [](const wt::message_facts&, std::uint32_t) { return 3U; };
  }
  service_network::options_type options() {
    service_network::options_type made;
    made.relay = {&relay.network, 1};
    made.services = {wt::nwaku_profile()};
    return made;
  }

  small_networks::run relay;
  wt::virtual_clock clock;
  service_network network;
  counting listener;
};

}  // namespace

TEST_CASE("every strategy has a name of its own and makes a node that publishes") {
  std::set<std::string_view> names;
  for (const auto part : {publishing_strategies(), receiving_strategies()})
    for (const strategy& each : part) {
      CAPTURE(std::string(each.name));
      CHECK(names.insert(each.name).second);
      served it;
      const auto node = each.make(it.network, 9, 1, it.listener);
      CHECK(node->client() == 0);
      node->subscribe("/waku/2/rs/1/0");
      CHECK(node->publish("/waku/2/rs/1/0", {1, 100, 0}));
      it.clock.run_for(10min);
      CHECK(it.listener.accepted == 1);
      REQUIRE(it.listener.ends.size() == 1);
      CHECK(it.listener.ends[0].first == 9);
    }
  CHECK(names.size() == 13);
  CHECK(names.contains("none"));
  CHECK(relay_strategies()[0].name == "none");
}

TEST_CASE("a device that sleeps does nothing until it wakes") {
  served it;
  const auto node = publishing_strategies()[0].make(it.network, 0, 1, it.listener);
  node->sleep(true);
  CHECK(node->publish("/waku/2/rs/1/0", {1, 100, 0}));
  it.clock.run_for(10s);
  CHECK(it.listener.accepted == 0);
  node->sleep(false);
  it.clock.run_for(1min);
  CHECK(it.listener.accepted == 1);
}

}  // namespace engine_node_tests
