// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>

#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// Says how many nodes are used at once for publishing and for subscribing (L2, F2), and when a next
/// node is tried while the first is silent.
template <class Policy>
concept redundancy_policy =
    policy<Policy> && Policy::fills == slot::redundancy && std::default_initializable<Policy> &&
    requires(const Policy& redundancy, const redundancy_options& numbers) {
      { redundancy.publish_targets(numbers) } -> std::same_as<std::uint32_t>;
      { redundancy.subscribe_targets(numbers) } -> std::same_as<std::uint32_t>;
      { redundancy.hedge_delay(numbers) } -> std::same_as<std::optional<duration>>;
    };

}  // namespace waku::reliability
