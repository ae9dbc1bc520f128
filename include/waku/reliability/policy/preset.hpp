// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <type_traits>

#include <waku/reliability/policy/policies.hpp>
#include <waku/reliability/policy/redundancy/single.hpp>
#include <waku/reliability/policy/retransmit/no_retransmit.hpp>
#include <waku/reliability/policy/pool/plain_pool.hpp>
#include <waku/reliability/policy/subscription/unattended_subscription.hpp>

/// Policy sets for the common kinds of nodes. A slot that a preset leaves open takes its default.
namespace waku::reliability {

namespace resolution {

template <class Old, class... Changes>
inline constexpr bool gives_way = [] {
  if constexpr (policy<Old>) {
    return (fits<Old::fills, Changes> || ...);
  } else {
    return false;
  }
}();

template <class... Lists>
struct joined;
template <class... Listed>
struct joined<policies<Listed...>> {
  using type = policies<Listed...>;
};
template <class... Listed, class... Next, class... Rest>
struct joined<policies<Listed...>, policies<Next...>, Rest...>
    : joined<policies<Listed..., Next...>, Rest...> {};

template <class List, class... Changes>
struct changed_list;
template <class... Listed, class... Changes>
struct changed_list<policies<Listed...>, Changes...>
    : joined<policies<Changes...>,
             std::conditional_t<gives_way<Listed, Changes...>, policies<>, policies<Listed>>...> {};

}  // namespace resolution

/// A preset, or another set, with some policies changed: each given one takes the place of the one that fills
/// the same slot, or is added where none does. The rest stays.
/// `struct chat_client : changed<light_client, filter_echo> {};`
template <policy_set Set, class... Changes>
struct changed : resolution::changed_list<typename Set::policy_list, Changes...>::type {};

/// A phone, a browser, a wallet: publishes by lightpush, receives by filter, and uses every strategy. Two
/// nodes for each message and each subscription, so each is sent and received twice; one store query a
/// minute and pubsub topic finds losses in both directions (S3).
struct light_client : policies<lightpush_only, filter_only, quarantine_pool, redundant, exponential_backoff,
                               store_audit, periodic_audit, fixed_cadence, pinged_subscription> {};

/// A relay node that knows no store. The relay's mesh is the redundancy: nothing is sent but the messages
/// themselves, again only where the relay had no peers, and the outcome is unconfirmed{not_asked}.
struct relay_node
    : policies<relay_only, relay_reception, exponential_backoff, accepted_is_enough, no_recovery> {};

/// A relay node that can ask stores: one query a minute and pubsub topic confirms its own messages and finds
/// what the relay missed (S3).
struct relay_with_store : policies<relay_only, relay_reception, quarantine_pool, exponential_backoff,
                                   store_audit, periodic_audit, fixed_cadence> {};

/// Everything off, by the route that the transport has: each message once to one node, one SUBSCRIBE to one
/// node, no request that the application did not ask for and no timer between requests (G11). For
/// applications that have an end-to-end protocol of their own.
struct minimal : policies<single, plain_pool, no_retransmit, accepted_is_enough, no_recovery,
                          unattended_subscription> {};

}  // namespace waku::reliability
