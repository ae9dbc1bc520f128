// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/confirmation/confirmation_policy.hpp>

namespace waku::reliability {

/// Filter nodes other than those published to push the message back (L4). No store needed, and the answer
/// comes within moments; but a resend within two minutes is not pushed again (R24). The subscription for it leaves
/// before the first message and shows the application nothing: that takes a subscribe() of its own.
struct filter_echo {
  static constexpr slot fills = slot::confirmation;
  static constexpr capability_set needs{.filter = true};
  static constexpr evidence_kinds asks{.echo = true};

  [[nodiscard]] constexpr bool enough(const evidence& seen, const confirmation_options& numbers) const {
    return seen.echoes >= numbers.echoes;
  }
};

}  // namespace waku::reliability
