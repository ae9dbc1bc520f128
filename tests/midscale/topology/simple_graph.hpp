// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <midscale/topology/graph.hpp>

/// True when all ends exist, no node is connected to itself, and no two nodes are connected twice.
inline bool is_simple(const midscale::graph& asked) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> links;
  for (const midscale::edge& each : asked.edges) {
    if (each.dialler >= asked.nodes || each.listener >= asked.nodes) return false;
    if (each.dialler == each.listener) return false;
    links.emplace_back(std::minmax(each.dialler, each.listener));
  }
  std::sort(links.begin(), links.end());
  return std::adjacent_find(links.begin(), links.end()) == links.end();
}
