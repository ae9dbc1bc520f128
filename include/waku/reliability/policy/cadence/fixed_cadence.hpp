// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/cadence/cadence_policy.hpp>

namespace waku::reliability {

/// The same wait between rounds, whatever they find.
struct fixed_cadence {
  static constexpr slot fills = slot::cadence;

  [[nodiscard]] constexpr duration next(duration, bool, const cadence_options& numbers) const {
    return numbers.interval;
  }
};

}  // namespace waku::reliability
