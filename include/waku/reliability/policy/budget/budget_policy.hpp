// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>

#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// Says whether one more extra request of so many bytes may be made now, and takes its cost if so. The first
/// copy of a message, subscriptions and pings are never asked for.
template <class Policy>
concept budget_policy =
    policy<Policy> && Policy::fills == slot::budget && std::default_initializable<Policy> &&
    requires(Policy& budget, std::size_t bytes, steady_time now, const budget_options& numbers) {
      { budget.take(bytes, now, numbers) } -> std::same_as<bool>;
    };

}  // namespace waku::reliability
