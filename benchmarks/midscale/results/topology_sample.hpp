// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/topology/graph.hpp>

namespace midscale {

/// As much of a topology as a picture can show. Nodes are named by their place in `nodes`.
struct topology_sample {
  std::vector<std::uint32_t> nodes;  ///< their numbers in the graph
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  bool whole = false;
};

/// All of a graph that has no more edges, and no more nodes, than may be shown. Else the surroundings of a node that is
/// drawn by the seed: nodes as a search by breadth comes to them and the edges among them, until one more node would
/// bring too many. A search that ends before goes on from another node. O(nodes + edges).
[[nodiscard]] inline topology_sample sample_of(const graph& of, std::uint64_t seed, std::size_t most) {
  std::vector<std::vector<std::uint32_t>> neighbours(of.nodes);
  for (const edge& each : of.edges) {
    neighbours[each.dialler].push_back(each.listener);
    neighbours[each.listener].push_back(each.dialler);
  }
  constexpr std::uint32_t absent = ~std::uint32_t{0};
  std::vector<std::uint32_t> place(of.nodes, absent);
  std::vector<bool> found(of.nodes, false);
  std::vector<std::uint32_t> queue;
  topology_sample made;
  made.whole = of.edges.size() <= most && of.nodes <= most;
  waku::reliability::random_source random(seed);
  const auto start = static_cast<std::uint32_t>(made.whole ? 0 : random.below(of.nodes));
  std::uint32_t restarts = 0;
  for (std::size_t next = 0;; ++next) {
    while (next == queue.size() && restarts < of.nodes) {
      const std::uint32_t node = (start + restarts++) % of.nodes;
      if (found[node]) continue;
      found[node] = true;
      queue.push_back(node);
    }
    if (next == queue.size()) return made;
    const std::uint32_t node = queue[next];
    const auto among = static_cast<std::size_t>(std::count_if(
        neighbours[node].begin(), neighbours[node].end(), [&](auto each) { return place[each] != absent; }));
    if (made.edges.size() + among > most || made.nodes.size() == most) return made;
    place[node] = static_cast<std::uint32_t>(made.nodes.size());
    made.nodes.push_back(node);
    for (const std::uint32_t each : neighbours[node]) {
      if (place[each] != absent) made.edges.emplace_back(place[each], place[node]);
      if (!found[each]) {
        found[each] = true;
        queue.push_back(each);
      }
    }
  }
}

}  // namespace midscale
