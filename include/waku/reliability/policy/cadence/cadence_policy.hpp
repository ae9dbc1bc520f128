// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>

#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// Says how long to wait until the next audit round. `previous` is the wait before, 0 at the first call;
/// `loss_found` tells whether the round found anything missing or failed.
template <class Policy>
concept cadence_policy =
    policy<Policy> && Policy::fills == slot::cadence && std::default_initializable<Policy> &&
    requires(const Policy& cadence, duration previous, bool loss_found, const cadence_options& numbers) {
      { cadence.next(previous, loss_found, numbers) } -> std::same_as<duration>;
    };

}  // namespace waku::reliability
