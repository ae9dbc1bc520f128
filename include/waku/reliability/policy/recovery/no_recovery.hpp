// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/recovery/recovery_policy.hpp>

namespace waku::reliability {

/// What was missed stays missed.
struct no_recovery {
  static constexpr slot fills = slot::recovery;
  static constexpr capability_set needs{};
  static constexpr bool periodic = false;
  static constexpr bool after_outage = false;

  [[nodiscard]] constexpr wall_time range_start(const recovery_situation& situation,
                                                const recovery_options&) const {
    return situation.now;
  }
};

}  // namespace waku::reliability
