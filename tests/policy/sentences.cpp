// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/sentences.hpp>

#include <concepts>
#include <type_traits>

#include <doctest/doctest.h>

#include <waku/reliability/policy/confirmation/k_of_n.hpp>
#include <waku/reliability/policy/pool/plain_pool.hpp>
#include <waku/reliability/policy/recovery/on_reconnect.hpp>
#include <waku/reliability/policy/redundancy/single.hpp>

namespace sentences_tests {

namespace wr = waku::reliability;
using wr::capability_set;
using wr::policies;
using wr::policy_flaw;

namespace {

template <wr::slot Place>
struct bare {
  static constexpr wr::slot fills = Place;
};

template <class Set, capability_set Has = wr::all_capabilities>
constexpr policy_flaw flaw = wr::policy_flaw_of<Set, Has>;

constexpr capability_set without_relay{.lightpush = true, .filter = true, .store = true};
constexpr capability_set without_lightpush{.relay = true, .filter = true, .store = true};
constexpr capability_set without_filter{.relay = true, .lightpush = true, .store = true};
constexpr capability_set without_store{.relay = true, .lightpush = true, .filter = true};

// A route that wants a store: a need that no policy of the library has in this place.
struct asks_the_store_first : wr::lightpush_only {
  static constexpr capability_set needs{.lightpush = true, .store = true};
};

// Policies that have somebody asked whom they do not name.
struct quiet_presence : wr::store_presence {
  static constexpr capability_set needs{};
};
struct quiet_audit : wr::store_audit {
  static constexpr capability_set needs{.filter = true};
};
struct quiet_echo : wr::filter_echo {
  static constexpr capability_set needs{.store = true};
};
struct quiet_rounds : wr::periodic_audit {
  static constexpr capability_set needs{};
};
struct quiet_reconnect : wr::on_reconnect {
  static constexpr capability_set needs{.relay = true};
};

struct own_set : policies<wr::single> {};

// Periodic recovery of the user's own, which an audit may read.
struct own_rounds : wr::periodic_audit {};

}  // namespace

TEST_CASE("a sound set has no flaw") {
  CHECK(flaw<policies<>> == policy_flaw::none);
  CHECK(flaw<policies<wr::single, wr::plain_pool, wr::filter_echo>> == policy_flaw::none);
  CHECK(flaw<policies<>, capability_set{.relay = true}> == policy_flaw::none);
  CHECK(flaw<policies<>, capability_set{.store = true}> == policy_flaw::none);
}

TEST_CASE("what is no set of policies is told first") {
  CHECK(flaw<int> == policy_flaw::not_a_set);
  CHECK(flaw<wr::single> == policy_flaw::not_a_set);
  CHECK(flaw<policies<int>> == policy_flaw::not_a_policy);
  CHECK(flaw<policies<wr::single, int, wr::redundant>> == policy_flaw::not_a_policy);
  CHECK(flaw<policies<wr::single, wr::redundant>> == policy_flaw::slot_named_twice);
}

TEST_CASE("whom a policy has asked it must need") {
  CHECK(flaw<policies<quiet_presence>> == policy_flaw::unnamed_need);
  CHECK(flaw<policies<quiet_audit>> == policy_flaw::unnamed_need);
  CHECK(flaw<policies<quiet_echo>> == policy_flaw::unnamed_need);
  CHECK(flaw<policies<quiet_rounds>> == policy_flaw::unnamed_need);
  CHECK(flaw<policies<quiet_reconnect>> == policy_flaw::unnamed_need);
  CHECK(flaw<policies<quiet_rounds>, without_store> == policy_flaw::unnamed_need);
}

TEST_CASE("a set in the list of another is told as such") {
  CHECK(flaw<policies<policies<>>> == policy_flaw::set_in_a_set);
  CHECK(flaw<policies<wr::single, policies<wr::plain_pool>>> == policy_flaw::set_in_a_set);
  CHECK(flaw<policies<own_set, int>> == policy_flaw::set_in_a_set);
}

TEST_CASE("a policy that lacks what its slot asks for is told by its slot") {
  CHECK(flaw<policies<bare<wr::slot::publish_route>>> == policy_flaw::publish_route);
  CHECK(flaw<policies<bare<wr::slot::receive_route>>> == policy_flaw::receive_route);
  CHECK(flaw<policies<bare<wr::slot::pool>>> == policy_flaw::pool);
  CHECK(flaw<policies<bare<wr::slot::redundancy>>> == policy_flaw::redundancy);
  CHECK(flaw<policies<bare<wr::slot::retransmit>>> == policy_flaw::retransmit);
  CHECK(flaw<policies<bare<wr::slot::confirmation>>> == policy_flaw::confirmation);
  CHECK(flaw<policies<bare<wr::slot::recovery>>> == policy_flaw::recovery);
  CHECK(flaw<policies<bare<wr::slot::cadence>>> == policy_flaw::cadence);
  CHECK(flaw<policies<bare<wr::slot::subscription>>> == policy_flaw::subscription);
  CHECK(flaw<policies<bare<wr::slot::budget>>> == policy_flaw::budget);
  CHECK(flaw<policies<bare<wr::slot::observer>>> == policy_flaw::observer);
}

TEST_CASE("of two flaws the first slot's is told") {
  CHECK(flaw<policies<bare<wr::slot::budget>, bare<wr::slot::pool>>> == policy_flaw::pool);
  CHECK(flaw<policies<bare<wr::slot::pool>, wr::relay_only>, without_relay> == policy_flaw::pool);
}

TEST_CASE("a protocol that is missing is told with the policy that needs it") {
  CHECK(flaw<policies<wr::relay_only>, without_relay> == policy_flaw::publish_route_without_relay);
  CHECK(flaw<policies<wr::relay_then_lightpush>, without_relay> == policy_flaw::publish_route_without_relay);
  CHECK(flaw<policies<wr::lightpush_only>, without_lightpush> ==
        policy_flaw::publish_route_without_lightpush);
  CHECK(flaw<policies<wr::relay_then_lightpush>, without_lightpush> ==
        policy_flaw::publish_route_without_lightpush);
  CHECK(flaw<policies<wr::relay_reception>, without_relay> == policy_flaw::receive_route_without_relay);
  CHECK(flaw<policies<wr::filter_only>, without_filter> == policy_flaw::receive_route_without_filter);
  CHECK(flaw<policies<wr::relay_then_filter>, without_filter> == policy_flaw::receive_route_without_filter);
  CHECK(flaw<policies<wr::filter_echo>, without_filter> == policy_flaw::confirmation_without_filter);
  CHECK(flaw<policies<wr::store_presence>, without_store> == policy_flaw::confirmation_without_store);
  CHECK(flaw<policies<wr::store_audit>, without_store> == policy_flaw::confirmation_without_store);
  CHECK(flaw<policies<wr::periodic_audit>, without_store> == policy_flaw::recovery_without_store);
  CHECK(flaw<policies<wr::on_reconnect>, without_store> == policy_flaw::recovery_without_store);
  CHECK(flaw<policies<asks_the_store_first>, without_store> == policy_flaw::unmet_need);
  CHECK(flaw<policies<asks_the_store_first>> == policy_flaw::none);
}

TEST_CASE("[R3] an audit is read only where there are rounds") {
  CHECK(flaw<policies<wr::store_audit, wr::periodic_audit>> == policy_flaw::none);
  CHECK(flaw<policies<wr::store_audit, own_rounds>> == policy_flaw::none);
  CHECK(flaw<policies<wr::store_audit, wr::on_reconnect>> == policy_flaw::audit_without_rounds);
  CHECK(flaw<policies<wr::store_audit, wr::no_recovery>> == policy_flaw::audit_without_rounds);
  CHECK(flaw<policies<wr::k_of_n<1, wr::store_audit, wr::filter_echo>, wr::on_reconnect>> ==
        policy_flaw::audit_without_rounds);
  CHECK(flaw<policies<wr::store_presence, wr::on_reconnect>> == policy_flaw::none);
}

TEST_CASE("a transport without any protocol is told last") {
  CHECK(flaw<policies<>, capability_set{}> == policy_flaw::no_protocol);
  CHECK(flaw<policies<wr::lightpush_only>, capability_set{}> == policy_flaw::publish_route_without_lightpush);
}

TEST_CASE("flaws of one kind share a sentence, and no other does") {
  CHECK(wr::each_fits_its_slot<policy_flaw::none>);
  CHECK(wr::each_fits_its_slot<policy_flaw::slot_named_twice>);
  CHECK_FALSE(wr::each_fits_its_slot<policy_flaw::publish_route>);
  CHECK_FALSE(wr::each_fits_its_slot<policy_flaw::recovery>);
  CHECK_FALSE(wr::each_fits_its_slot<policy_flaw::observer>);
  CHECK(wr::each_fits_its_slot<policy_flaw::publish_route_without_relay>);
  CHECK(wr::needs_are_met<policy_flaw::none>);
  CHECK(wr::needs_are_met<policy_flaw::observer>);
  CHECK_FALSE(wr::needs_are_met<policy_flaw::publish_route_without_relay>);
  CHECK_FALSE(wr::needs_are_met<policy_flaw::unmet_need>);
  CHECK(wr::needs_are_met<policy_flaw::audit_without_rounds>);
  CHECK(wr::needs_are_met<policy_flaw::no_protocol>);
}

TEST_CASE("a set that was refused is replaced by the defaults, so that nothing else fails after it") {
  using refused = policies<wr::single, wr::redundant>;
  CHECK(std::same_as<wr::sound_policies<refused, wr::all_capabilities>, policies<>>);
  using sound = policies<wr::single>;
  CHECK(std::same_as<wr::sound_policies<sound, wr::all_capabilities>, sound>);
}

TEST_CASE("checked policies of a sound set are its policies") {
  using chosen = wr::checked_policies<policies<wr::single, wr::filter_echo>, without_store>;
  CHECK(std::same_as<chosen::redundancy, wr::single>);
  CHECK(std::same_as<chosen::confirmation, wr::filter_echo>);
  CHECK(std::same_as<chosen::recovery, wr::no_recovery>);
  CHECK(chosen::flaw == policy_flaw::none);
}

}  // namespace sentences_tests
