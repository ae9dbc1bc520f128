// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/policies.hpp>

#include <concepts>

#include <doctest/doctest.h>

#include <waku/reliability/policy/pool/plain_pool.hpp>
#include <waku/reliability/policy/recovery/on_reconnect.hpp>
#include <waku/reliability/policy/redundancy/single.hpp>

namespace policies_tests {

namespace wr = waku::reliability;
using std::same_as;
using wr::capability_set;
using wr::policies;

namespace {

struct chat_client : policies<wr::redundant, wr::store_presence, wr::plain_pool> {};
struct two_lists : chat_client, policies<wr::single> {};

template <capability_set Has, class Publish, class Receive, class Confirmation, class Recovery>
constexpr bool defaults_are = [] {
  using chosen = wr::complete_policies<policies<>, Has>;
  return same_as<typename chosen::publish_route, Publish> &&
         same_as<typename chosen::receive_route, Receive> &&
         same_as<typename chosen::confirmation, Confirmation> && same_as<typename chosen::recovery, Recovery>;
}();

}  // namespace

TEST_CASE("a policy set is a list of policies, or a struct derived from one") {
  CHECK(wr::policy_set<policies<>>);
  CHECK(wr::policy_set<policies<wr::redundant>>);
  CHECK(wr::policy_set<chat_client>);
  CHECK_FALSE(wr::policy_set<wr::redundant>);
  CHECK_FALSE(wr::policy_set<int>);
  CHECK_FALSE(wr::policy_set<two_lists>);
}

TEST_CASE("everything in a set is a policy") {
  CHECK(wr::lists_only_policies<policies<>>);
  CHECK(wr::lists_only_policies<chat_client::policy_list>);
  CHECK_FALSE(wr::lists_only_policies<policies<wr::redundant, int>>);
  CHECK_FALSE(wr::lists_only_policies<policies<chat_client>>);
  CHECK_FALSE(wr::lists_only_policies<int>);
}

TEST_CASE("each slot is named at most once") {
  CHECK(wr::fills_each_slot_once<policies<>>);
  CHECK(wr::fills_each_slot_once<chat_client>);
  CHECK(wr::filled<chat_client, wr::slot::pool> == 1);
  CHECK(wr::filled<chat_client, wr::slot::budget> == 0);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::redundant, wr::single>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::single, wr::plain_pool, wr::single>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::relay_only, wr::lightpush_only>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::filter_only, wr::relay_reception>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::plain_pool, wr::quarantine_pool>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::exponential_backoff, wr::exponential_backoff>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::store_audit, wr::filter_echo>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::no_recovery, wr::periodic_audit>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::fixed_cadence, wr::fixed_cadence>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::pinged_subscription, wr::pinged_subscription>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::unlimited, wr::unlimited>>);
  CHECK_FALSE(wr::fills_each_slot_once<policies<wr::silent, wr::silent>>);
  CHECK(wr::fills_each_slot_once<policies<wr::relay_only, wr::filter_only>>);
  CHECK_FALSE(wr::fills_each_slot_once<int>);
}

TEST_CASE("a policy that is named is taken, wherever it stands in the list") {
  using chosen = wr::complete_policies<chat_client, wr::all_capabilities>;
  CHECK(same_as<chosen::redundancy, wr::redundant>);
  CHECK(same_as<chosen::confirmation, wr::store_presence>);
  CHECK(same_as<chosen::pool, wr::plain_pool>);
  using turned = wr::complete_policies<policies<wr::plain_pool, wr::single>, wr::all_capabilities>;
  CHECK(same_as<turned::redundancy, wr::single>);
  CHECK(same_as<turned::pool, wr::plain_pool>);
}

TEST_CASE("a slot that is not named takes its first choice") {
  using chosen = wr::complete_policies<policies<>, wr::all_capabilities>;
  CHECK(same_as<chosen::publish_route, wr::relay_then_lightpush>);
  CHECK(same_as<chosen::receive_route, wr::relay_then_filter>);
  CHECK(same_as<chosen::pool, wr::quarantine_pool>);
  CHECK(same_as<chosen::redundancy, wr::redundant>);
  CHECK(same_as<chosen::retransmit, wr::exponential_backoff>);
  CHECK(same_as<chosen::confirmation, wr::store_audit>);
  CHECK(same_as<chosen::recovery, wr::periodic_audit>);
  CHECK(same_as<chosen::cadence, wr::fixed_cadence>);
  CHECK(same_as<chosen::subscription, wr::pinged_subscription>);
  CHECK(same_as<chosen::budget, wr::unlimited>);
  CHECK(same_as<chosen::observer, wr::silent>);
}

TEST_CASE("[G9] the first choice is one that the transport can serve, for every mix of protocols") {
  using namespace wr;
  CHECK(defaults_are<capability_set{}, publish_nothing, receive_nothing, accepted_is_enough, no_recovery>);
  CHECK(defaults_are<capability_set{.store = true}, publish_nothing, receive_nothing, store_audit,
                     periodic_audit>);
  CHECK(defaults_are<capability_set{.filter = true}, publish_nothing, filter_only, filter_echo, no_recovery>);
  CHECK(defaults_are<capability_set{.filter = true, .store = true}, publish_nothing, filter_only, store_audit,
                     periodic_audit>);
  CHECK(defaults_are<capability_set{.lightpush = true}, lightpush_only, receive_nothing, accepted_is_enough,
                     no_recovery>);
  CHECK(defaults_are<capability_set{.lightpush = true, .store = true}, lightpush_only, receive_nothing,
                     store_audit, periodic_audit>);
  CHECK(defaults_are<capability_set{.lightpush = true, .filter = true}, lightpush_only, filter_only,
                     filter_echo, no_recovery>);
  CHECK(defaults_are<capability_set{.lightpush = true, .filter = true, .store = true}, lightpush_only,
                     filter_only, store_audit, periodic_audit>);
  CHECK(defaults_are<capability_set{.relay = true}, relay_only, relay_reception, accepted_is_enough,
                     no_recovery>);
  CHECK(defaults_are<capability_set{.relay = true, .store = true}, relay_only, relay_reception, store_audit,
                     periodic_audit>);
  CHECK(defaults_are<capability_set{.relay = true, .filter = true}, relay_only, relay_then_filter,
                     filter_echo, no_recovery>);
  CHECK(defaults_are<capability_set{.relay = true, .filter = true, .store = true}, relay_only,
                     relay_then_filter, store_audit, periodic_audit>);
  CHECK(defaults_are<capability_set{.relay = true, .lightpush = true}, relay_then_lightpush, relay_reception,
                     accepted_is_enough, no_recovery>);
  CHECK(defaults_are<capability_set{.relay = true, .lightpush = true, .store = true}, relay_then_lightpush,
                     relay_reception, store_audit, periodic_audit>);
  CHECK(defaults_are<capability_set{.relay = true, .lightpush = true, .filter = true}, relay_then_lightpush,
                     relay_then_filter, filter_echo, no_recovery>);
}

TEST_CASE("[R3] the confirmation that is not named follows the recovery that is: no audit, so presence") {
  using without = wr::complete_policies<policies<wr::no_recovery>, wr::all_capabilities>;
  CHECK(same_as<without::confirmation, wr::store_presence>);
  using once = wr::complete_policies<policies<wr::on_reconnect>, wr::all_capabilities>;
  CHECK(same_as<once::confirmation, wr::store_presence>);
  using audited = wr::complete_policies<policies<wr::periodic_audit>, wr::all_capabilities>;
  CHECK(same_as<audited::confirmation, wr::store_audit>);
}

}  // namespace policies_tests
