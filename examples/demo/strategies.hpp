// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <waku/reliability/engine/outcome.hpp>
#include <waku/reliability/policy/confirmation/filter_echo.hpp>
#include <waku/reliability/policy/confirmation/store_presence.hpp>
#include <waku/reliability/policy/pool/pool_per_service.hpp>
#include <waku/reliability/policy/preset.hpp>
#include <waku/reliability/policy/recovery/on_reconnect.hpp>

#include "line_message.hpp"

namespace demo {

/// What the policies of a row did.
struct policy_acts {
  std::uint64_t ejected = 0;        ///< pool: a failing node was left out for a while
  std::uint64_t extra_copies = 0;   ///< redundancy: a message went to one more node, or came from one more
  std::uint64_t retransmitted = 0;  ///< retransmit: a message was sent again
  std::uint64_t confirmed = 0;      ///< confirmation: a message was seen to have arrived
  std::uint64_t recovered = 0;      ///< recovery: a missed message was fetched
  std::uint64_t resubscribed = 0;   ///< subscription: a node was replaced
};

/// Counts what a node's policies did.
struct acts_observer {
  static constexpr wr::slot fills = wr::slot::observer;

  void on(const wr::notice::peer_ejected&) const { ++acts->ejected; }
  void on(const wr::notice::peer_replaced&) const { ++acts->resubscribed; }
  void on(const wr::notice::retransmitted&) const { ++acts->retransmitted; }
  void on(const wr::notice::duplicate_received&) const { ++acts->extra_copies; }
  void on(const wr::notice::recovered&) const { ++acts->recovered; }

  policy_acts* acts = nullptr;
};

/// A policy set with the observer added.
template <class List>
struct observed_list;
template <class... Listed>
struct observed_list<wr::policies<Listed...>> : wr::policies<Listed..., acts_observer> {};
template <class Set>
using observed = observed_list<typename Set::policy_list>;

/// A subscription policy of the demo's own: as the library's unattended one, but a node that refuses or
/// misses the SUBSCRIBE is replaced. It shows the filter pool (F1) without pings (F3).
struct replaced_when_refused : wr::unattended_subscription {
  [[nodiscard]] constexpr wr::subscription_reaction after_failed_subscribe(
      const wr::subscription_failures&, const wr::subscription_options&) const {
    return wr::subscription_reaction::replace;
  }
};

// Each strategy alone is the preset `minimal` with what the strategy needs.

struct only_l1
    : wr::policies<wr::single, wr::pool_per_service<wr::quarantine_pool, wr::plain_pool, wr::plain_pool>,
                   wr::no_retransmit, wr::accepted_is_enough, wr::no_recovery, wr::unattended_subscription> {
};
struct only_redundancy : wr::policies<wr::redundant, wr::plain_pool, wr::no_retransmit,
                                      wr::accepted_is_enough, wr::no_recovery, wr::unattended_subscription> {
};
struct only_l3 : wr::policies<wr::single, wr::plain_pool, wr::exponential_backoff, wr::accepted_is_enough,
                              wr::no_recovery, wr::unattended_subscription> {};
struct only_l4 : wr::policies<wr::single, wr::plain_pool, wr::exponential_backoff, wr::filter_echo,
                              wr::no_recovery, wr::unattended_subscription> {};
struct only_s1 : wr::policies<wr::single, wr::plain_pool, wr::exponential_backoff, wr::store_presence,
                              wr::no_recovery, wr::unattended_subscription> {};
struct only_s2 : wr::policies<wr::single, wr::plain_pool, wr::no_retransmit, wr::accepted_is_enough,
                              wr::periodic_audit, wr::unattended_subscription> {};
struct only_s3 : wr::policies<wr::single, wr::plain_pool, wr::exponential_backoff, wr::store_audit,
                              wr::periodic_audit, wr::unattended_subscription> {};
struct only_f1
    : wr::policies<wr::single, wr::pool_per_service<wr::plain_pool, wr::quarantine_pool, wr::plain_pool>,
                   wr::no_retransmit, wr::accepted_is_enough, wr::no_recovery, replaced_when_refused> {};
struct only_f3 : wr::policies<wr::single, wr::plain_pool, wr::no_retransmit, wr::accepted_is_enough,
                              wr::no_recovery, wr::pinged_subscription> {};
struct only_f4 : wr::policies<wr::single, wr::plain_pool, wr::no_retransmit, wr::accepted_is_enough,
                              wr::on_reconnect, wr::unattended_subscription> {};

}  // namespace demo
