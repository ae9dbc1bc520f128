// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/retransmit/retransmit_policy.hpp>

namespace waku::reliability {

/// The same wait each time. Simple to reason about; keeps hammering a node that is overloaded.
struct constant_interval {
  static constexpr slot fills = slot::retransmit;

  [[nodiscard]] constexpr std::optional<duration> delay(std::uint32_t, const retransmit_options& numbers,
                                                        random_source&) const {
    return numbers.interval;
  }
};

}  // namespace waku::reliability
