// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <optional>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// What a recovery policy knows when it chooses where a range begins.
struct recovery_situation {
  wall_time now;
  std::optional<wall_time> audited_until;   ///< end of the last range that was audited with full success
  std::optional<wall_time> last_contact;    ///< newest accepted message or good ping, by our own clock
  wall_time subscribed_at;                  ///< when the topic's subscription began
};

/// Says when the store is asked for what was missed, and from when on. `periodic` rounds follow the
/// cadence (S2); `after_outage` rounds come once after each outage (F4). The range ends at now + overlap.
template <class Policy>
concept recovery_policy =
    policy<Policy> && Policy::fills == slot::recovery && std::default_initializable<Policy> &&
    requires(const Policy& recovery, const recovery_situation& situation, const recovery_options& numbers) {
      { Policy::needs } -> std::convertible_to<capability_set>;
      { Policy::periodic } -> std::convertible_to<bool>;
      { Policy::after_outage } -> std::convertible_to<bool>;
      { recovery.range_start(situation, numbers) } -> std::same_as<wall_time>;
    };

}  // namespace waku::reliability
