// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/redundancy/redundancy_policy.hpp>

namespace waku::reliability {

/// One node first; the next only while no reply has come after options.redundancy.hedge_delay, up to
/// publish_targets in all. Nearly the bytes of `single`, nearly the tail latency of `redundant` (Dean and
/// Barroso, "The Tail at Scale", 2013), but a node that lies fast is not made up for.
struct hedged {
  static constexpr slot fills = slot::redundancy;

  [[nodiscard]] constexpr std::uint32_t publish_targets(const redundancy_options& numbers) const {
    return numbers.publish_targets;
  }
  [[nodiscard]] constexpr std::uint32_t subscribe_targets(const redundancy_options& numbers) const {
    return numbers.subscribe_targets;
  }
  [[nodiscard]] constexpr std::optional<duration> hedge_delay(const redundancy_options& numbers) const {
    return numbers.hedge_delay;
  }
};

}  // namespace waku::reliability
