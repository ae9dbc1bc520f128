// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/subscription/pinged_subscription.hpp>

namespace waku::reliability {

/// As pinged_subscription, and SUBSCRIBEs with the full criteria from time to time, which repairs a set that
/// a node holds only in part: a good ping does not tell (F3.6).
struct refreshed_subscription : pinged_subscription {
  [[nodiscard]] constexpr std::optional<duration> refresh_interval(
      const subscription_options& numbers) const {
    return numbers.refresh_interval;
  }
};

}  // namespace waku::reliability
