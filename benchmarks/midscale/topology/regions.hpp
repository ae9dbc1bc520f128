// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <midscale/topology/graph.hpp>
#include <midscale/topology/shuffle.hpp>

namespace midscale {

/// Puts each node of the graph into a region, at random. Region i gets its share of the nodes, to within one: shares
/// are relative to their sum, and nodes left over by rounding go to the largest remainders (Hamilton's method).
///
/// Throws std::invalid_argument with a sentence when there is no share, one is negative or no number, all are 0, or
/// there are more than 65,536.
inline void assign_regions(graph& to, std::span<const double> shares, wr::random_source& random) {
  constexpr std::size_t most = std::size_t{std::numeric_limits<std::uint16_t>::max()} + 1;
  if (shares.empty() || shares.size() > most)
    throw std::invalid_argument("shares: there are " + std::to_string(shares.size()) + ", give 1 to " +
                                std::to_string(most));
  for (std::size_t region = 0; region < shares.size(); ++region) {
    if (!(shares[region] >= 0) || !std::isfinite(shares[region]))
      throw std::invalid_argument("shares: that of region " + std::to_string(region) + " is " +
                                  std::to_string(shares[region]) + ", give 0 or more");
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (!(sum > 0) || !std::isfinite(sum))
    throw std::invalid_argument("shares: their sum must be above 0 and finite");

  std::vector<std::uint32_t> counts(shares.size());
  std::vector<double> remainders(shares.size());
  for (std::size_t region = 0; region < shares.size(); ++region) {
    const double exact = to.nodes * (shares[region] / sum);
    counts[region] = static_cast<std::uint32_t>(exact);
    remainders[region] = exact - counts[region];
  }
  std::vector<std::size_t> by_remainder(shares.size());
  std::iota(by_remainder.begin(), by_remainder.end(), std::size_t{0});
  std::stable_sort(by_remainder.begin(), by_remainder.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  const std::uint32_t placed = std::accumulate(counts.begin(), counts.end(), 0U);
  for (std::uint32_t left = 0; left < to.nodes - placed; ++left) ++counts[by_remainder[left]];

  to.regions.clear();
  for (std::size_t region = 0; region < shares.size(); ++region)
    to.regions.insert(to.regions.end(), counts[region], static_cast<std::uint16_t>(region));
  shuffle(to.regions, random);
}

}  // namespace midscale
