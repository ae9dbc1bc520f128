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

/// What Welch's test says of two sets of values.
struct welch_result {
  double base_mean = 0;
  double new_mean = 0;
  double difference = 0;  ///< new - base, of the means
  interval between{};     ///< where the true difference is, with the confidence asked for
  double p = 1;           ///< of a difference at least as large, either way, between two sets from one source
};

/// Welch's test of two means whose variances may differ (Biometrika 34, 1947). Where all values of each set are equal,
/// there is nothing to be drawn by chance: any difference is exact, with p 0, and none has p 1.
///
/// Throws std::invalid_argument with a sentence when a set has fewer than two values, or the confidence is not between
/// 0 and 1.
[[nodiscard]] inline welch_result welch_test(std::span<const double> base, std::span<const double> changed,
                                             double confidence = 0.95) {
  if (base.size() < 2 || changed.size() < 2)
    throw std::invalid_argument("values: a test needs 2 or more in each set, there are " +
                                std::to_string(base.size()) + " and " + std::to_string(changed.size()));
  if (!(confidence > 0 && confidence < 1))
    throw std::invalid_argument("confidence: " + std::to_string(confidence) + " is not between 0 and 1");
  const moments one = moments_of(base);
  const moments other = moments_of(changed);
  welch_result result{.base_mean = one.mean, .new_mean = other.mean, .difference = other.mean - one.mean};
  const double of_base = one.variance / static_cast<double>(one.count);
  const double of_new = other.variance / static_cast<double>(other.count);
  const double error = std::sqrt(of_base + of_new);
  if (error == 0) {
    result.between = {result.difference, result.difference};
    result.p = result.difference == 0 ? 1 : 0;
    return result;
  }
  // Shares first, for squares of tiny or huge variances are no numbers any more.
  const double base_share = of_base / (of_base + of_new);
  const double new_share = of_new / (of_base + of_new);
  const double degrees_of_freedom = 1 / (base_share * base_share / static_cast<double>(one.count - 1) +
                                         new_share * new_share / static_cast<double>(other.count - 1));
  const double reach = two_sided_t(degrees_of_freedom, confidence) * error;
  result.between = {result.difference - reach, result.difference + reach};
  result.p = two_sided_p(degrees_of_freedom, result.difference / error);
  return result;
}

}  // namespace midscale
