// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/theory/head_start.hpp>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <waku/reliability/core/random.hpp>

namespace head_start_tests {

using doctest::Approx;
using midscale::mean_head_start;

TEST_CASE("three nodes, by hand") {
  // Word from the one at 0 comes at 10: 20 before the one at 30 has it, 90 before that at 100. Word from 30 comes at
  // 40, 60 before 100. Of 6 ordered pairs the others bring nothing: (20 + 90 + 60) / 6.
  CHECK(mean_head_start({100, 0, 30}, 10) == Approx(170.0 / 6));
  // A link as slow as the network: only 100 - 90.
  CHECK(mean_head_start({100, 0, 30}, 90) == Approx(10.0 / 6));
  CHECK(mean_head_start({100, 0, 30}, 100) == 0);
  CHECK(mean_head_start({5, 5}, 0) == 0);
}

TEST_CASE("any times give what a look at every pair gives") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    waku::reliability::random_source random(seed);
    std::vector<double> times(2 + random.below(60));
    for (double& each : times) each = random.chance(0.2) ? 3 : random.unit() * 10;
    const double link = random.unit() * 4;
    double sum = 0;
    for (const double later : times)
      for (const double earlier : times) sum += std::max(0.0, later - link - earlier);
    const auto nodes = static_cast<double>(times.size());
    CHECK(mean_head_start(times, link) == Approx(sum / (nodes * (nodes - 1))));
  }
}

TEST_CASE("one time is refused") {
  CHECK_THROWS_WITH_AS((void)mean_head_start({1}, 0), "had_at: 1 times make no pair", std::invalid_argument);
}

}  // namespace head_start_tests
