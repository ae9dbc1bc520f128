// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/topology/graph.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// A scale-free graph, grown by preferential attachment (Barabasi and Albert, 1999): it begins with a star of
/// `attachments` + 1 nodes, and each later node dials `attachments` different earlier ones, each drawn with a
/// probability in proportion to the neighbours that it has. It is connected, has attachments x (nodes - attachments)
/// edges, and of its nodes a share of about 2 m^2 / k^3 have k neighbours, where m is `attachments`.
///
/// Takes time in proportion to the edges, as long as `attachments` is small beside the nodes. Throws
/// std::invalid_argument with a sentence when `attachments` is 0 or as large as the number of nodes.
[[nodiscard]] inline graph scale_free(std::uint32_t nodes, std::uint32_t attachments,
                                      wr::random_source& random) {
  if (attachments == 0 || attachments >= nodes)
    throw std::invalid_argument("attachments: " + std::to_string(attachments) + " with " +
                                std::to_string(nodes) +
                                " nodes: give at least 1, and fewer than there are nodes");
  graph made{.nodes = nodes, .edges = {}, .regions = {}};
  std::vector<std::uint32_t>
      ends;  // a node for each of its neighbours: a fair draw of one prefers the connected
  const auto connect = [&](std::uint32_t dialler, std::uint32_t listener) {
    made.edges.push_back({dialler, listener});
    ends.push_back(dialler);
    ends.push_back(listener);
  };
  for (std::uint32_t node = 1; node <= attachments; ++node) connect(node, 0);
  std::vector<std::uint32_t> dialled_by(nodes, 0);  // the last one that did; node 0 dials nobody
  std::vector<std::uint32_t> drawn;
  for (std::uint32_t node = attachments + 1; node < nodes; ++node) {
    drawn.clear();
    while (drawn.size() < attachments) {
      const std::uint32_t other = ends[static_cast<std::size_t>(random.below(ends.size()))];
      if (dialled_by[other] == node) continue;
      dialled_by[other] = node;
      drawn.push_back(other);
    }
    for (const std::uint32_t other : drawn) connect(node, other);
  }
  return made;
}

}  // namespace midscale
