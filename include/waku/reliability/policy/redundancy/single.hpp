// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/redundancy/redundancy_policy.hpp>

namespace waku::reliability {

/// One node for each: the cheapest.
struct single {
  static constexpr slot fills = slot::redundancy;

  [[nodiscard]] constexpr std::uint32_t publish_targets(const redundancy_options&) const { return 1; }
  [[nodiscard]] constexpr std::uint32_t subscribe_targets(const redundancy_options&) const { return 1; }
  [[nodiscard]] constexpr std::optional<duration> hedge_delay(const redundancy_options&) const { return {}; }
};

}  // namespace waku::reliability
