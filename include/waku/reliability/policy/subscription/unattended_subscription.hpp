// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/subscription/subscription_policy.hpp>

namespace waku::reliability {

/// SUBSCRIBEs once: no ping, no refresh, no timer. A failed SUBSCRIBE is only made good where the pool
/// charges failures, by the next node (F1.5).
struct unattended_subscription {
  static constexpr slot fills = slot::subscription;

  [[nodiscard]] constexpr std::optional<duration> ping_interval(const subscription_options&) const {
    return {};
  }
  [[nodiscard]] constexpr std::optional<duration> refresh_interval(const subscription_options&) const {
    return {};
  }
  [[nodiscard]] constexpr subscription_reaction after_failed_ping(const subscription_failures&,
                                                                  const subscription_options&) const {
    return subscription_reaction::keep;
  }
  [[nodiscard]] constexpr subscription_reaction after_failed_subscribe(const subscription_failures&,
                                                                       const subscription_options&) const {
    return subscription_reaction::keep;
  }
};

}  // namespace waku::reliability
