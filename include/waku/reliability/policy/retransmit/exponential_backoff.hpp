// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/retransmit/retransmit_policy.hpp>

namespace waku::reliability {

/// The wait after `steps` failures, from 1: first × factor^(steps−1), at most the cap, then lengthened by
/// a random share of up to jitter.
[[nodiscard]] constexpr duration backoff_delay(std::uint32_t steps, const backoff_options& numbers,
                                               random_source& random) {
  double wait = static_cast<double>(numbers.first.count());
  const double cap = static_cast<double>(numbers.cap.count());
  for (std::uint32_t step = 1; step < steps && wait < cap; ++step) wait *= numbers.factor;
  if (wait > cap) wait = cap;
  return duration(static_cast<duration::rep>(wait * (1.0 + numbers.jitter * random.unit())));
}

/// 1 s, 2 s, 4 s, 8 s, 8 s …, lengthened by up to a quarter, so that nodes that failed together do not
/// come back together (L3.4, L4.5, R23).
struct exponential_backoff {
  static constexpr slot fills = slot::retransmit;

  [[nodiscard]] constexpr std::optional<duration> delay(std::uint32_t transmissions,
                                                        const retransmit_options& numbers,
                                                        random_source& random) const {
    return backoff_delay(transmissions, numbers.backoff, random);
  }
};

}  // namespace waku::reliability
