// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/simulation/relay_setting.hpp>

#include <algorithm>
#include <chrono>

#include <doctest/doctest.h>

namespace relay_setting_tests {

using namespace midscale;

TEST_CASE("a run without wishes has the software's own gossip") {
  const parameters of;
  CHECK(gossip_of(of, nwaku_gossip()) == nwaku_gossip());
  CHECK(gossip_of(of, go_waku_gossip()) == go_waku_gossip());
}

TEST_CASE("a mesh degree takes its bounds with it") {
  parameters of;
  of.mesh_degree = 6;
  CHECK(gossip_of(of, nwaku_gossip()) == nwaku_gossip());
  of.mesh_degree = 8;
  const gossip_options eight = gossip_of(of, nwaku_gossip());
  CHECK(eight.degree == 8);
  CHECK(eight.degree_low == 6);
  CHECK(eight.degree_high == 10);
  CHECK(eight.degree_lazy == 8);
  CHECK(eight.degree_out == 3);
  of.mesh_degree = 1;
  const gossip_options one = gossip_of(of, nwaku_gossip());
  CHECK(one.degree_low == 1);
  CHECK(one.degree_out == 0);
}

TEST_CASE("what else gossip is told comes from the parameters") {
  parameters of;
  of.gossip_factor = 0.05;
  of.flood_publish = false;
  of.idontwant = true;
  of.validation_ms = 1.5;
  of.scoring = true;
  const gossip_options made = gossip_of(of, nwaku_gossip());
  CHECK(made.gossip_factor == 0.05);
  CHECK_FALSE(made.flood_publish);
  CHECK(made.dont_want_from == 513);
  CHECK(made.validation == std::chrono::microseconds(1'500));
  CHECK(made.scores_peers);
}

TEST_CASE("links are fixed, drawn, or between regions") {
  parameters of;
  of.latency_ms = 40;
  of.latency_above_ms = 10;
  of.latency = "fixed";
  CHECK(links_of(of).latency[0].mean_above == wr::duration{});
  of.latency = "distribution";
  CHECK(links_of(of).latency[0].floor == std::chrono::milliseconds(40));
  CHECK(links_of(of).latency[0].mean_above == std::chrono::milliseconds(10));
  of.latency = "regions";
  CHECK(links_of(of).regions == 3);
  CHECK(links_of(of).between(0, 2).floor == std::chrono::milliseconds(115));
}

TEST_CASE("services follow all shards, relays one each, and go-waku has its share of them") {
  wr::random_source random(1);
  parameters of;
  of.services = 2;
  of.relays = 38;
  of.shards = 4;
  of.up_mbps = 8;
  of.down_mbps = 0;
  of.go_waku_share = 0.25;
  const relay_setting made = relay_setting_of(of, random);
  REQUIRE(made.nodes.size() == 40);
  CHECK(made.nodes[0].shards.size() == 4);
  CHECK(made.nodes[2].shards == std::vector<std::uint16_t>{0});
  CHECK(made.nodes[7].shards == std::vector<std::uint16_t>{1});
  CHECK(made.nodes[7].line.up == 1'000'000);
  CHECK(made.nodes[7].line.down == 0);
  CHECK(std::count_if(made.nodes.begin(), made.nodes.end(),
                      [](const relay_node& each) { return each.profile == go_waku_place; }) == 10);
}

TEST_CASE("the least bandwidth is a limit") {
  wr::random_source random(1);
  parameters of;
  of.relays = 4;
  of.up_mbps = 1e-9;
  CHECK(relay_setting_of(of, random).nodes[0].line.up == 1);
}

}  // namespace relay_setting_tests
