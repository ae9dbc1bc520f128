// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace random_tests {

namespace wr = waku::reliability;

TEST_CASE("the first draws of seed 0 are those of the published xoshiro256** and SplitMix64") {
  wr::random_source draw(0);
  CHECK(draw.next() == 0x99ec5f36cb75f2b4U);
  CHECK(draw.next() == 0xbf6e1f784956452aU);
  CHECK(draw.next() == 0x1a5f849d4933e6e0U);
  CHECK(draw.next() == 0x6aa594f1262d2d2cU);
}

TEST_CASE("same seed, same draws; another seed, other draws") {
  wr::random_source one(7);
  wr::random_source same(7);
  wr::random_source other(8);
  int equal = 0;
  for (int count = 0; count < 1'000; ++count) {
    const std::uint64_t value = one.next();
    CHECK(value == same.next());
    equal += value == other.next() ? 1 : 0;
  }
  CHECK(equal == 0);
}

TEST_CASE("a draw below a bound stays below it and takes every value about equally often") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  constexpr std::size_t faces = 7;
  constexpr int throws = 70'000;
  std::array<int, faces> seen{};
  for (int count = 0; count < throws; ++count) {
    const std::uint64_t value = draw.below(faces);
    REQUIRE(value < faces);
    ++seen[static_cast<std::size_t>(value)];
  }
  // 10,000 each with a standard deviation of 93: six of them lie within 560.
  for (const int count : seen) {
    CHECK(count > 9'440);
    CHECK(count < 10'560);
  }
}

TEST_CASE("a bound of 0 or 1 gives 0 and draws nothing") {
  wr::random_source draw(3);
  wr::random_source untouched(3);
  CHECK(draw.below(0) == 0);
  CHECK(draw.below(1) == 0);
  CHECK(draw.next() == untouched.next());
}

TEST_CASE("a bound over half of all numbers is met without bias") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  // With bound 3 x 2^62, a plain remainder would give the lowest third twice as often as it should.
  constexpr std::uint64_t third = std::uint64_t{1} << 62U;
  int low = 0;
  for (int count = 0; count < 30'000; ++count) {
    const std::uint64_t value = draw.below(3 * third);
    REQUIRE(value < 3 * third);
    low += value < third ? 1 : 0;
  }
  // 10,000 with a standard deviation of 82.
  CHECK(low > 9'500);
  CHECK(low < 10'500);
}

TEST_CASE("a unit draw lies in [0, 1) and its mean is one half") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  double sum = 0.0;
  double largest = 0.0;
  for (int count = 0; count < 100'000; ++count) {
    const double value = draw.unit();
    REQUIRE(value >= 0.0);
    REQUIRE(value < 1.0);
    sum += value;
    if (value > largest) largest = value;
  }
  CHECK(sum / 100'000 == doctest::Approx(0.5).epsilon(0.02));
  CHECK(largest > 0.999);
}

TEST_CASE("a chance of 0 never comes true, of 1 always, of a quarter every fourth time") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  int quarter = 0;
  for (int count = 0; count < 40'000; ++count) {
    REQUIRE_FALSE(draw.chance(0.0));
    REQUIRE(draw.chance(1.0));
    quarter += draw.chance(0.25) ? 1 : 0;
  }
  // 10,000 with a standard deviation of 87.
  CHECK(quarter > 9'480);
  CHECK(quarter < 10'520);
}

TEST_CASE("draws can be made while compiling") {
  constexpr std::uint64_t drawn = [] {
    wr::random_source draw(1);
    return draw.below(10);
  }();
  wr::random_source draw(1);
  CHECK(draw.below(10) == drawn);
}

}  // namespace random_tests
