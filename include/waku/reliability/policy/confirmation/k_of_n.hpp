// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>

#include <waku/reliability/policy/confirmation/confirmation_policy.hpp>

namespace waku::reliability {

/// At least `Enough` of the given confirmations, all of which are asked for. `k_of_n<1, …>` takes the first
/// that comes, `k_of_n<2, store_presence, filter_echo>` wants both.
template <std::size_t Enough, confirmation_policy... Confirmations>
struct k_of_n {
  static_assert(Enough >= 1 && Enough <= sizeof...(Confirmations),
                "k_of_n<K, ...> needs K between 1 and the number of confirmations listed");

  static constexpr slot fills = slot::confirmation;
  static constexpr capability_set needs{
      .relay = (Confirmations::needs.relay || ...),
      .lightpush = (Confirmations::needs.lightpush || ...),
      .filter = (Confirmations::needs.filter || ...),
      .store = (Confirmations::needs.store || ...)};
  static constexpr evidence_kinds asks{.presence = (Confirmations::asks.presence || ...),
                                       .audit = (Confirmations::asks.audit || ...),
                                       .echo = (Confirmations::asks.echo || ...)};

  [[nodiscard]] constexpr bool enough(const evidence& seen, const confirmation_options& numbers) const {
    return (static_cast<std::size_t>(Confirmations{}.enough(seen, numbers)) + ...) >= Enough;
  }
};

}  // namespace waku::reliability
