// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/workload/status_agents.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

namespace status_agents_tests {

using midscale::agent_kind;
using midscale::publication;
using midscale::publications_of;
using midscale::status_agent;
using midscale::status_workload;
using waku::reliability::random_source;
using namespace std::chrono_literals;

std::vector<status_agent> agents_of(agent_kind kind, std::uint32_t count, std::uint32_t first = 0) {
  std::vector<status_agent> made;
  for (std::uint32_t each = 0; each < count; ++each) made.push_back({kind, first + each, each % 4});
  return made;
}

// 1,000 users of all kinds, 10 control nodes and 5 store operators.
std::vector<status_agent> community() {
  std::vector<status_agent> made = agents_of(agent_kind::desktop_user, 300);
  const auto add = [&](agent_kind kind, std::uint32_t count) {
    const auto more = agents_of(kind, count, static_cast<std::uint32_t>(made.size()));
    made.insert(made.end(), more.begin(), more.end());
  };
  add(agent_kind::mobile_user, 500);
  add(agent_kind::community_member, 200);
  add(agent_kind::control_node, 10);
  add(agent_kind::store_operator, 5);
  return made;
}

bool same(const publication& a, const publication& b) {
  return a.at == b.at && a.node == b.node && a.shard == b.shard && a.bytes == b.bytes;
}

TEST_CASE("over a day a user and the control nodes send five messages an hour, in the shares of the mix") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    const auto made = publications_of({.agents = community(), .length = 24h, .since_midnight = 7h}, random);
    // 1,000 users x 5 x 24 = 120,000, with a standard deviation of 346.
    CHECK(made.size() > 118'500);
    CHECK(made.size() < 121'500);
    const auto of_size = [&](std::uint32_t bytes) {
      return std::count_if(made.begin(), made.end(),
                           [&](const publication& each) { return each.bytes == bytes; });
    };
    // 90,000, 28,000 and 2,000, with standard deviations of 300, 167 and 45.
    CHECK(of_size(4'671) > 88'700);
    CHECK(of_size(4'671) < 91'300);
    CHECK(of_size(338) > 27'300);
    CHECK(of_size(338) < 28'700);
    CHECK(of_size(48'435) > 1'800);
    CHECK(of_size(48'435) < 2'200);
    CHECK(of_size(4'671) + of_size(338) + of_size(48'435) == static_cast<std::int64_t>(made.size()));
    CHECK(std::is_sorted(made.begin(), made.end(),
                         [](const publication& a, const publication& b) { return a.at < b.at; }));
    CHECK(made.front().at >= 0s);
    CHECK(made.back().at < 24h);
  }
}

TEST_CASE(
    "control nodes alone describe communities, store operators are silent, each on the shard it was given") {
  random_source random(4);
  const auto agents = community();
  std::set<std::uint32_t> publishing;
  for (const publication& each : publications_of({.agents = agents, .length = 24h}, random)) {
    publishing.insert(each.node);
    CHECK(each.shard == agents[each.node].shard);
    CHECK((each.bytes == 48'435) == (agents[each.node].kind == agent_kind::control_node));
  }
  CHECK(publishing.size() == 1'010);
  CHECK(*publishing.rbegin() == 1'009);
}

TEST_CASE("users follow the rhythm of the day, control nodes do not") {
  random_source random(5);
  const auto at_four = publications_of({.agents = community(), .length = 1h, .since_midnight = 4h}, random);
  const auto at_nine = publications_of({.agents = community(), .length = 1h, .since_midnight = 21h}, random);
  const auto of_users = [](const std::vector<publication>& made) {
    return std::count_if(made.begin(), made.end(), [](const publication& each) { return each.node < 1'000; });
  };
  // 5000 x 295/300 = 4,917 in the mean: 983 and 9,342, with standard deviations of 31 and 97.
  CHECK(of_users(at_four) > 850);
  CHECK(of_users(at_four) < 1'120);
  CHECK(of_users(at_nine) > 8'950);
  CHECK(of_users(at_nine) < 9'740);
  // 83 of the control nodes in either, with a standard deviation of 9.
  for (const auto* made : {&at_four, &at_nine}) {
    const auto of_control_nodes = static_cast<std::int64_t>(made->size()) - of_users(*made);
    CHECK(of_control_nodes > 45);
    CHECK(of_control_nodes < 125);
  }
}

TEST_CASE("without control nodes there are no descriptions, and without users nothing") {
  random_source random(6);
  const auto made =
      publications_of({.agents = agents_of(agent_kind::mobile_user, 100), .length = 24h}, random);
  CHECK_FALSE(made.empty());
  CHECK(std::none_of(made.begin(), made.end(), [](const publication& each) { return each.bytes == 48'435; }));
  CHECK(publications_of({.agents = agents_of(agent_kind::control_node, 3), .length = 24h}, random).empty());
  CHECK(publications_of({.agents = agents_of(agent_kind::store_operator, 3), .length = 24h}, random).empty());
  CHECK(publications_of({.agents = {}, .length = 24h}, random).empty());
}

TEST_CASE("mobile users are light, and all others relay") {
  for (const agent_kind kind :
       {agent_kind::desktop_user, agent_kind::mobile_user, agent_kind::community_member,
        agent_kind::control_node, agent_kind::store_operator})
    CHECK(midscale::trait_of(kind).light == (kind == agent_kind::mobile_user));
}

TEST_CASE("one seed makes one workload, and another seed another") {
  const status_workload workload{.agents = community(), .length = 10min};
  random_source first(5), again(5), other(6);
  const auto made = publications_of(workload, first);
  const auto repeated = publications_of(workload, again);
  const auto different = publications_of(workload, other);
  CHECK(std::equal(made.begin(), made.end(), repeated.begin(), repeated.end(), same));
  CHECK_FALSE(std::equal(made.begin(), made.end(), different.begin(), different.end(), same));
}

TEST_CASE("a negative length is refused by name") {
  random_source random(1);
  CHECK_THROWS_WITH_AS((void)publications_of({.agents = {}, .length = -1s}, random), "length: it is negative",
                       std::invalid_argument);
}

}  // namespace status_agents_tests
