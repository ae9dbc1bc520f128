// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/simulation/planned_publications.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "../results/folder_of_test.hpp"

namespace planned_publications_tests {

using namespace midscale;
using namespace std::chrono_literals;

parameters small() {
  parameters of;
  of.services = 2;
  of.relays = 8;
  of.lights = 10;
  of.shards = 2;
  return of;
}

planned_publications plan(const parameters& of, const std::vector<std::vector<absence>>& away = {},
                          wr::duration length = 100s) {
  wr::random_source random(1);
  return planned_publications_of(of, away.empty() ? std::vector<std::vector<absence>>(of.nodes()) : away, 30s,
                                 length, random);
}

TEST_CASE("messages are at even distances from the first time on, of relays in turn on their shards") {
  const parameters of = small();
  const planned_publications planned = plan(of);
  REQUIRE(planned.made.size() == 100);
  CHECK(planned.left_out == 0);
  std::set<std::uint32_t> nodes;
  for (std::size_t each = 0; each < 100; ++each) {
    CHECK(planned.made[each].at == 30s + std::chrono::seconds(each));
    CHECK(planned.made[each].shard == shard_of(of, planned.made[each].node));
    if (each < 8) nodes.insert(planned.made[each].node);
  }
  CHECK(nodes == std::set<std::uint32_t>{2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("lights make their share of them, and few publish where few are asked for") {
  parameters of = small();
  of.light_share = 0.25;
  of.publishers = 1;
  const planned_publications planned = plan(of);
  std::set<std::uint32_t> nodes;
  for (const publication& each : planned.made) nodes.insert(each.node);
  CHECK(nodes.size() == 2);
  CHECK(std::count_if(planned.made.begin(), planned.made.end(),
                      [](const publication& each) { return each.node >= 10; }) == 25);
}

TEST_CASE(
    "the turn of a node that is away is that of the next one, and where all are away nobody publishes") {
  const parameters of = small();
  std::vector<std::vector<absence>> away(of.nodes());
  for (std::uint32_t node = 2; node < 9; ++node) away[node] = {{0s, 1'000s}};
  planned_publications planned = plan(of, away);
  CHECK(planned.made.size() == 100);
  for (const publication& each : planned.made) CHECK(each.node == 9);
  away[9] = {{50s, 60s}};
  planned = plan(of, away);
  CHECK(planned.made.size() == 89);
  CHECK(planned.left_out == 11);
}

TEST_CASE("agents are relays, lights and services by their kind, and do not publish while they are away") {
  parameters of = small();
  of.relays = 200;
  of.workload = "status_agents";
  const auto agents = agents_of(of);
  REQUIRE(agents.size() == 212);
  CHECK(agents[1].kind == agent_kind::store_operator);
  CHECK(agents[2].kind == agent_kind::desktop_user);
  CHECK(agents[3].kind == agent_kind::community_member);
  CHECK(agents[101].kind == agent_kind::control_node);
  CHECK(agents[211].kind == agent_kind::mobile_user);
  CHECK(agents[211].node == 211);
  std::vector<std::vector<absence>> away(of.nodes(), {{0s, 3'630s}});
  const planned_publications planned = plan(of, away, 2h);
  CHECK(planned.left_out > 100);
  REQUIRE(planned.made.size() > 100);
  for (const publication& each : planned.made) CHECK(each.at > 3'630s);
}

TEST_CASE("the mix of sizes is that of the Status application") {
  parameters of = small();
  of.workload = "status_mix";
  const planned_publications planned = plan(of, {}, 300s);
  CHECK(std::count_if(planned.made.begin(), planned.made.end(),
                      [](const publication& each) { return each.bytes == 48'435; }) == 5);
}

TEST_CASE("a trace is taken as it is") {
  const folder_of_test folder;
  parameters of = small();
  of.workload = "trace";
  of.trace = (folder.path / "sent.csv").string();
  write_text(of.trace, "at_us,node,shard,bytes\n129000000,4,0,77\n130000000,4,0,78\n");
  const planned_publications planned = plan(of);
  REQUIRE(planned.made.size() == 1);
  CHECK(planned.left_out == 1);
  CHECK(planned.made[0].at == 129s);
  CHECK(planned.made[0].bytes == 77);
}

TEST_CASE("a trace in which a relay publishes to a shard that it does not follow is refused") {
  const folder_of_test folder;
  parameters of = small();
  of.shards = 2;
  of.workload = "trace";
  of.trace = (folder.path / "sent.csv").string();
  const std::uint32_t relay = of.services;
  const std::uint32_t light = of.services + of.relays;
  const auto with = [&](std::uint32_t node, std::uint32_t shard) {
    write_text(of.trace, "at_us,node,shard,bytes\n1000000," + std::to_string(node) + "," +
                             std::to_string(shard) + ",77\n");
    return plan(of).made.size();
  };
  CHECK(with(relay, 0) == 1);
  CHECK(with(0, 1) == 1);  // services follow all
  CHECK(with(light, 1 - shard_of(of, light)) == 1);
  CHECK_THROWS_WITH_AS(
      with(relay, 1),
      ("the trace: node " + std::to_string(relay) + " publishes to shard 1, and follows 0").c_str(),
      std::invalid_argument);
}

}  // namespace planned_publications_tests
