// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/subscription/subscription_policy.hpp>

namespace waku::reliability {

/// Pings every minute; after a failed ping SUBSCRIBEs again at the same node; replaces it after two failed
/// pings in a row or one failed SUBSCRIBE (F3.1–F3.5, R25).
struct pinged_subscription {
  static constexpr slot fills = slot::subscription;

  [[nodiscard]] constexpr std::optional<duration> ping_interval(const subscription_options& numbers) const {
    return numbers.ping_interval;
  }
  [[nodiscard]] constexpr std::optional<duration> refresh_interval(const subscription_options&) const {
    return {};
  }
  [[nodiscard]] constexpr subscription_reaction after_failed_ping(const subscription_failures& failures,
                                                                  const subscription_options& numbers) const {
    return failures.pings >= numbers.ping_failures_max ? subscription_reaction::replace
                                                       : subscription_reaction::subscribe;
  }
  [[nodiscard]] constexpr subscription_reaction after_failed_subscribe(
      const subscription_failures& failures, const subscription_options& numbers) const {
    return failures.subscribes >= numbers.subscribe_failures_max ? subscription_reaction::replace
                                                                 : subscription_reaction::subscribe;
  }
};

}  // namespace waku::reliability
