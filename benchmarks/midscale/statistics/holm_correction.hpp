// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace midscale {

/// The p-values of several tests, corrected so that all of them together raise a false alarm no more often than one
/// test would, however they depend on each other (Holm, 1979): the smallest of m is taken m times, the next one m - 1
/// times, and so on, none less than the one before and none more than 1. In the order in which they were given. O(m
/// log m).
[[nodiscard]] inline std::vector<double> holm_correction(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double times = static_cast<double>(order.size() - rank);
    largest = std::min(1.0, std::max(largest, times * p[order[rank]]));
    corrected[order[rank]] = largest;
  }
  return corrected;
}

}  // namespace midscale
