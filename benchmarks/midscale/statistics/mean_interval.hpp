// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cmath>
#include <span>
#include <stdexcept>
#include <string>

#include <midscale/statistics/moments.hpp>
#include <midscale/statistics/student_t.hpp>

namespace midscale {

struct interval {
  double low = 0;
  double high = 0;

  friend bool operator==(const interval&, const interval&) = default;
};

/// Where the mean over all seeds is with the given confidence, from its values over a few of them: Student's interval.
/// Of equal values it is that value. Throws std::invalid_argument with a sentence when there are fewer than two values,
/// or the confidence is not between 0 and 1.
[[nodiscard]] inline interval mean_interval(std::span<const double> values, double confidence = 0.95) {
  if (values.size() < 2)
    throw std::invalid_argument("values: an interval needs 2 or more, there are " +
                                std::to_string(values.size()));
  if (!(confidence > 0 && confidence < 1))
    throw std::invalid_argument("confidence: " + std::to_string(confidence) + " is not between 0 and 1");
  const moments of = moments_of(values);
  const auto count = static_cast<double>(of.count);
  const double reach = two_sided_t(count - 1, confidence) * std::sqrt(of.variance / count);
  return {of.mean - reach, of.mean + reach};
}

}  // namespace midscale
