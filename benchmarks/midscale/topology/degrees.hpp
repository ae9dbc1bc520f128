// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <vector>

#include <midscale/topology/graph.hpp>

namespace midscale {

/// The number of neighbours of each node.
[[nodiscard]] inline std::vector<std::uint32_t> degrees(const graph& of) {
  std::vector<std::uint32_t> counted(of.nodes);
  for (const edge& each : of.edges) {
    ++counted[each.dialler];
    ++counted[each.listener];
  }
  return counted;
}

}  // namespace midscale
