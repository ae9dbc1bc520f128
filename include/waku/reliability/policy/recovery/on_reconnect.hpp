// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/recovery/recovery_policy.hpp>

namespace waku::reliability {

/// One query after each outage, from the last contact to the reconnection (F4, R4); none while all is well.
/// Cheap, but losses without a noticed outage stay lost.
struct on_reconnect {
  static constexpr slot fills = slot::recovery;
  static constexpr capability_set needs{.store = true};
  static constexpr bool periodic = false;
  static constexpr bool after_outage = true;

  [[nodiscard]] constexpr wall_time range_start(const recovery_situation& situation,
                                                const recovery_options& numbers) const {
    return situation.last_contact.value_or(situation.subscribed_at) - numbers.overlap;
  }
};

}  // namespace waku::reliability
