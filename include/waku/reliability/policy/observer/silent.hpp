// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/observer/observer_policy.hpp>

namespace waku::reliability {

/// Hears everything and does nothing.
struct silent {
  static constexpr slot fills = slot::observer;
  constexpr void on(const auto&) const {}
};

}  // namespace waku::reliability
