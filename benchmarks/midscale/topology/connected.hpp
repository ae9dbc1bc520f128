// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

#include <midscale/topology/graph.hpp>

namespace midscale {

/// True when every node can be reached from every other one over connections, whoever dialled them. A graph of one
/// node, or none, is connected. Takes O(edges x log nodes) at the worst, and in practice time in proportion to both
/// (disjoint sets with path halving; Tarjan and van Leeuwen, 1984).
[[nodiscard]] inline bool connected(const graph& asked) {
  std::vector<std::uint32_t> parent(asked.nodes);
  std::iota(parent.begin(), parent.end(), 0U);
  const auto root = [&parent](std::uint32_t node) {
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
  };
  std::uint32_t parts = asked.nodes;
  for (const edge& each : asked.edges) {
    const std::uint32_t one = root(each.dialler);
    const std::uint32_t other = root(each.listener);
    if (one == other) continue;
    parent[one] = other;
    --parts;
  }
  return parts <= 1;
}

}  // namespace midscale
