// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/topology_sample.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace topology_sample_tests {

using midscale::graph;
using midscale::sample_of;
using midscale::topology_sample;

// Each node with the next ones, around.
graph ring(std::uint32_t nodes, std::uint32_t reach) {
  graph made;
  made.nodes = nodes;
  for (std::uint32_t node = 0; node < nodes; ++node)
    for (std::uint32_t step = 1; step <= reach; ++step) made.edges.push_back({node, (node + step) % nodes});
  return made;
}

// All edges among the nodes of a sample, and no others.
void check_edges(const graph& of, const topology_sample& made) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> expected;
  std::set<std::pair<std::uint32_t, std::uint32_t>> found;
  const std::set<std::uint32_t> nodes(made.nodes.begin(), made.nodes.end());
  CHECK(nodes.size() == made.nodes.size());
  for (const auto& each : of.edges)
    if (nodes.contains(each.dialler) && nodes.contains(each.listener))
      expected.insert(std::minmax(each.dialler, each.listener));
  for (const auto& [from, to] : made.edges) found.insert(std::minmax(made.nodes[from], made.nodes[to]));
  CHECK(found == expected);
  CHECK(found.size() == made.edges.size());
}

TEST_CASE("a small graph is shown whole, with nodes that nobody is connected to") {
  graph of = ring(10, 2);
  of.nodes = 12;
  const topology_sample made = sample_of(of, 1, 20);
  CHECK(made.whole);
  CHECK(made.nodes.size() == 12);
  CHECK(made.edges.size() == 20);
  check_edges(of, made);
}

TEST_CASE("of a large one there is a part that hangs together, by the seed, and no more edges than may be") {
  const graph of = ring(1'000, 3);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const topology_sample made = sample_of(of, seed, 300);
    CHECK_FALSE(made.whole);
    CHECK(made.edges.size() <= 300);
    CHECK(made.edges.size() >= 290);
    check_edges(of, made);
    CHECK(sample_of(of, seed, 300).nodes == made.nodes);
  }
  CHECK(sample_of(of, 1, 300).nodes != sample_of(of, 2, 300).nodes);
}

TEST_CASE("nodes without edges are bounded too, and no graph is too small") {
  graph of;
  of.nodes = 5'000;
  CHECK(sample_of(of, 3, 1'500).nodes.size() == 1'500);
  CHECK(sample_of({}, 3, 1'500).nodes.empty());
}

}  // namespace topology_sample_tests
