// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace midscale {

/// The value that `part` of `whole` of the values do not exceed, by nearest rank; 0 where there are none. `part` of 0
/// gives the least one. Needs sorted values.
[[nodiscard]] inline std::uint32_t quantile(std::span<const std::uint32_t> sorted, std::uint64_t part,
                                            std::uint64_t whole) {
  if (sorted.empty()) return 0;
  const std::uint64_t rank = (static_cast<std::uint64_t>(sorted.size()) * part + whole - 1) / whole;
  return sorted[static_cast<std::size_t>(std::max<std::uint64_t>(rank, 1) - 1)];
}

/// A number as it goes into a file: with so many decimals. Exact steps only, so each compiler gives the same.
[[nodiscard]] inline double rounded(double value, int decimals = 3) {
  double scale = 1;
  for (int step = 0; step < decimals; ++step) scale *= 10;
  const double scaled = std::round(value * scale);
  return scaled == 0 ? 0 : scaled / scale;  // never -0
}

/// How many values are in each of a few bins of one width; a bin takes in its lower end.
struct histogram {
  double from = 0;
  double width = 1;
  std::vector<std::uint64_t> counts;

  friend bool operator==(const histogram&, const histogram&) = default;
};

/// 1, 2 or 5 times a power of ten: the least such width with which `bins` bins, set at its multiples, hold `range`.
[[nodiscard]] inline double bin_width(double range, std::size_t bins, double least) {
  // A power of ten below one is made by division, which rounds as the number is written.
  double divisor = 1;
  double factor = 1;
  while (factor / divisor > least) divisor *= 10;
  for (;;) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double width = digit * factor / divisor;
      if (width >= least && range / width <= static_cast<double>(bins - 1)) return width;
    }
    if (divisor > 1) {
      divisor /= 10;
    } else {
      factor *= 10;
    }
  }
}

/// The histogram of values, in at most `bins` bins (2 or more) whose width is `least` or more. O(n).
[[nodiscard]] inline histogram histogram_of(std::span<const double> values, std::size_t bins, double least) {
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  histogram made;
  made.width = bin_width(*high - *low, bins, least);
  const double first = std::floor(*low / made.width);
  made.from = first * made.width;
  made.counts.resize(static_cast<std::size_t>(std::floor(*high / made.width) - first) + 1);
  for (const double value : values)
    ++made.counts[static_cast<std::size_t>(std::floor(value / made.width) - first)];
  return made;
}

}  // namespace midscale
