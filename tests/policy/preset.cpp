// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/preset.hpp>

#include <concepts>

#include <doctest/doctest.h>

#include <waku/reliability/policy/sentences.hpp>

namespace preset_tests {

namespace wr = waku::reliability;
using std::same_as;
using wr::capability_set;

namespace {

constexpr capability_set light_node{.lightpush = true, .filter = true, .store = true};
constexpr capability_set relay_alone{.relay = true};
constexpr capability_set relay_and_store{.relay = true, .store = true};

template <class Set, capability_set Has>
constexpr bool works_on = wr::policy_flaw_of<Set, Has> == wr::policy_flaw::none;

}  // namespace

TEST_CASE("a preset works on the transport that it is meant for, and on one that can do more") {
  CHECK(works_on<wr::light_client, light_node>);
  CHECK(works_on<wr::light_client, wr::all_capabilities>);
  CHECK(works_on<wr::relay_node, relay_alone>);
  CHECK(works_on<wr::relay_node, wr::all_capabilities>);
  CHECK(works_on<wr::relay_with_store, relay_and_store>);
  CHECK(works_on<wr::relay_with_store, wr::all_capabilities>);
  CHECK(works_on<wr::minimal, light_node>);
  CHECK(works_on<wr::minimal, relay_alone>);
  CHECK(works_on<wr::minimal, wr::all_capabilities>);
}

TEST_CASE("a preset is refused where its protocols are missing") {
  CHECK_FALSE(works_on<wr::light_client, relay_and_store>);
  CHECK_FALSE(works_on<wr::relay_node, light_node>);
  CHECK_FALSE(works_on<wr::relay_with_store, relay_alone>);
}

TEST_CASE("a light client uses every strategy, and relay for nothing") {
  using chosen = wr::checked_policies<wr::light_client, wr::all_capabilities>;
  CHECK(same_as<chosen::publish_route, wr::lightpush_only>);
  CHECK(same_as<chosen::receive_route, wr::filter_only>);
  CHECK(same_as<chosen::pool, wr::quarantine_pool>);
  CHECK(same_as<chosen::redundancy, wr::redundant>);
  CHECK(same_as<chosen::retransmit, wr::exponential_backoff>);
  CHECK(same_as<chosen::confirmation, wr::store_audit>);
  CHECK(same_as<chosen::recovery, wr::periodic_audit>);
  CHECK(same_as<chosen::cadence, wr::fixed_cadence>);
  CHECK(same_as<chosen::subscription, wr::pinged_subscription>);
}

TEST_CASE("a relay node asks nothing of stores and filter nodes, even where it could") {
  using chosen = wr::checked_policies<wr::relay_node, wr::all_capabilities>;
  CHECK(same_as<chosen::publish_route, wr::relay_only>);
  CHECK(same_as<chosen::receive_route, wr::relay_reception>);
  CHECK(same_as<chosen::confirmation, wr::accepted_is_enough>);
  CHECK(same_as<chosen::recovery, wr::no_recovery>);
}

TEST_CASE("a relay node with a store confirms and recovers by one audit") {
  using chosen = wr::checked_policies<wr::relay_with_store, wr::all_capabilities>;
  CHECK(same_as<chosen::publish_route, wr::relay_only>);
  CHECK(same_as<chosen::receive_route, wr::relay_reception>);
  CHECK(same_as<chosen::confirmation, wr::store_audit>);
  CHECK(same_as<chosen::recovery, wr::periodic_audit>);
}

TEST_CASE("[G11] the minimal preset has every strategy off, whatever the transport can do") {
  using chosen = wr::checked_policies<wr::minimal, wr::all_capabilities>;
  CHECK(same_as<chosen::pool, wr::plain_pool>);
  CHECK_FALSE(chosen::pool::charges);
  CHECK(chosen::redundancy{}.publish_targets({}) == 1);
  CHECK(chosen::redundancy{}.subscribe_targets({}) == 1);
  wr::random_source draw(1);
  CHECK_FALSE(chosen::retransmit{}.delay(1, {}, draw).has_value());
  CHECK_FALSE(chosen::confirmation::asks.any());
  CHECK_FALSE(chosen::recovery::periodic);
  CHECK_FALSE(chosen::recovery::after_outage);
  CHECK_FALSE(chosen::subscription{}.ping_interval({}).has_value());
  CHECK_FALSE(chosen::subscription{}.refresh_interval({}).has_value());
}

TEST_CASE("[G11] the minimal preset publishes and receives by whatever route there is") {
  using light = wr::checked_policies<wr::minimal, light_node>;
  CHECK(same_as<light::publish_route, wr::lightpush_only>);
  CHECK(same_as<light::receive_route, wr::filter_only>);
  using relay = wr::checked_policies<wr::minimal, relay_alone>;
  CHECK(same_as<relay::publish_route, wr::relay_only>);
  CHECK(same_as<relay::receive_route, wr::relay_reception>);
}

TEST_CASE("a preset can be changed in one policy, and keeps the others") {
  struct chat_client : wr::changed<wr::light_client, wr::filter_echo> {};
  using before = wr::checked_policies<wr::light_client, light_node>;
  using after = wr::checked_policies<chat_client, light_node>;
  CHECK(same_as<after::confirmation, wr::filter_echo>);
  CHECK(same_as<after::publish_route, before::publish_route>);
  CHECK(same_as<after::receive_route, before::receive_route>);
  CHECK(same_as<after::pool, before::pool>);
  CHECK(same_as<after::redundancy, before::redundancy>);
  CHECK(same_as<after::retransmit, before::retransmit>);
  CHECK(same_as<after::recovery, before::recovery>);
  CHECK(same_as<after::cadence, before::cadence>);
  CHECK(same_as<after::subscription, before::subscription>);
}

TEST_CASE("several policies can be changed, and a slot that the preset leaves open can be filled") {
  using wr::changed;
  using light = changed<wr::minimal, wr::quarantine_pool, wr::unlimited, wr::filter_only>;
  CHECK(same_as<light::policy_list,
                wr::policies<wr::quarantine_pool, wr::unlimited, wr::filter_only, wr::single,
                             wr::no_retransmit, wr::accepted_is_enough, wr::no_recovery,
                             wr::unattended_subscription>>);
  CHECK(same_as<changed<changed<wr::minimal, wr::redundant>, wr::single>::policy_list,
                changed<wr::minimal, wr::single>::policy_list>);
  CHECK(same_as<changed<wr::relay_node>::policy_list, wr::relay_node::policy_list>);
}

TEST_CASE("a changed preset is looked at like any set") {
  using wr::changed;
  CHECK(wr::policy_flaw_of<changed<wr::light_client, wr::no_recovery>, light_node> ==
        wr::policy_flaw::audit_without_rounds);
  CHECK(wr::policy_flaw_of<changed<wr::minimal, wr::redundant, wr::single>, light_node> ==
        wr::policy_flaw::slot_named_twice);
  CHECK(wr::policy_flaw_of<changed<wr::minimal, wr::light_client>, light_node> ==
        wr::policy_flaw::set_in_a_set);
  CHECK(wr::policy_flaw_of<changed<wr::policies<int>, wr::single>, light_node> ==
        wr::policy_flaw::not_a_policy);
}

}  // namespace preset_tests
