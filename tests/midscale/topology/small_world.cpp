// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/small_world.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <midscale/topology/connected.hpp>
#include <midscale/topology/degrees.hpp>

#include "simple_graph.hpp"

namespace small_world_tests {

using midscale::graph;
using midscale::small_world;
using waku::reliability::random_source;

std::vector<std::vector<std::uint32_t>> neighbours_of(const graph& asked) {
  std::vector<std::vector<std::uint32_t>> lists(asked.nodes);
  for (const midscale::edge& each : asked.edges) {
    lists[each.dialler].push_back(each.listener);
    lists[each.listener].push_back(each.dialler);
  }
  for (auto& list : lists) std::sort(list.begin(), list.end());
  return lists;
}

// The mean over nodes of the share of pairs of a node's neighbours that are connected (Watts and Strogatz).
double clustering(const graph& asked) {
  const auto lists = neighbours_of(asked);
  double sum = 0;
  for (const auto& list : lists) {
    std::size_t connected = 0;
    for (const std::uint32_t one : list)
      for (const std::uint32_t other : list)
        connected += std::binary_search(lists[one].begin(), lists[one].end(), other) ? 1U : 0U;
    sum += static_cast<double>(connected) / static_cast<double>(list.size() * (list.size() - 1));
  }
  return sum / asked.nodes;
}

// The mean number of steps from some nodes, evenly spread, to all others.
double path_length(const graph& asked) {
  const auto lists = neighbours_of(asked);
  std::uint64_t steps = 0;
  std::uint64_t pairs = 0;
  for (std::uint32_t from = 0; from < asked.nodes; from += 50) {
    constexpr std::uint32_t unseen = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> distance(asked.nodes, unseen);
    std::vector<std::uint32_t> queue{from};
    distance[from] = 0;
    for (std::size_t place = 0; place < queue.size(); ++place) {
      const std::uint32_t node = queue[place];
      steps += distance[node];
      for (const std::uint32_t next : lists[node]) {
        if (distance[next] != unseen) continue;
        distance[next] = distance[node] + 1;
        queue.push_back(next);
      }
    }
    pairs += asked.nodes - 1;
  }
  return static_cast<double>(steps) / static_cast<double>(pairs);
}

TEST_CASE("without shortcuts it is the ring, whose clustering and path length are known") {
  random_source random(1);
  const graph ring = small_world(1'000, 10, 0, random);
  CHECK(is_simple(ring));
  CHECK(ring.edges.size() == 5'000);
  for (const std::uint32_t each : midscale::degrees(ring)) CHECK(each == 10);
  // Watts and Strogatz: 3(k - 2) / 4(k - 1) = 24/36, and about n/2k = 50 steps. Exactly: of the 999 others there are
  // 10 at each distance from 1 to 99, and 9 at 100, so that the mean is (10 x 4950 + 900) / 999.
  CHECK(clustering(ring) == doctest::Approx(24.0 / 36).epsilon(1e-9));
  CHECK(path_length(ring) == doctest::Approx(50'400.0 / 999).epsilon(1e-9));
}

TEST_CASE("a few shortcuts make paths short and leave the clustering") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    const graph made = small_world(1'000, 10, 0.1, random);
    CHECK(is_simple(made));
    CHECK(midscale::connected(made));
    // The ring's 5,000 edges and a shortcut for each tenth, with a standard deviation of 21.
    CHECK(made.edges.size() > 5'400);
    CHECK(made.edges.size() < 5'600);
    // With shortcuts for a share p of the ring's edges, 3(k - 2) / (4(k - 1) + 4kp(p + 2)) remains (Newman, 2003, where
    // k is half of ours): 24 / (36 + 8.4) = 0.54. A random graph of as many edges would have 11/999 = 0.011, and paths
    // of ln 1000 / ln 11 = 2.9 steps.
    CHECK(clustering(made) == doctest::Approx(0.5405).epsilon(0.03));
    CHECK(path_length(made) > 2.9);
    CHECK(path_length(made) < 5.0);
  }
}

TEST_CASE("with certainty every edge of the ring brings a shortcut") {
  random_source random(2);
  const graph made = small_world(500, 4, 1, random);
  CHECK(made.edges.size() == 2'000);
  CHECK(is_simple(made));
}

TEST_CASE("a full mesh has no room for shortcuts") {
  random_source random(2);
  for (const std::uint32_t nodes : {3U, 5U, 7U}) {
    const graph made = small_world(nodes, nodes - 1, 1, random);
    CHECK(made.edges.size() == std::size_t{nodes} * (nodes - 1) / 2);
    CHECK(is_simple(made));
  }
  // Four nodes on a ring lack two edges, which four draws find.
  const graph square = small_world(4, 2, 1, random);
  CHECK(square.edges.size() == 6);
  CHECK(is_simple(square));
}

TEST_CASE("one seed makes one graph, and another seed another") {
  random_source first(5), again(5), other(6);
  const graph made = small_world(100, 4, 0.2, first);
  CHECK(made == small_world(100, 4, 0.2, again));
  CHECK(made != small_world(100, 4, 0.2, other));
}

TEST_CASE("impossible numbers are refused by name") {
  random_source random(1);
  const auto refuses = [&](std::uint32_t nodes, std::uint32_t nearest, double probability,
                           const char* sentence) {
    CHECK_THROWS_WITH_AS((void)small_world(nodes, nearest, probability, random), sentence,
                         std::invalid_argument);
  };
  refuses(2, 2, 0, "nodes: 2 make no ring, 3 or more do");
  refuses(10, 3, 0, "nearest: 3 with 10 nodes: give an even number from 2 to 8");
  refuses(10, 10, 0, "nearest: 10 with 10 nodes: give an even number from 2 to 8");
  refuses(11, 0, 0, "nearest: 0 with 11 nodes: give an even number from 2 to 10");
  refuses(10, 4, 1.5, "shortcut_probability: 1.500000 is not from 0 to 1");
  refuses(10, 4, -0.5, "shortcut_probability: -0.500000 is not from 0 to 1");
  CHECK_THROWS_AS((void)small_world(10, 4, std::numeric_limits<double>::quiet_NaN(), random),
                  std::invalid_argument);
}

}  // namespace small_world_tests
