// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/scale_free.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <midscale/topology/connected.hpp>
#include <midscale/topology/degrees.hpp>

#include "simple_graph.hpp"

namespace scale_free_tests {

using midscale::graph;
using midscale::scale_free;
using waku::reliability::random_source;

TEST_CASE("edges, least degree and connection are as grown") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const std::uint32_t attachments : {1U, 3U, 7U}) {
      CAPTURE(seed);
      CAPTURE(attachments);
      random_source random(seed);
      const graph made = scale_free(400, attachments, random);
      CHECK(is_simple(made));
      CHECK(midscale::connected(made));
      CHECK(made.edges.size() == std::size_t{attachments} * (400 - attachments));
      const auto counted = midscale::degrees(made);
      for (std::uint32_t node = attachments + 1; node < 400; ++node) CHECK(counted[node] >= attachments);
    }
  }
}

TEST_CASE("the tail of the degrees is that of the power law") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    constexpr std::uint32_t nodes = 20'000;
    constexpr std::uint32_t attachments = 3;
    random_source random(seed);
    const auto counted = midscale::degrees(scale_free(nodes, attachments, random));
    // The share with k or more neighbours is m(m + 1) / k(k + 1) in the limit (Bollobas, Riordan, Spencer and
    // Tusnady, 2001). Of the 258 nodes expected at k = 30 the standard deviation is 6 %, and less before.
    for (const std::uint32_t least : {4U, 6U, 10U, 20U, 30U}) {
      CAPTURE(least);
      const auto having =
          std::count_if(counted.begin(), counted.end(), [&](std::uint32_t each) { return each >= least; });
      const double expected = 12.0 / (least * (least + 1.0));
      CHECK(static_cast<double>(having) / nodes == doctest::Approx(expected).epsilon(0.12));
    }
    // The largest grows as the root of the nodes: m x 141 here, give or take a small factor.
    const std::uint32_t largest = *std::max_element(counted.begin(), counted.end());
    CHECK(largest > 150);
    CHECK(largest < 1'700);
  }
}

TEST_CASE("the smallest ones are a pair and a star") {
  random_source random(1);
  CHECK(scale_free(2, 1, random).edges == std::vector<midscale::edge>{{1, 0}});
  CHECK(scale_free(4, 3, random).edges == std::vector<midscale::edge>{{1, 0}, {2, 0}, {3, 0}});
}

TEST_CASE("one seed makes one graph, and another seed another") {
  random_source first(5), again(5), other(6);
  const graph made = scale_free(100, 3, first);
  CHECK(made == scale_free(100, 3, again));
  CHECK(made != scale_free(100, 3, other));
}

TEST_CASE("impossible numbers are refused by name") {
  random_source random(1);
  CHECK_THROWS_WITH_AS((void)scale_free(5, 0, random),
                       "attachments: 0 with 5 nodes: give at least 1, and fewer than there are nodes",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)scale_free(5, 5, random),
                       "attachments: 5 with 5 nodes: give at least 1, and fewer than there are nodes",
                       std::invalid_argument);
  CHECK_THROWS_AS((void)scale_free(0, 0, random), std::invalid_argument);
}

}  // namespace scale_free_tests
