// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/distribution.hpp>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>
#include <waku/reliability/core/random.hpp>

namespace distribution_tests {

using midscale::bin_width;
using midscale::histogram;
using midscale::histogram_of;
using midscale::quantile;
using midscale::rounded;

TEST_CASE("a quantile is a value that is there, by nearest rank") {
  const std::vector<std::uint32_t> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  CHECK(quantile(ten, 0, 100) == 1);
  CHECK(quantile(ten, 1, 100) == 1);
  CHECK(quantile(ten, 50, 100) == 5);
  CHECK(quantile(ten, 51, 100) == 6);
  CHECK(quantile(ten, 95, 100) == 10);
  CHECK(quantile(ten, 100, 100) == 10);
  CHECK(quantile(std::vector<std::uint32_t>{7}, 50, 100) == 7);
  CHECK(quantile({}, 50, 100) == 0);
}

TEST_CASE("numbers are rounded to so many decimals, and none is -0") {
  CHECK(rounded(10.12349) == 10.123);
  CHECK(rounded(2.0 / 3, 6) == 0.666667);
  CHECK(rounded(1'234.5, 0) == 1'235);
  CHECK_FALSE(std::signbit(rounded(-0.0001)));
}

TEST_CASE("bins are 1, 2 or 5 times a power of ten wide, and lie at multiples of that") {
  CHECK(bin_width(9, 10, 1) == 1);
  CHECK(bin_width(10, 10, 1) == 2);
  CHECK(bin_width(50, 10, 1) == 10);
  CHECK(bin_width(0.04, 10, 0.001) == 0.005);
  CHECK(bin_width(0, 10, 0.001) == 0.001);
  CHECK(histogram_of(std::vector<double>{3, 3, 4, 6}, 10, 1) == histogram{3, 1, {2, 1, 0, 1}});
  CHECK(histogram_of(std::vector<double>{19, 21, 119}, 6, 1) == histogram{0, 20, {1, 1, 0, 0, 0, 1}});
  CHECK(histogram_of(std::vector<double>{5, 5}, 10, 1) == histogram{5, 1, {2}});
  CHECK(histogram_of({}, 10, 1).counts.empty());
}

TEST_CASE("every value is in a bin, and there are no more bins than allowed") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    waku::reliability::random_source random(seed);
    const double spread = std::ldexp(1.0, static_cast<int>(random.below(40)) - 10);
    std::vector<double> values(1 + random.below(50));
    for (double& each : values) each = random.unit() * spread + (seed % 2 == 0 ? 0 : 1'000);
    const std::size_t most = 2 + random.below(60);
    const histogram made = histogram_of(values, most, 0.001);
    CHECK(made.counts.size() <= most);
    CHECK(std::accumulate(made.counts.begin(), made.counts.end(), std::uint64_t{0}) == values.size());
    CHECK(made.counts.front() > 0);
    CHECK(made.counts.back() > 0);
  }
}

}  // namespace distribution_tests
