// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>

namespace midscale {

/// What the tests here need of some values, one for each seed.
struct moments {
  std::size_t count = 0;
  double mean = 0;
  double variance = 0;  ///< of what the values were drawn from: over count - 1; 0 of a single value
};

/// Exact where all values are equal: the mean is theirs and the variance 0, as sums around the first value are.
/// Takes two passes. Throws std::invalid_argument when there is no value.
[[nodiscard]] inline moments moments_of(std::span<const double> values) {
  if (values.empty()) throw std::invalid_argument("values: there are none");
  const double first = values.front();
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  for (const double each : values) sum += each - first;
  moments result{.count = values.size(), .mean = first + sum / count, .variance = 0};
  if (values.size() == 1) return result;
  for (const double each : values) {
    const double apart = (each - first) - sum / count;
    result.variance += apart * apart;
  }
  result.variance /= count - 1;
  return result;
}

}  // namespace midscale
