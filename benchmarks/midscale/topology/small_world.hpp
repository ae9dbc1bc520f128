// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include <waku/reliability/core/random.hpp>

#include <midscale/topology/graph.hpp>
#include <midscale/topology/neighbour_lists.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// A small world (Newman and Watts, 1999, after Watts and Strogatz, 1998): nodes on a ring, each connected to its
/// `nearest` nearest ones, half of them on either side; and for each of these edges, with the given probability, a
/// shortcut from its first node to one that it is not connected to yet, drawn at random. No edge of the ring is taken
/// away, so it is connected. A node that is connected to all others gets no shortcut.
///
/// Takes time in proportion to edges x the usual degree. Throws std::invalid_argument with a sentence when there are
/// fewer than 3 nodes, `nearest` is odd, 0 or as large as the number of nodes, or the probability is none.
[[nodiscard]] inline graph small_world(std::uint32_t nodes, std::uint32_t nearest,
                                       double shortcut_probability, wr::random_source& random) {
  if (nodes < 3)
    throw std::invalid_argument("nodes: " + std::to_string(nodes) + " make no ring, 3 or more do");
  if (nearest == 0 || nearest % 2 != 0 || nearest >= nodes)
    throw std::invalid_argument("nearest: " + std::to_string(nearest) + " with " + std::to_string(nodes) +
                                " nodes: give an even number from 2 to " +
                                std::to_string((nodes - 1) / 2 * 2));
  if (!(shortcut_probability >= 0 && shortcut_probability <= 1))
    throw std::invalid_argument("shortcut_probability: " + std::to_string(shortcut_probability) +
                                " is not from 0 to 1");
  graph made{.nodes = nodes, .edges = {}, .regions = {}};
  neighbour_lists neighbours(nodes);
  const auto connect = [&](std::uint32_t dialler, std::uint32_t listener) {
    neighbours.connect(dialler, listener);
    made.edges.push_back({dialler, listener});
  };
  for (std::uint32_t apart = 1; apart <= nearest / 2; ++apart) {
    for (std::uint32_t node = 0; node < nodes; ++node) connect(node, (node + apart) % nodes);
  }
  const std::size_t ring = made.edges.size();
  for (std::size_t place = 0; place < ring; ++place) {
    const std::uint32_t node = made.edges[place].dialler;
    if (!random.chance(shortcut_probability) || neighbours.degree(node) == nodes - 1) continue;
    const auto any = [&] { return static_cast<std::uint32_t>(random.below(nodes)); };
    std::uint32_t other = any();
    while (!neighbours.can_connect(node, other)) other = any();
    connect(node, other);
  }
  return made;
}

}  // namespace midscale
