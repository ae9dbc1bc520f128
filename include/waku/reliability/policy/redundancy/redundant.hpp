// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/redundancy/redundancy_policy.hpp>

namespace waku::reliability {

/// Several nodes at the same time: twice the bytes, and no single node can lose a message (L2.1, F2.1).
struct redundant {
  static constexpr slot fills = slot::redundancy;

  [[nodiscard]] constexpr std::uint32_t publish_targets(const redundancy_options& numbers) const {
    return numbers.publish_targets;
  }
  [[nodiscard]] constexpr std::uint32_t subscribe_targets(const redundancy_options& numbers) const {
    return numbers.subscribe_targets;
  }
  [[nodiscard]] constexpr std::optional<duration> hedge_delay(const redundancy_options&) const { return {}; }
};

}  // namespace waku::reliability
