// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/cadence/cadence_policy.hpp>

namespace waku::reliability {

/// Halves the wait when something was missing, lengthens it while nothing is, between the shortest and the
/// longest. Saves queries on a quiet network; finds the first loss after a quiet time later.
struct adaptive_cadence {
  static constexpr slot fills = slot::cadence;

  [[nodiscard]] constexpr duration next(duration previous, bool loss_found,
                                        const cadence_options& numbers) const {
    if (previous <= duration::zero()) return numbers.interval;
    const double scaled = static_cast<double>(previous.count()) * (loss_found ? 0.5 : numbers.growth);
    const duration wait(static_cast<duration::rep>(scaled));
    if (wait < numbers.shortest) return numbers.shortest;
    return wait > numbers.longest ? numbers.longest : wait;
  }
};

}  // namespace waku::reliability
