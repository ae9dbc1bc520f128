// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>

#include <waku/reliability/policy/confirmation/confirmation_policy.hpp>

namespace waku::reliability {

/// What k_of_n<K, ...> asks of K; the compilers show this name where it does not hold.
template <std::size_t K, std::size_t Listed>
concept k_between_1_and_the_number_listed = K >= 1 && K <= Listed;

/// What k_of_n<K, ...> asks of its parts where K is more than one: the same store, or the same echo, must not
/// satisfy two of them.
template <std::size_t K, class... Confirmations>
concept each_reads_evidence_of_its_own =
    K < 2 || ((std::size_t{Confirmations::asks.store()} + ... + 0) <= 1 &&
              (std::size_t{Confirmations::asks.echo} + ... + 0) <= 1);

/// At least `Enough` of the given confirmations, all of which are asked for. `k_of_n<1, …>` takes the first
/// that comes, `k_of_n<2, store_presence, filter_echo>` wants both. Two stores are no two kinds: a policy of
/// your own that reads evidence::stores can ask for that.
template <std::size_t Enough, confirmation_policy... Confirmations>
  requires k_between_1_and_the_number_listed<Enough, sizeof...(Confirmations)> &&
           each_reads_evidence_of_its_own<Enough, Confirmations...>
struct k_of_n {
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
