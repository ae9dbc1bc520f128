// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/results/text_file.hpp>
#include <midscale/scenario/parameters.hpp>
#include <midscale/simulation/region_latency.hpp>
#include <midscale/topology/graph.hpp>
#include <midscale/topology/graph_json.hpp>
#include <midscale/topology/random_regular.hpp>
#include <midscale/topology/regions.hpp>
#include <midscale/topology/scale_free.hpp>
#include <midscale/topology/small_world.hpp>

namespace midscale {

/// Of a small world, the probability of a shortcut for each edge of the ring. Our choice: about a fifth of all edges.
constexpr double shortcut_probability = 0.25;

/// A graph of so many nodes that have `degree` neighbours on average, as near as the kind of graph can: where there are
/// fewer others than that, each node is connected to all of them.
[[nodiscard]] inline graph drawn_graph(const std::string& topology, std::uint32_t nodes, std::uint32_t degree,
                                       wr::random_source& random) {
  if (nodes < 4 || degree + 1 >= nodes) {
    graph full{.nodes = nodes, .edges = {}, .regions = {}};
    for (std::uint32_t one = 0; one < nodes; ++one)
      for (std::uint32_t other = one + 1; other < nodes; ++other)
        full.edges.push_back((one + other) % 2 == 0 ? edge{one, other} : edge{other, one});
    return full;
  }
  if (topology == "small_world") {
    const auto nearest = static_cast<std::uint32_t>(degree / (2 * (1 + shortcut_probability)) + 0.5) * 2;
    return small_world(nodes, std::clamp(nearest, 2U, (nodes - 1) / 2 * 2), shortcut_probability, random);
  }
  if (topology == "scale_free") return scale_free(nodes, std::max(1U, degree / 2), random);
  const bool odd = std::uint64_t{nodes} * degree % 2 != 0;
  return random_regular(nodes, std::max(2U, odd ? degree - 1 : degree), random);
}

/// The connections of services and relays at the start: services have the first numbers. Where nodes connect to those
/// of their own shard, each shard has a graph of its own, and services are in all of them. Throws std::invalid_argument
/// where a graph from a file does not fit, and file_trouble.
[[nodiscard]] inline graph start_graph(const parameters& of, wr::random_source& random) {
  const std::uint32_t nodes = of.services + of.relays;
  graph made{.nodes = nodes, .edges = {}, .regions = {}};
  if (of.topology == "discovered") {
    // Nobody is connected yet.
  } else if (of.topology == "file") {
    made = graph_from_json(read_text(of.graph));
    if (made.nodes != nodes)
      throw std::invalid_argument("graph: " + of.graph + " is of " + std::to_string(made.nodes) +
                                  " nodes, the run of " + std::to_string(nodes));
    if (of.latency != "regions") made.regions.clear();  // nothing depends on them
    for (const std::uint16_t region : made.regions)
      if (region >= region_shares.size())
        throw std::invalid_argument("graph: " + of.graph + " has region " + std::to_string(region) +
                                    ", and latency=regions knows 0 to " +
                                    std::to_string(region_shares.size() - 1));
  } else if (!of.shard_peers || of.shards == 1) {
    made.edges = drawn_graph(of.topology, nodes, of.degree, random).edges;
  } else {
    std::set<std::pair<std::uint32_t, std::uint32_t>> connected;
    for (std::uint32_t shard = 0; shard < of.shards; ++shard) {
      std::vector<std::uint32_t> members;
      for (std::uint32_t node = 0; node < nodes; ++node)
        if (node < of.services || shard_of(of, node) == shard) members.push_back(node);
      const graph own =
          drawn_graph(of.topology, static_cast<std::uint32_t>(members.size()), of.degree, random);
      for (const edge& each : own.edges) {
        const edge here{members[each.dialler], members[each.listener]};
        if (connected.insert(std::minmax(here.dialler, here.listener)).second) made.edges.push_back(here);
      }
    }
  }
  if (of.latency == "regions" && made.regions.empty()) assign_regions(made, region_shares, random);
  return made;
}

}  // namespace midscale
