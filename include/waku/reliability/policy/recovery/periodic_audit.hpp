// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once


#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/policy/recovery/recovery_policy.hpp>

namespace waku::reliability {

/// Lists the window's hashes at every beat of the cadence and fetches what is missing (S2). After an outage
/// the range reaches back to the last success (S2.4), at most options.recovery.longest_reach (R29).
struct periodic_audit {
  static constexpr slot fills = slot::recovery;
  static constexpr capability_set needs{.store = true};
  static constexpr bool periodic = true;
  static constexpr bool after_outage = false;

  [[nodiscard]] constexpr wall_time range_start(const recovery_situation& situation,
                                                const recovery_options& numbers) const {
    const duration window = numbers.window + numbers.overlap;
    // Never audited yet: from where an audit at the subscription would have begun.
    if (!situation.audited_until) return min_of(situation.now, situation.subscribed_at) - window;
    // A range ends one overlap after its own present, and slow clocks stamp up to another one before theirs.
    return min_of(situation.now - window, *situation.audited_until - 2 * numbers.overlap);
  }
};

}  // namespace waku::reliability
