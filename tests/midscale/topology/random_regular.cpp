// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/random_regular.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <midscale/topology/degrees.hpp>

#include "simple_graph.hpp"

namespace random_regular_tests {

using midscale::graph;
using midscale::random_regular;
using waku::reliability::random_source;

void check_regular(const graph& made, std::uint32_t nodes, std::uint32_t degree) {
  CHECK(made.nodes == nodes);
  CHECK(made.edges.size() * 2 == std::size_t{nodes} * degree);
  CHECK(is_simple(made));
  CHECK(midscale::connected(made));
  const auto counted = midscale::degrees(made);
  CHECK(std::all_of(counted.begin(), counted.end(), [&](std::uint32_t each) { return each == degree; }));
}

TEST_CASE("all small regular graphs that exist are made, connected") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    for (std::uint32_t nodes = 3; nodes <= 14; ++nodes) {
      for (std::uint32_t degree = 2; degree < nodes; ++degree) {
        if (nodes * degree % 2 != 0) continue;
        CAPTURE(seed);
        CAPTURE(nodes);
        CAPTURE(degree);
        random_source random(seed);
        check_regular(random_regular(nodes, degree, random), nodes, degree);
      }
    }
  }
  random_source random(1);
  check_regular(random_regular(1, 0, random), 1, 0);
  check_regular(random_regular(2, 1, random), 2, 1);
}

TEST_CASE("a network of thousands is regular and connected") {
  for (const std::uint32_t degree : {2U, 3U, 10U, 40U}) {
    CAPTURE(degree);
    random_source random(degree);
    check_regular(random_regular(2'000, degree, random), 2'000, degree);
  }
}

TEST_CASE("a draw that falls apart is drawn again") {
  // With these seeds the first draw is two full meshes of 4, as 25 in 100,000 are.
  for (const std::uint64_t seed : {6'098U, 8'604U, 9'419U}) {
    CAPTURE(seed);
    random_source pairing(seed), random(seed);
    const auto drawn = midscale::configuration_model(std::vector<std::uint32_t>(8, 3), pairing);
    REQUIRE(drawn.complete());
    REQUIRE_FALSE(midscale::connected(drawn.made));
    check_regular(random_regular(8, 3, random), 8, 3);
  }
}

TEST_CASE("a node dials about as many as dial it") {
  random_source random(11);
  std::uint32_t dialled_by_lower = 0;
  const graph made = random_regular(1'000, 20, random);
  for (const midscale::edge& each : made.edges) dialled_by_lower += each.dialler < each.listener ? 1U : 0U;
  // Of 10,000 edges half are expected, with a standard deviation of 50.
  CHECK(dialled_by_lower > 4'750);
  CHECK(dialled_by_lower < 5'250);
}

TEST_CASE("one seed makes one graph, and another seed another") {
  for (const std::uint32_t degree : {2U, 6U}) {
    random_source first(5), again(5), other(6);
    const graph made = random_regular(100, degree, first);
    CHECK(made == random_regular(100, degree, again));
    CHECK(made != random_regular(100, degree, other));
  }
}

TEST_CASE("impossible numbers are refused by name") {
  random_source random(1);
  const auto refuses = [&](std::uint32_t nodes, std::uint32_t degree, const char* sentence) {
    CHECK_THROWS_WITH_AS((void)random_regular(nodes, degree, random), sentence, std::invalid_argument);
  };
  refuses(0, 0, "nodes: there must be at least 1");
  refuses(5, 5, "degree: 5 with 5 nodes: a node has fewer neighbours than there are nodes");
  refuses(5, 3, "degree: 3 with 5 nodes: one of the two must be even, for every edge has two ends");
  refuses(4, 1, "degree: 1 with 4 nodes: too few to connect all nodes");
  refuses(2, 0, "degree: 0 with 2 nodes: too few to connect all nodes");
}

}  // namespace random_regular_tests
