// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <waku/reliability/policy/budget/budget_policy.hpp>
#include <waku/reliability/policy/cadence/cadence_policy.hpp>
#include <waku/reliability/policy/confirmation/confirmation_policy.hpp>
#include <waku/reliability/policy/observer/observer_policy.hpp>
#include <waku/reliability/policy/policies.hpp>
#include <waku/reliability/policy/pool/pool_policy.hpp>
#include <waku/reliability/policy/recovery/recovery_policy.hpp>
#include <waku/reliability/policy/redundancy/redundancy_policy.hpp>
#include <waku/reliability/policy/retransmit/retransmit_policy.hpp>
#include <waku/reliability/policy/subscription/subscription_policy.hpp>

namespace waku::reliability {

/// What is wrong with a policy set on a transport. Only the first flaw found is told, as one sentence; those
/// of a node stand in engine/node_sentences.hpp.
enum class policy_flaw : std::uint8_t {
  none,
  not_a_set,         ///< neither policies<...> nor derived from one
  not_a_policy,      ///< lists a type that does not say which slot it fills
  set_in_a_set,      ///< lists a preset or another set
  slot_named_twice,  ///< two policies for one slot

  publish_route,  ///< from here to observer: the policy lacks what the concept of its slot asks for
  receive_route,
  pool,
  redundancy,
  retransmit,
  confirmation,
  recovery,
  cadence,
  subscription,
  budget,
  observer,

  unnamed_need,  ///< a policy has stores or filter nodes asked, and its `needs` says nothing of them

  publish_route_without_relay,  ///< from here to unmet_need: a policy needs what the transport does not have
  publish_route_without_lightpush,
  receive_route_without_relay,
  receive_route_without_filter,
  confirmation_without_filter,
  confirmation_without_store,
  recovery_without_store,
  unmet_need,

