// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/confirmation/confirmation_policy.hpp>

namespace waku::reliability {

/// Nothing is asked: the outcome comes with the first acceptance, and says so: unconfirmed{not_asked}.
struct accepted_is_enough {
  static constexpr slot fills = slot::confirmation;
  static constexpr capability_set needs{};
  static constexpr evidence_kinds asks{};

  [[nodiscard]] constexpr bool enough(const evidence&, const confirmation_options&) const {
    return false;
  }
};

}  // namespace waku::reliability
