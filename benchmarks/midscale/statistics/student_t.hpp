// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cmath>

#include <boost/math/distributions/students_t.hpp>

namespace midscale {

/// Student's distribution of t ("The probable error of a mean", 1908). Degrees of freedom may be broken, and are above
/// 0.

/// The t that |t| exceeds with a probability of 1 - confidence; confidence is between 0 and 1.
[[nodiscard]] inline double two_sided_t(double degrees_of_freedom, double confidence) {
  return quantile(complement(boost::math::students_t(degrees_of_freedom), (1 - confidence) / 2));
}

/// The probability that |t| is at least as large as that of the one given.
[[nodiscard]] inline double two_sided_p(double degrees_of_freedom, double t) {
  return 2 * cdf(complement(boost::math::students_t(degrees_of_freedom), std::abs(t)));
}

}  // namespace midscale
