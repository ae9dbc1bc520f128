// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/budget/token_budget.hpp>
#include <waku/reliability/policy/cadence/adaptive_cadence.hpp>
#include <waku/reliability/policy/cadence/fixed_cadence.hpp>
#include <waku/reliability/policy/confirmation/accepted_is_enough.hpp>
#include <waku/reliability/policy/confirmation/filter_echo.hpp>
#include <waku/reliability/policy/confirmation/k_of_n.hpp>
#include <waku/reliability/policy/confirmation/store_audit.hpp>
#include <waku/reliability/policy/confirmation/store_presence.hpp>
#include <waku/reliability/policy/pool/plain_pool.hpp>
#include <waku/reliability/policy/pool/pool_per_service.hpp>
#include <waku/reliability/policy/pool/quarantine_pool.hpp>
#include <waku/reliability/policy/pool/scored_pool.hpp>
#include <waku/reliability/policy/pool/strict_pool.hpp>
#include <waku/reliability/policy/preset.hpp>
#include <waku/reliability/policy/recovery/no_recovery.hpp>
#include <waku/reliability/policy/recovery/on_reconnect.hpp>
#include <waku/reliability/policy/recovery/periodic_audit.hpp>
#include <waku/reliability/policy/redundancy/hedged.hpp>
#include <waku/reliability/policy/redundancy/redundant.hpp>
#include <waku/reliability/policy/redundancy/single.hpp>
#include <waku/reliability/policy/retransmit/constant_interval.hpp>
#include <waku/reliability/policy/retransmit/exponential_backoff.hpp>
#include <waku/reliability/policy/retransmit/no_retransmit.hpp>
#include <waku/reliability/policy/route/publish_route.hpp>
#include <waku/reliability/policy/route/receive_route.hpp>
#include <waku/reliability/policy/subscription/pinged_subscription.hpp>
#include <waku/reliability/policy/subscription/refreshed_subscription.hpp>
#include <waku/reliability/policy/subscription/unattended_subscription.hpp>

/// The policy sets under which everything is tested: the presets and combinations that use every shipped
/// policy at least once. Each names the capabilities of the transport that it is tried on.
namespace standard_sets {

namespace wr = waku::reliability;

inline constexpr wr::capability_set services{.lightpush = true, .filter = true, .store = true};
inline constexpr wr::capability_set relay_and_store{.relay = true, .store = true};
inline constexpr wr::capability_set relay_alone{.relay = true};
inline constexpr wr::capability_set push_and_filter{.lightpush = true, .filter = true};

struct light_client : wr::light_client {
  static constexpr wr::capability_set on = services;
};
struct relay_node : wr::relay_node {
  static constexpr wr::capability_set on = relay_alone;
};
struct relay_with_store : wr::relay_with_store {
  static constexpr wr::capability_set on = relay_and_store;
};
struct minimal : wr::minimal {
  static constexpr wr::capability_set on = push_and_filter;
};
/// Nothing named: the first choice of every slot, on a transport that has everything.
struct defaults : wr::policies<> {
  static constexpr wr::capability_set on = wr::all_capabilities;
};
/// Store-based publishing alone (S1).
struct presence_client
    : wr::policies<wr::lightpush_only, wr::filter_only, wr::strict_pool, wr::hedged, wr::exponential_backoff,
                   wr::store_presence, wr::no_recovery, wr::unattended_subscription> {
  static constexpr wr::capability_set on = services;
};
/// Store-based receiving alone (S2), next to a plain publisher.
struct audit_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::plain_pool, wr::single,
                                   wr::no_retransmit, wr::accepted_is_enough, wr::periodic_audit,
                                   wr::fixed_cadence, wr::unattended_subscription> {
  static constexpr wr::capability_set on = services;
};
/// Filter and lightpush against each other, without a store for messages sent (L4, F4).
struct echo_client
    : wr::policies<wr::lightpush_only, wr::filter_only, wr::scored_pool, wr::redundant, wr::constant_interval,
                   wr::filter_echo, wr::on_reconnect, wr::refreshed_subscription> {
  static constexpr wr::capability_set on = services;
};
/// Both a store and an echo must confirm.
struct cautious_client : wr::policies<wr::quarantine_pool, wr::exponential_backoff,
                                      wr::k_of_n<2, wr::store_presence, wr::filter_echo>, wr::on_reconnect,
                                      wr::refreshed_subscription> {
  static constexpr wr::capability_set on = services;
};
/// Whatever confirms first, at a slowly changing pace and within a budget.
struct thrifty_client : wr::policies<wr::quarantine_pool, wr::hedged, wr::exponential_backoff,
                                     wr::k_of_n<1, wr::store_audit, wr::filter_echo>, wr::periodic_audit,
                                     wr::adaptive_cadence, wr::refreshed_subscription, wr::token_budget> {
  static constexpr wr::capability_set on = services;
};
/// Store-based publishing and receiving by queries of their own (S1 and S2), with a pool for each service,
/// and relay where it has peers.
struct mixed_node : wr::policies<wr::relay_then_lightpush, wr::relay_then_filter,
                                 wr::pool_per_service<wr::scored_pool, wr::strict_pool, wr::plain_pool>,
                                 wr::redundant, wr::constant_interval, wr::store_presence, wr::periodic_audit,
                                 wr::adaptive_cadence, wr::pinged_subscription> {
  static constexpr wr::capability_set on = wr::all_capabilities;
};
/// Reads what stores hold and nothing else.
struct store_reader
    : wr::policies<wr::publish_nothing, wr::receive_nothing, wr::accepted_is_enough, wr::periodic_audit> {
  static constexpr wr::capability_set on{.store = true};
};
/// A relay node whose messages filter nodes confirm.
struct echoed_relay : wr::policies<wr::relay_only, wr::relay_reception, wr::scored_pool, wr::single,
                                   wr::exponential_backoff, wr::filter_echo, wr::no_recovery> {
  static constexpr wr::capability_set on{.relay = true, .filter = true};
};
/// A sensor: hands its messages to lightpush nodes until one takes them, and hears nothing.
struct sender : wr::policies<wr::strict_pool, wr::redundant, wr::constant_interval> {
  static constexpr wr::capability_set on{.lightpush = true};
};

}  // namespace standard_sets
