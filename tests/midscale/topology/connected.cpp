// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/connected.hpp>

#include <doctest/doctest.h>

namespace connected_tests {

using midscale::connected;
using midscale::graph;

TEST_CASE("one node out of reach is enough to be not connected") {
  CHECK(connected(graph{}));
  CHECK(connected(graph{.nodes = 1, .edges = {}, .regions = {}}));
  CHECK_FALSE(connected(graph{.nodes = 2, .edges = {}, .regions = {}}));
  CHECK(connected(graph{.nodes = 2, .edges = {{1, 0}}, .regions = {}}));
  CHECK_FALSE(connected(graph{.nodes = 4, .edges = {{0, 1}, {1, 2}, {2, 0}}, .regions = {}}));
  CHECK(connected(graph{.nodes = 4, .edges = {{0, 1}, {3, 2}, {2, 0}}, .regions = {}}));
}

TEST_CASE("two rings are not connected, and one edge between them connects them") {
  graph rings{.nodes = 2'000, .edges = {}, .regions = {}};
  for (std::uint32_t node = 0; node < 1'000; ++node) {
    rings.edges.push_back({node, (node + 1) % 1'000});
    rings.edges.push_back({1'000 + node, 1'000 + (node + 1) % 1'000});
  }
  CHECK_FALSE(connected(rings));
  rings.edges.push_back({1'700, 300});
  CHECK(connected(rings));
}

}  // namespace connected_tests
