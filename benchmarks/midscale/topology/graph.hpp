// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <vector>

namespace midscale {

/// A connection: the one that dialled it, and the one that was dialled. Nodes are numbered from 0.
struct edge {
  std::uint32_t dialler;
  std::uint32_t listener;

  friend bool operator==(const edge&, const edge&) = default;
};

/// Who is connected to whom at the start. No node is connected to itself, and no two nodes twice.
struct graph {
  std::uint32_t nodes = 0;
  std::vector<edge> edges;
  std::vector<std::uint16_t> regions;  ///< of each node; empty: all are in one

  friend bool operator==(const graph&, const graph&) = default;
};

}  // namespace midscale
