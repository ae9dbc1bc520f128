// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/budget/budget_policy.hpp>

namespace waku::reliability {

/// Reliability may cost what it costs.
struct unlimited {
  static constexpr slot fills = slot::budget;
  [[nodiscard]] constexpr bool take(std::size_t, steady_time, const budget_options&) { return true; }
};

}  // namespace waku::reliability
