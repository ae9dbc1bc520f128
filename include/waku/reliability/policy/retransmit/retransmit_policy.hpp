// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>

#include <waku/reliability/core/random.hpp>
#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// Says how long to wait before the next transmission of a message; nothing means never again (L3, L4).
/// `transmissions` counts those made so far, from 1.
template <class Policy>
concept retransmit_policy =
    policy<Policy> && Policy::fills == slot::retransmit && std::default_initializable<Policy> &&
    requires(const Policy& retransmit, std::uint32_t transmissions, const retransmit_options& numbers,
             random_source& random) {
      { retransmit.delay(transmissions, numbers, random) } -> std::same_as<std::optional<duration>>;
    };

}  // namespace waku::reliability
