// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/statistics/mean_interval.hpp>

#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <waku/reliability/core/random.hpp>

namespace mean_interval_tests {

using doctest::Approx;
using midscale::interval;
using midscale::mean_interval;
using list = std::vector<double>;

TEST_CASE("five values, by hand") {
  // 1 to 5: mean 3, variance 10 / 4, error sqrt(2.5 / 5) = 0.707107; times 2.776445 that is 1.963243.
  const interval found = mean_interval(list{1, 2, 3, 4, 5});
  CHECK(found.low == Approx(1.036757));
  CHECK(found.high == Approx(4.963243));
}

TEST_CASE("equal values leave no doubt") { CHECK(mean_interval(list(5, 0.1)) == interval{0.1, 0.1}); }

TEST_CASE("it holds the true mean as often as it says") {
  waku::reliability::random_source random(19);
  int held = 0;
  constexpr int intervals = 4'000;
  for (int turn = 0; turn < intervals; ++turn) {
    list values(5);
    for (double& each : values)
      for (int part = 0; part < 12; ++part) each += random.unit();  // normal about 6, closely enough
    const interval found = mean_interval(values, 0.9);
    held += found.low <= 6 && 6 <= found.high ? 1 : 0;
  }
  // 3,600 are expected, with a standard deviation of 19.
  CHECK(held > 3'530);
  CHECK(held < 3'670);
}

TEST_CASE("too little is refused by name") {
  CHECK_THROWS_WITH_AS((void)mean_interval(list{1}), "values: an interval needs 2 or more, there are 1",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mean_interval(list{1, 2}, 1), "confidence: 1.000000 is not between 0 and 1",
                       std::invalid_argument);
}

}  // namespace mean_interval_tests
