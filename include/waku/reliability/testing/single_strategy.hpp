// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/confirmation/filter_echo.hpp>
#include <waku/reliability/policy/confirmation/store_presence.hpp>
#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/pool/pool_per_service.hpp>
#include <waku/reliability/policy/preset.hpp>
#include <waku/reliability/policy/recovery/on_reconnect.hpp>

/// Each strategy of the specification alone, for tests and simulations that tell what it brings: the preset
/// `minimal` with what the strategy needs.
namespace waku::reliability::testing {

/// A subscription policy of its own: as the library's unattended one, but a node that refuses or misses the
/// SUBSCRIBE is replaced. It shows the filter pool (F1) without pings (F3).
struct replaced_when_refused : unattended_subscription {
  [[nodiscard]] constexpr subscription_reaction after_failed_subscribe(const subscription_failures&,
                                                                       const subscription_options&) const {
    return subscription_reaction::replace;
  }
};

/// L1: lightpush nodes that fail are left out for a while.
struct only_l1 : policies<single, pool_per_service<quarantine_pool, plain_pool, plain_pool>, no_retransmit,
                          accepted_is_enough, no_recovery, unattended_subscription> {};
/// L2 or F2, by the numbers below.
struct only_redundancy : policies<redundant, plain_pool, no_retransmit, accepted_is_enough, no_recovery,
                                  unattended_subscription> {};
/// L3: published again after a failure.
struct only_l3 : policies<single, plain_pool, exponential_backoff, accepted_is_enough, no_recovery,
                          unattended_subscription> {};
/// L4: published again until a filter node echoes it.
struct only_l4
    : policies<single, plain_pool, exponential_backoff, filter_echo, no_recovery, unattended_subscription> {};
/// S1: published again until a store holds it.
struct only_s1 : policies<single, plain_pool, exponential_backoff, store_presence, no_recovery,
                          unattended_subscription> {};
/// S2: what was missed is fetched from the store.
struct only_s2 : policies<single, plain_pool, no_retransmit, accepted_is_enough, periodic_audit,
                          unattended_subscription> {};
/// S3: S1 and S2 by one query.
struct only_s3 : policies<single, plain_pool, exponential_backoff, store_audit, periodic_audit,
                          unattended_subscription> {};
/// F1: filter nodes that refuse are replaced.
struct only_f1 : policies<single, pool_per_service<plain_pool, quarantine_pool, plain_pool>, no_retransmit,
                          accepted_is_enough, no_recovery, replaced_when_refused> {};
/// F3: filter nodes are pinged, and the dead replaced.
struct only_f3
    : policies<single, plain_pool, no_retransmit, accepted_is_enough, no_recovery, pinged_subscription> {};
/// F4: the store is asked after an outage.
struct only_f4
    : policies<single, plain_pool, no_retransmit, accepted_is_enough, on_reconnect, unattended_subscription> {
};

/// L2: each message goes to two lightpush nodes.
[[nodiscard]] inline options redundant_publishing() {
  options numbers;
  numbers.redundancy.publish_targets = 2;
  numbers.redundancy.subscribe_targets = 1;
  return numbers;
}
/// F2: each subscription is at two filter nodes.
[[nodiscard]] inline options redundant_receiving() {
  options numbers;
  numbers.redundancy.publish_targets = 1;
  numbers.redundancy.subscribe_targets = 2;
  return numbers;
}

}  // namespace waku::reliability::testing
