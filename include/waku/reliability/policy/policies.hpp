// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

#include <waku/reliability/policy/budget/unlimited.hpp>
#include <waku/reliability/policy/cadence/fixed_cadence.hpp>
#include <waku/reliability/policy/confirmation/accepted_is_enough.hpp>
#include <waku/reliability/policy/confirmation/filter_echo.hpp>
#include <waku/reliability/policy/confirmation/store_audit.hpp>
#include <waku/reliability/policy/confirmation/store_presence.hpp>
#include <waku/reliability/policy/observer/silent.hpp>
#include <waku/reliability/policy/pool/pool_per_service.hpp>
#include <waku/reliability/policy/pool/quarantine_pool.hpp>
#include <waku/reliability/policy/recovery/no_recovery.hpp>
#include <waku/reliability/policy/recovery/periodic_audit.hpp>
#include <waku/reliability/policy/redundancy/redundant.hpp>
#include <waku/reliability/policy/retransmit/exponential_backoff.hpp>
#include <waku/reliability/policy/route/publish_route.hpp>
#include <waku/reliability/policy/route/receive_route.hpp>
#include <waku/reliability/policy/subscription/pinged_subscription.hpp>

namespace waku::reliability {

/// A list of policies, at most one for a slot. Give it a name, which the compiler's messages then use:
/// `struct chat_client : policies<redundant, store_presence, quarantine_pool> {};`
/// A slot that is not named takes its first choice that the transport can serve.
template <class... Listed>
struct policies {
  using policy_list = policies<Listed...>;
};

/// A `policies<...>` or a struct derived from one.
template <class Set>
concept policy_set = requires { typename Set::policy_list; };

/// True when every type listed says which slot it fills.
template <class Set>
inline constexpr bool lists_only_policies = false;
template <class... Listed>
inline constexpr bool lists_only_policies<policies<Listed...>> = (policy<Listed> && ...);

/// True when a set stands in the list of another, where policies should.
template <class Set>
inline constexpr bool lists_a_set = false;
template <class... Listed>
inline constexpr bool lists_a_set<policies<Listed...>> = (policy_set<Listed> || ...);

namespace resolution {

template <slot Place, class Policy>
inline constexpr bool fits = [] {
  if constexpr (policy<Policy>) {
    return Policy::fills == Place;
  } else {
    return false;
  }
}();

// The first listed policy of a slot, or the fallback.
template <slot Place, class Fallback, class... Listed>
struct pick {
  using type = Fallback;
};
template <slot Place, class Fallback, class First, class... Rest>
struct pick<Place, Fallback, First, Rest...>
    : std::conditional_t<fits<Place, First>, std::type_identity<First>, pick<Place, Fallback, Rest...>> {};

template <class Set>
struct listed;
template <class... Listed>
struct listed<policies<Listed...>> {
  template <slot Place>
  static constexpr std::size_t count = (std::size_t{fits<Place, Listed>} + ... + 0);
  template <slot Place, class Fallback>
  using or_else = typename pick<Place, Fallback, Listed...>::type;
};

}  // namespace resolution

/// How many policies of `Set` fill `Place`.
template <policy_set Set, slot Place>
inline constexpr std::size_t filled = resolution::listed<typename Set::policy_list>::template count<Place>;

/// True when no slot is filled twice.
template <class Set>
concept fills_each_slot_once =
    policy_set<Set> && filled<Set, slot::publish_route> <= 1 && filled<Set, slot::receive_route> <= 1 &&
    filled<Set, slot::pool> <= 1 && filled<Set, slot::redundancy> <= 1 &&
    filled<Set, slot::retransmit> <= 1 && filled<Set, slot::confirmation> <= 1 &&
    filled<Set, slot::recovery> <= 1 && filled<Set, slot::cadence> <= 1 &&
    filled<Set, slot::subscription> <= 1 && filled<Set, slot::budget> <= 1 &&
    filled<Set, slot::observer> <= 1;

/// A policy for every slot: those that `Set` names, and for the rest the first choice that a transport with
/// `Capabilities` can serve.
template <policy_set Set, capability_set Capabilities>
struct complete_policies {
 private:
  using listed = resolution::listed<typename Set::policy_list>;
  template <bool Condition, class Yes, class No>
  using either = std::conditional_t<Condition, Yes, No>;

 public:
  using publish_route = typename listed::template or_else<
      slot::publish_route,
      either<Capabilities.relay && Capabilities.lightpush, relay_then_lightpush,
             either<Capabilities.lightpush, lightpush_only,
                    either<Capabilities.relay, relay_only, publish_nothing>>>>;
  using receive_route = typename listed::template or_else<
      slot::receive_route,
      either<Capabilities.relay && Capabilities.filter, relay_then_filter,
             either<Capabilities.filter, filter_only,
                    either<Capabilities.relay, relay_reception, receive_nothing>>>>;
  using recovery =
      typename listed::template or_else<slot::recovery,
                                        either<Capabilities.store, periodic_audit, no_recovery>>;
  using confirmation = typename listed::template or_else<
      slot::confirmation,
      either<Capabilities.store && std::same_as<recovery, periodic_audit>, store_audit,
             either<Capabilities.store, store_presence,
                    either<Capabilities.filter, filter_echo, accepted_is_enough>>>>;
  using pool = typename listed::template or_else<slot::pool, quarantine_pool>;
  using redundancy = typename listed::template or_else<slot::redundancy, redundant>;
  using retransmit = typename listed::template or_else<slot::retransmit, exponential_backoff>;
  using cadence = typename listed::template or_else<slot::cadence, fixed_cadence>;
  using subscription = typename listed::template or_else<slot::subscription, pinged_subscription>;
  using budget = typename listed::template or_else<slot::budget, unlimited>;
  using observer = typename listed::template or_else<slot::observer, silent>;
};

}  // namespace waku::reliability
