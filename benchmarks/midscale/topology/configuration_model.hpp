// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <midscale/topology/graph.hpp>
#include <midscale/topology/neighbour_lists.hpp>
#include <midscale/topology/shuffle.hpp>

namespace midscale {

/// What a list of degrees became.
struct configuration {
  graph made;
  /// How many neighbours each node is short of what it was to have. All zeros, unless no simple graph with these
  /// degrees exists, or none was found.
  std::vector<std::uint32_t> missing;

  [[nodiscard]] bool complete() const {
    return std::all_of(missing.begin(), missing.end(), [](std::uint32_t each) { return each == 0; });
  }
};

/// Pairs the loose ends of connections at random: the work of configuration_model.
class loose_ends {
 public:
  loose_ends(std::span<const std::uint32_t> degrees, wr::random_source& random)
      : random_(random), neighbours_(static_cast<std::uint32_t>(degrees.size())) {
    result_.made.nodes = static_cast<std::uint32_t>(degrees.size());
    result_.missing.assign(degrees.size(), 0);
    for (std::uint32_t node = 0; node < result_.made.nodes; ++node)
      left_.insert(left_.end(), degrees[node], node);
  }

  configuration tie() {
    // What pairing leaves is paired again, which suffices in dense graphs, or takes the place of an edge.
    for (std::size_t before = left_.size() + 1; left_.size() < before;) {
      before = left_.size();
      shuffle(left_, random_);
      take_pairs([this](edge pair) { return tie_directly(pair); });
      take_pairs([this](edge pair) { return tie_by_switch(pair); });
    }
    for (const std::uint32_t node : left_) ++result_.missing[node];
    return std::move(result_);
  }

 private:
  template <class Tie>
  void take_pairs(Tie tie_pair) {
    std::size_t kept = 0;
    for (std::size_t place = 0; place < left_.size(); place += 2) {
      const edge pair{left_[place], left_[place + 1]};
      if (tie_pair(pair)) continue;
      left_[kept++] = pair.dialler;
      left_[kept++] = pair.listener;
    }
    left_.resize(kept);
  }
  bool tie_directly(edge pair) {
    if (!neighbours_.can_connect(pair.dialler, pair.listener)) return false;
    neighbours_.connect(pair.dialler, pair.listener);
    result_.made.edges.push_back(pair);
    return true;
  }
  // Cuts an edge whose ends can be tied to the two of the pair instead.
  bool tie_by_switch(edge pair) {
    auto& edges = result_.made.edges;
    const auto first = static_cast<std::size_t>(random_.below(edges.size()));
    for (std::size_t step = 0; step < edges.size(); ++step) {
      edge& cut = edges[(first + step) % edges.size()];
      const edge one{cut.dialler, pair.listener};
      const edge other{pair.dialler, cut.listener};
      if (!neighbours_.can_connect(one.dialler, one.listener)) continue;
      if (!neighbours_.can_connect(other.dialler, other.listener)) continue;
      neighbours_.disconnect(cut.dialler, cut.listener);
      neighbours_.connect(one.dialler, one.listener);
      neighbours_.connect(other.dialler, other.listener);
      cut = one;
      edges.push_back(other);
      return true;
    }
    return false;
  }

  wr::random_source& random_;
  neighbour_lists neighbours_;
  std::vector<std::uint32_t> left_;  // a node for each of its loose ends
  configuration result_;
};

/// A random graph in which each node has the number of neighbours that the list tells (the configuration model;
/// Bollobas, 1980; Molloy and Reed, 1995). Loose ends are paired at random; a pair that would connect a node to itself
/// or two nodes twice is repaired by switching it with an edge, so that graphs are not all equally likely: of 8 nodes
/// with 3 neighbours each, repair makes the ones in two parts seven times rarer. It need not be connected. Where
/// something cannot be placed, a few more pairings are tried, and the best one returned.
///
/// Takes time in proportion to the sum of degrees times the usual degree, and to the number of edges for each end that
/// cannot be placed. Throws std::invalid_argument with a sentence when the sum of degrees is odd, or a degree is as
/// large as the number of nodes.
[[nodiscard]] inline configuration configuration_model(std::span<const std::uint32_t> degrees,
                                                       wr::random_source& random) {
  std::uint64_t sum = 0;
  for (std::size_t node = 0; node < degrees.size(); ++node) {
    if (degrees[node] >= degrees.size())
      throw std::invalid_argument("degrees: node " + std::to_string(node) + " is to have " +
                                  std::to_string(degrees[node]) + " neighbours, and there are " +
                                  std::to_string(degrees.size()) + " nodes with itself");
    sum += degrees[node];
  }
  if (sum % 2 != 0)
    throw std::invalid_argument("degrees: their sum " + std::to_string(sum) +
                                " is odd, and every edge has two ends");
  constexpr int most_pairings = 8;
  configuration best;
  std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
  for (int pairing = 0; pairing < most_pairings && fewest > 0; ++pairing) {
    configuration tied = loose_ends(degrees, random).tie();
    std::uint64_t missing = 0;
    for (const std::uint32_t each : tied.missing) missing += each;
    if (missing >= fewest) continue;
    fewest = missing;
    best = std::move(tied);
  }
  return best;
}

}  // namespace midscale
