// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>

#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// Failures in a row at one filter node. Only a good ping ends a row of ping failures (R2).
struct subscription_failures {
  std::uint32_t pings = 0;
  std::uint32_t subscribes = 0;
};

/// What follows a failure.
enum class subscription_reaction : std::uint8_t {
  keep,       ///< do nothing
  subscribe,  ///< SUBSCRIBE with the full criteria at the same node
  replace,    ///< leave the node for another one
};

/// Says how subscriptions are kept alive (F3). No interval means none of that kind.
template <class Policy>
concept subscription_policy =
    policy<Policy> && Policy::fills == slot::subscription && std::default_initializable<Policy> &&
    requires(const Policy& subscription, const subscription_failures& failures,
             const subscription_options& numbers) {
      { subscription.ping_interval(numbers) } -> std::same_as<std::optional<duration>>;
      { subscription.refresh_interval(numbers) } -> std::same_as<std::optional<duration>>;
      { subscription.after_failed_ping(failures, numbers) } -> std::same_as<subscription_reaction>;
      { subscription.after_failed_subscribe(failures, numbers) } -> std::same_as<subscription_reaction>;
    };

}  // namespace waku::reliability
