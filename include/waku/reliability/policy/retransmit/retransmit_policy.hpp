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
/// `transmissions` counts those made so far, from 1. After a loss, where a node accepted the message and it was
/// not confirmed, the wait counts from the beginning of the latest transmission; after a failure from the moment
/// when it is known, that is when the last of the replies has come or timed out. A wait that has passed by then
/// means at once. A node that pauses is not asked sooner for it.
template <class Policy>
concept retransmit_policy =
    policy<Policy> && Policy::fills == slot::retransmit && std::default_initializable<Policy> &&
    requires(const Policy& retransmit, std::uint32_t transmissions, const retransmit_options& numbers,
             random_source& random) {
      { retransmit.delay(transmissions, numbers, random) } -> std::same_as<std::optional<duration>>;
    };

}  // namespace waku::reliability
