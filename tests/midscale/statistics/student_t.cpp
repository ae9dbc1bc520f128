// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/statistics/student_t.hpp>

#include <cmath>

#include <doctest/doctest.h>

namespace student_t_tests {

using midscale::two_sided_p;
using midscale::two_sided_t;

// Within 1e-6 of what is expected.
void check_near(double found, double expected) { CHECK(std::abs(found - expected) < 1e-6); }

TEST_CASE("quantiles are those of the tables and of closed forms") {
  // The printed tables, to their three decimals.
  CHECK(std::abs(two_sided_t(4, 0.95) - 2.776) < 5.1e-4);
  CHECK(std::abs(two_sided_t(8, 0.95) - 2.306) < 5.1e-4);
  CHECK(std::abs(two_sided_t(10, 0.99) - 3.169) < 5.1e-4);
  CHECK(std::abs(two_sided_t(30, 0.95) - 2.042) < 5.1e-4);
  // With one degree of freedom t is the tangent of pi x confidence / 2; with two, c sqrt(2 / (1 - c^2)).
  constexpr double pi = 3.14159265358979323846;
  for (const double confidence : {0.5, 0.9, 0.95, 0.99}) {
    CAPTURE(confidence);
    check_near(two_sided_t(1, confidence), std::tan(pi / 2 * confidence));
    check_near(two_sided_t(2, confidence), confidence * std::sqrt(2 / (1 - confidence * confidence)));
  }
  // With many it is the normal distribution's 1.959964.
  check_near(two_sided_t(1e9, 0.95), 1.95996398);
}

TEST_CASE("probabilities are those of closed forms") {
  constexpr double pi = 3.14159265358979323846;
  for (const double t : {0.0, 0.3, 1.0, 2.5, 12.0, 100.0}) {
    CAPTURE(t);
    check_near(two_sided_p(1, t), 1 - 2 / pi * std::atan(t));
    check_near(two_sided_p(2, t), 1 - t / std::sqrt(2 + t * t));
    // With four: 1 - sin(a)(1 + cos(a)^2 / 2), tan(a) = t / 2.
    const double angle = std::atan(t / 2);
    check_near(two_sided_p(4, t), 1 - std::sin(angle) * (1 + std::cos(angle) * std::cos(angle) / 2));
    CHECK(two_sided_p(4, -t) == two_sided_p(4, t));
  }
}

TEST_CASE("one is the inverse of the other, also between whole degrees of freedom") {
  for (double degrees_of_freedom = 1; degrees_of_freedom < 40; degrees_of_freedom += 0.7) {
    for (const double confidence : {0.1, 0.5, 0.95, 0.999})
      check_near(two_sided_p(degrees_of_freedom, two_sided_t(degrees_of_freedom, confidence)),
                 1 - confidence);
  }
}

}  // namespace student_t_tests
