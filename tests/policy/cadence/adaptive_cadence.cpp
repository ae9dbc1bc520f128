// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/cadence/adaptive_cadence.hpp>

#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

#include <waku/reliability/core/random.hpp>

#include <cache/samples.hpp>

namespace adaptive_cadence_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("the first round comes after the set interval") {
  CHECK(wr::cadence_policy<wr::adaptive_cadence>);
  CHECK(wr::adaptive_cadence{}.next(0s, false, {}) == 60s);
  CHECK(wr::adaptive_cadence{}.next(0s, true, {}) == 60s);
  CHECK(wr::adaptive_cadence{}.next(0s, true, {.interval = 40s}) == 40s);
}

TEST_CASE("while nothing is missing, waits grow by half up to the longest") {
  constexpr wr::adaptive_cadence cadence;
  CHECK(cadence.next(60s, false, {}) == 90s);
  CHECK(cadence.next(90s, false, {}) == 135s);
  CHECK(cadence.next(202s, false, {}) == 4min);
  CHECK(cadence.next(4min, false, {}) == 4min);
}

TEST_CASE("a loss halves the wait, down to the shortest") {
  constexpr wr::adaptive_cadence cadence;
  CHECK(cadence.next(4min, true, {}) == 2min);
  CHECK(cadence.next(60s, true, {}) == 30s);
  CHECK(cadence.next(20s, true, {}) == 15s);
  CHECK(cadence.next(15s, true, {}) == 15s);
}

TEST_CASE("growth, shortest and longest are options") {
  constexpr wr::adaptive_cadence cadence;
  constexpr wr::cadence_options numbers{.interval = 10s, .shortest = 4s, .longest = 45s, .growth = 3.0};
  CHECK(cadence.next(10s, false, numbers) == 30s);
  CHECK(cadence.next(30s, false, numbers) == 45s);
  CHECK(cadence.next(6s, true, numbers) == 4s);
}

TEST_CASE("every wait lies within the bounds, whatever is found") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  wr::duration wait = 0s;
  for (int round = 0; round < 5'000; ++round) {
    wait = wr::adaptive_cadence{}.next(wait, draw.chance(0.4), {});
    REQUIRE(wait >= 15s);
    REQUIRE(wait <= 4min);
  }
}

}  // namespace adaptive_cadence_tests
