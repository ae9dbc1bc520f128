// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/retransmit/retransmit_policy.hpp>

namespace waku::reliability {

/// Every message is transmitted once.
struct no_retransmit {
  static constexpr slot fills = slot::retransmit;

  [[nodiscard]] constexpr std::optional<duration> delay(std::uint32_t, const retransmit_options&,
                                                        random_source&) const {
    return {};
  }
};

}  // namespace waku::reliability
