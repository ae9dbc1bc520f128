// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <bit>
#include <cassert>
#include <cstdint>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>

namespace waku::reliability::testing {

/// A draw from the exponential distribution of mean 1. It uses nothing but sums and products, so that it is
/// the same on every machine, which a library's logarithm is not.
[[nodiscard]] constexpr double draw_exponential(random_source& random) noexcept {
  constexpr double half_life = 0.6931471805599453;
  // The distribution forgets: each leading zero bit is one more half-life survived.
  const double survived = static_cast<double>(std::countl_zero(random.next() | 1U)) * half_life;
  // Within a half-life, -log(1 - x) for x in [0, 1/2), by its series.
  const double x = random.unit() / 2;
  double power = x;
  double within = 0;
  for (int term = 1; term <= 16; ++term) {
    within += power / term;
    power *= x;
  }
  return survived + within;
}

/// How long something takes: at least the floor, with a tail above it that fades exponentially and is cut.
struct latency {
  duration floor{};
  duration mean_above{};  ///< the mean of what comes on top of the floor; 0: always the floor
  duration longest = std::chrono::hours(24);

  [[nodiscard]] constexpr duration draw(random_source& random) const noexcept {
    if (mean_above <= duration::zero()) return floor;
    const auto above =
        static_cast<duration::rep>(draw_exponential(random) * static_cast<double>(mean_above.count()));
    const duration drawn = floor + duration(above);
    return drawn < longest ? drawn : longest;
  }
};

/// A length of time between two bounds, each equally likely.
[[nodiscard]] constexpr duration draw_between(random_source& random, duration least, duration most) noexcept {
  assert(least <= most);
  return least + duration(static_cast<duration::rep>(
                     random.below(static_cast<std::uint64_t>((most - least).count()) + 1)));
}

}  // namespace waku::reliability::testing
