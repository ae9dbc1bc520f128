// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <midscale/topology/configuration_model.hpp>
#include <midscale/topology/connected.hpp>
#include <midscale/topology/graph.hpp>
#include <midscale/topology/shuffle.hpp>

namespace midscale {

/// A connected random graph in which every node has the same number of neighbours: the pairing model with repair
/// (Bollobas, 1980; the repair is that of configuration_model), drawn again where it is not connected, which from
/// degree 3 on hardly happens. Of degree 2 there is but the ring, in a random order.
///
/// Takes time in proportion to nodes x degree x degree. Throws std::invalid_argument with a sentence when there is no
/// such graph: no nodes, a degree as large as the number of nodes or too small to connect them, or an odd number of
/// ends; and std::runtime_error when none was found, which is not known to happen.
[[nodiscard]] inline graph random_regular(std::uint32_t nodes, std::uint32_t degree,
                                          wr::random_source& random) {
  const std::string asked =
      "degree: " + std::to_string(degree) + " with " + std::to_string(nodes) + " nodes: ";
  if (nodes == 0) throw std::invalid_argument("nodes: there must be at least 1");
  if (degree >= nodes)
    throw std::invalid_argument(asked + "a node has fewer neighbours than there are nodes");
  if (std::uint64_t{nodes} * degree % 2 != 0)
    throw std::invalid_argument(asked + "one of the two must be even, for every edge has two ends");
  if (degree < 2 && nodes > degree + 1) throw std::invalid_argument(asked + "too few to connect all nodes");
  if (degree == 2) {
    std::vector<std::uint32_t> order(nodes);
    std::iota(order.begin(), order.end(), 0U);
    shuffle(order, random);
    graph ring{.nodes = nodes, .edges = {}, .regions = {}};
    for (std::size_t place = 0; place < nodes; ++place)
      ring.edges.push_back({order[place], order[(place + 1) % nodes]});
    return ring;
  }
  const std::vector<std::uint32_t> degrees(nodes, degree);
  for (int draw = 0; draw < 100; ++draw) {
    configuration drawn = configuration_model(degrees, random);
    if (drawn.complete() && connected(drawn.made)) return std::move(drawn.made);
  }
  throw std::runtime_error(asked + "no connected graph was found");
}

}  // namespace midscale