  audit_without_rounds,  ///< a confirmation reads the audit's queries, and the recovery makes none
  no_protocol,           ///< the transport has no protocol at all
};

/// True when the pool of each service, one for all or one for each, is a pool_policy.
template <class Policy>
concept pools_every_service =
    pool_policy<typename pools_of<Policy>::lightpush> && pool_policy<typename pools_of<Policy>::filter> &&
    pool_policy<typename pools_of<Policy>::store>;

namespace resolution {

template <class Chosen>
consteval policy_flaw find_wrong_slot() {
  if (!publish_route_policy<typename Chosen::publish_route>) return policy_flaw::publish_route;
  if (!receive_route_policy<typename Chosen::receive_route>) return policy_flaw::receive_route;
  if (!pools_every_service<typename Chosen::pool>) return policy_flaw::pool;
  if (!redundancy_policy<typename Chosen::redundancy>) return policy_flaw::redundancy;
  if (!retransmit_policy<typename Chosen::retransmit>) return policy_flaw::retransmit;
  if (!confirmation_policy<typename Chosen::confirmation>) return policy_flaw::confirmation;
  if (!recovery_policy<typename Chosen::recovery>) return policy_flaw::recovery;
  if (!cadence_policy<typename Chosen::cadence>) return policy_flaw::cadence;
  if (!subscription_policy<typename Chosen::subscription>) return policy_flaw::subscription;
  if (!budget_policy<typename Chosen::budget>) return policy_flaw::budget;
  if (!observer_policy<typename Chosen::observer>) return policy_flaw::observer;
  return policy_flaw::none;
}

template <class Chosen>
consteval policy_flaw find_unmet_need(capability_set has) {
  constexpr capability_set publish = Chosen::publish_route::needs;
  constexpr capability_set receive = Chosen::receive_route::needs;
  constexpr capability_set confirmation = Chosen::confirmation::needs;
  constexpr capability_set recovery = Chosen::recovery::needs;
  constexpr evidence_kinds asks = Chosen::confirmation::asks;
  constexpr bool recovers = Chosen::recovery::periodic || Chosen::recovery::after_outage;
  if ((asks.store() && !confirmation.store) || (asks.echo && !confirmation.filter) ||
      (recovers && !recovery.store)) {
    return policy_flaw::unnamed_need;
  }
  if (publish.relay && !has.relay) return policy_flaw::publish_route_without_relay;
  if (publish.lightpush && !has.lightpush) return policy_flaw::publish_route_without_lightpush;
  if (receive.relay && !has.relay) return policy_flaw::receive_route_without_relay;
  if (receive.filter && !has.filter) return policy_flaw::receive_route_without_filter;
  if (confirmation.filter && !has.filter) return policy_flaw::confirmation_without_filter;
  if (confirmation.store && !has.store) return policy_flaw::confirmation_without_store;
  if (recovery.store && !has.store) return policy_flaw::recovery_without_store;
  if (!has.covers(publish) || !has.covers(receive) || !has.covers(confirmation) || !has.covers(recovery)) {
    return policy_flaw::unmet_need;
  }
  if (asks.audit && !Chosen::recovery::periodic) return policy_flaw::audit_without_rounds;
  return has == capability_set{} ? policy_flaw::no_protocol : policy_flaw::none;
}

template <class Set, capability_set Capabilities>
consteval policy_flaw find_flaw() {
  if constexpr (!policy_set<Set>) {
    return policy_flaw::not_a_set;
  } else if constexpr (lists_a_set<typename Set::policy_list>) {
    return policy_flaw::set_in_a_set;
  } else if constexpr (!lists_only_policies<typename Set::policy_list>) {
    return policy_flaw::not_a_policy;
  } else if constexpr (!fills_each_slot_once<Set>) {
    return policy_flaw::slot_named_twice;
  } else {
    using chosen = complete_policies<Set, Capabilities>;
    constexpr policy_flaw wrong_slot = find_wrong_slot<chosen>();
    if constexpr (wrong_slot == policy_flaw::none) {
      return find_unmet_need<chosen>(Capabilities);
    } else {
      return wrong_slot;
    }
  }
}

}  // namespace resolution

/// The first flaw of `Set` on a transport with `Capabilities`, or none.
template <class Set, capability_set Capabilities>
inline constexpr policy_flaw policy_flaw_of = resolution::find_flaw<Set, Capabilities>();

/// `Set` where it has no flaw, else the default choices: what was refused once leads to no further errors.
template <class Set, capability_set Capabilities>
using sound_policies =
    std::conditional_t<policy_flaw_of<Set, Capabilities> == policy_flaw::none, Set, policies<>>;

/// True for flaws other than a policy that lacks what its slot asks for.
template <policy_flaw Flaw>
inline constexpr bool each_fits_its_slot = Flaw < policy_flaw::publish_route || Flaw > policy_flaw::observer;

/// True for flaws other than a need that the transport does not meet.
template <policy_flaw Flaw>
inline constexpr bool needs_are_met =
    Flaw < policy_flaw::publish_route_without_relay || Flaw > policy_flaw::unmet_need;

/// The policies of every slot, after one sentence about the first flaw, if there is one. The compiler names
/// the flaw beside it.
template <class Set, capability_set Capabilities>
struct checked_policies : complete_policies<sound_policies<Set, Capabilities>, Capabilities> {
  static constexpr policy_flaw flaw = policy_flaw_of<Set, Capabilities>;

  static_assert(flaw != policy_flaw::not_a_set, "a policy set is policies<...>, or a struct derived from it");
  static_assert(flaw != policy_flaw::not_a_policy,
                "a policy set lists a type that is no policy: give it a `static constexpr slot fills`");
  static_assert(flaw != policy_flaw::set_in_a_set,
                "a policy set lists a preset or another set, which is whole: write changed<preset, policy...>");
  static_assert(flaw != policy_flaw::slot_named_twice,
                "a policy set names two policies for one slot: keep one of each slot");
  static_assert(each_fits_its_slot<flaw>, "a policy lacks what the concept of its slot asks for");
  static_assert(flaw != policy_flaw::unnamed_need,
                "a policy has stores or filter nodes asked and does not say so: add them to its needs");
  static_assert(needs_are_met<flaw>, "a policy needs a protocol that the capabilities lack");
  static_assert(flaw != policy_flaw::audit_without_rounds,
                "store_audit reads what periodic_audit lists: name periodic_audit too, "
                "or take store_presence");
  static_assert(flaw != policy_flaw::no_protocol, "there is nothing to do without any capability");
};

}  // namespace waku::reliability
