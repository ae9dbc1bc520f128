// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/confirmation/confirmation_policy.hpp>

namespace waku::reliability {

/// A store node holds the message, learned by presence queries: hashes only, nothing else in the query
/// (S1). One node is enough (R6).
struct store_presence {
  static constexpr slot fills = slot::confirmation;
  static constexpr capability_set needs{.store = true};
  static constexpr evidence_kinds asks{.presence = true};

  [[nodiscard]] constexpr bool enough(const evidence& seen, const confirmation_options&) const {
    return seen.stores >= 1;
  }
};

}  // namespace waku::reliability
