// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/statistics/welch_test.hpp>

#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

namespace welch_test_tests {

using doctest::Approx;
using midscale::interval;
using midscale::welch_result;
using midscale::welch_test;
using list = std::vector<double>;

TEST_CASE("sets of equal size and variance have a test with a closed form") {
  // 0, 2 against 3, 5: variances 2, error sqrt(2/2 + 2/2), t = 3 / sqrt(2) with 2 degrees of freedom, so that
  // p = 1 - t / sqrt(2 + t^2) = 1 - 2.12132 / 2.54951 = 0.167950. The interval reaches 4.302653 x 1.414214 = 6.084870.
  const welch_result found = welch_test(list{0, 2}, list{3, 5});
  CHECK(found.base_mean == 1);
  CHECK(found.new_mean == 4);
  CHECK(found.difference == 3);
  CHECK(found.p == Approx(0.167950).epsilon(1e-5));
  CHECK(found.between.low == Approx(3 - 6.084870));
  CHECK(found.between.high == Approx(3 + 6.084870));
}

TEST_CASE("a set without variance leaves the other one's degrees of freedom") {
  // The error is that of 1 to 5, sqrt(0.5), with 4 degrees of freedom: t = 3 / 0.707107 = 4.242641; with tan(a) = t / 2
  // p = 1 - sin(a)(1 + cos(a)^2 / 2) = 1 - 0.904534 x (1 + 0.181818 / 2) = 0.013235.
  const welch_result found = welch_test(list{6, 6, 6}, list{1, 2, 3, 4, 5});
  CHECK(found.difference == -3);
  CHECK(found.p == Approx(0.013235).epsilon(1e-4));
  CHECK(found.between.low == Approx(-3 - 1.963243));
}

TEST_CASE("where nothing varies, a difference is exact and none is none") {
  const welch_result same = welch_test(list{0.1, 0.1, 0.1}, list{0.1, 0.1});
  CHECK(same.p == 1);
  CHECK(same.difference == 0);
  CHECK(same.between == interval{0, 0});
  const welch_result other = welch_test(list{1, 1, 1}, list{0.5, 0.5, 0.5});
  CHECK(other.p == 0);
  CHECK(other.difference == -0.5);
  CHECK(other.between == interval{-0.5, -0.5});
}

TEST_CASE("the unit does not matter, however small or large") {
  const double p = welch_test(list{1, 2}, list{2, 4}).p;
  CHECK(welch_test(list{1e-140, 2e-140}, list{2e-140, 4e-140}).p == Approx(p));
  CHECK(welch_test(list{1e140, 2e140}, list{2e140, 4e140}).p == Approx(p));
}

TEST_CASE("the order of the sets turns the sign and no more") {
  const list one{4, 7, 9, 9};
  const list other{1, 8, 2};
  const welch_result there = welch_test(one, other);
  const welch_result back = welch_test(other, one);
  CHECK(there.p == back.p);
  CHECK(there.difference == -back.difference);
  CHECK(there.between.low == -back.between.high);
}

TEST_CASE("too little is refused by name") {
  CHECK_THROWS_WITH_AS((void)welch_test(list{1}, list{1, 2}),
                       "values: a test needs 2 or more in each set, there are 1 and 2",
                       std::invalid_argument);
  CHECK_THROWS_AS((void)welch_test(list{1, 2}, list{1, 2}, 0), std::invalid_argument);
}

}  // namespace welch_test_tests
