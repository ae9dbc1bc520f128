// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/confirmation/confirmation_policy.hpp>

namespace waku::reliability {

/// A store node holds the message, learned from the same content queries that find what was missed (S3).
/// Needs `periodic_audit` as recovery. One node is enough (R6).
struct store_audit {
  static constexpr slot fills = slot::confirmation;
  static constexpr capability_set needs{.store = true};
  static constexpr evidence_kinds asks{.audit = true};

  [[nodiscard]] constexpr bool enough(const evidence& seen, const confirmation_options&) const {
    return seen.stores >= 1;
  }
};

}  // namespace waku::reliability
