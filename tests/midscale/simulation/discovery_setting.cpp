// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/simulation/discovery_setting.hpp>

#include <algorithm>
#include <cstddef>

#include <doctest/doctest.h>

namespace discovery_setting_tests {

using namespace midscale;

discovery_setting setting_of(const parameters& of) {
  wr::random_source random(1);
  const relay_setting relay = relay_setting_of(of, random);
  return discovery_setting_of(of, relay, random);
}

parameters small() {
  parameters of;
  of.services = 3;
  of.relays = 37;
  of.lights = 4;
  return of;
}

TEST_CASE(
    "where connections are there from the start nobody dials, and all relay nodes take part in discv5") {
  const discovery_setting made = setting_of(small());
  CHECK(made.nodes.size() == 40);
  CHECK(std::all_of(made.nodes.begin(), made.nodes.end(),
                    [](const discv5_node& each) { return each.takes_part; }));
  CHECK(made.options.exchange.clients.empty());
  CHECK(made.options.exchange.services.empty());
  CHECK_FALSE(made.options.membership);
  CHECK(made.options.discv5.bootstrap == std::vector<std::uint32_t>{0, 1, 2});
}

TEST_CASE("who uses peer exchange takes no part in discv5, and lights use it where anybody does") {
  parameters of = small();
  of.peer_exchange_share = 0.5;
  const discovery_setting made = setting_of(of);
  REQUIRE(made.options.exchange.clients.size() == 19 + 4);
  CHECK(made.options.exchange.clients.back() == 43);
  CHECK(made.options.exchange.services == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(std::count_if(made.nodes.begin(), made.nodes.end(),
                      [](const discv5_node& each) { return each.takes_part; }) == 40 - 19);
  of.services = 0;
  CHECK(setting_of(of).options.exchange.clients.empty());
}

TEST_CASE("nodes that begin without connections dial what they find, half of their degree") {
  parameters of = small();
  of.topology = "discovered";
  of.degree = 10;
  const discovery_setting made = setting_of(of);
  REQUIRE(made.options.membership);
  CHECK(made.options.membership->dialled == 5);
  CHECK(made.options.membership->bootstrap == made.options.discv5.bootstrap);
}

TEST_CASE("software and regions are those of the relay nodes") {
  parameters of = small();
  of.go_waku_share = 0.25;
  of.latency = "regions";
  const discovery_setting made = setting_of(of);
  CHECK(std::count_if(made.nodes.begin(), made.nodes.end(),
                      [](const discv5_node& each) { return each.software == go_waku_place; }) == 10);
  CHECK(std::count_if(made.nodes.begin(), made.nodes.end(),
                      [](const discv5_node& each) { return each.region == 0; }) == 18);
}

TEST_CASE("a run without discv5, peer exchange and dialling discovers nothing") {
  parameters of = small();
  of.discv5 = false;
  CHECK_FALSE(discovers(of));
  of.peer_exchange_share = 0.1;
  CHECK(discovers(of));
  of.peer_exchange_share = 0;
  of.topology = "discovered";
  CHECK(discovers(of));
}

}  // namespace discovery_setting_tests
