// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/configuration_model.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <midscale/topology/connected.hpp>
#include <midscale/topology/degrees.hpp>
#include <midscale/topology/scale_free.hpp>

#include "simple_graph.hpp"

namespace configuration_model_tests {

using midscale::configuration;
using midscale::configuration_model;
using waku::reliability::random_source;
using degree_list = std::vector<std::uint32_t>;

TEST_CASE("every node has the neighbours that the list tells") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    degree_list wanted(200);
    for (std::uint32_t& each : wanted) each = static_cast<std::uint32_t>(random.below(12));
    if (std::accumulate(wanted.begin(), wanted.end(), 0U) % 2 != 0) ++wanted[0];
    const configuration tied = configuration_model(wanted, random);
    REQUIRE(tied.complete());
    CHECK(is_simple(tied.made));
    CHECK(midscale::degrees(tied.made) == wanted);
    CHECK(tied.made.edges.size() * 2 == std::accumulate(wanted.begin(), wanted.end(), 0U));
  }
}

TEST_CASE("degrees of a real graph with hubs are met too, and so are those of a full mesh and of a star") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    const degree_list hubs = midscale::degrees(midscale::scale_free(300, 3, random));
    for (const degree_list& wanted :
         {hubs, degree_list(12, 11), degree_list{6, 1, 1, 1, 1, 1, 1}, degree_list(5, 0)}) {
      const configuration tied = configuration_model(wanted, random);
      REQUIRE(tied.complete());
      CHECK(is_simple(tied.made));
      CHECK(midscale::degrees(tied.made) == wanted);
    }
  }
}

TEST_CASE("what no simple graph can have is told for each node") {
  random_source random(3);
  // Two nodes that want all three others, of which one wants but one and another none.
  const degree_list wanted{3, 3, 1, 1};
  const configuration tied = configuration_model(wanted, random);
  CHECK_FALSE(tied.complete());
  CHECK(is_simple(tied.made));
  degree_list had = midscale::degrees(tied.made);
  for (std::size_t node = 0; node < wanted.size(); ++node)
    CHECK(had[node] + tied.missing[node] == wanted[node]);
  // The best: 0 and 1 connected, and one of the others each; or both others at one of them.
  CHECK(tied.made.edges.size() == 3);
}

TEST_CASE("the three ways to pair four nodes are as likely as each other") {
  std::map<std::uint32_t, int> partner_of_0;
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    random_source random(seed);
    const configuration tied = configuration_model(degree_list{1, 1, 1, 1}, random);
    for (const midscale::edge& each : tied.made.edges) {
      if (each.dialler == 0) ++partner_of_0[each.listener];
      if (each.listener == 0) ++partner_of_0[each.dialler];
    }
  }
  REQUIRE(partner_of_0.size() == 3);
  // 1,000 of each are expected, with a standard deviation of 26.
  for (const auto& [partner, count] : partner_of_0) {
    CHECK(count > 890);
    CHECK(count < 1'110);
  }
}

TEST_CASE("one seed makes one graph, and another seed another") {
  const degree_list wanted(100, 4);
  random_source first(5), again(5), other(6);
  const auto made = configuration_model(wanted, first).made;
  CHECK(made == configuration_model(wanted, again).made);
  CHECK(made != configuration_model(wanted, other).made);
}

TEST_CASE("impossible degrees are refused by name") {
  random_source random(1);
  CHECK_THROWS_WITH_AS((void)configuration_model(degree_list{2, 1, 2}, random),
                       "degrees: their sum 5 is odd, and every edge has two ends", std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)configuration_model(degree_list{1, 3, 1}, random),
                       "degrees: node 1 is to have 3 neighbours, and there are 3 nodes with itself",
                       std::invalid_argument);
  CHECK(configuration_model(degree_list{}, random).made == midscale::graph{});
}

}  // namespace configuration_model_tests
