// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include <engine/publishing.hpp>

namespace strategies_alone_tests {

/// Each strategy with all others off, and transports that offer one way of publishing only.
using namespace publishing;
using times = std::vector<wr::duration>;

namespace {

// L1 to L4: the pool, the redundancy, the retransmission, the confirmation.
struct only_pool : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::quarantine_pool, wr::single,
                                wr::no_retransmit, wr::no_recovery, wr::accepted_is_enough> {};
struct only_redundant : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::plain_pool, wr::redundant,
                                     wr::no_retransmit, wr::no_recovery, wr::accepted_is_enough> {};
struct only_retransmit : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::plain_pool, wr::single,
                                      wr::exponential_backoff, wr::no_recovery, wr::accepted_is_enough> {};
struct only_echo : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::plain_pool, wr::single,
                                wr::no_retransmit, wr::no_recovery, wr::filter_echo,
                                wr::unattended_subscription> {};
// S1, S2, S3.
struct only_presence : wr::policies<wr::plain_pool, wr::single, wr::no_retransmit, wr::no_recovery,
                                    wr::store_presence, wr::unattended_subscription> {};
struct only_audit : wr::policies<wr::plain_pool, wr::single, wr::no_retransmit, wr::periodic_audit,
                                 wr::accepted_is_enough, wr::unattended_subscription> {};
struct only_combined : wr::policies<wr::plain_pool, wr::single, wr::no_retransmit, wr::periodic_audit,
                                    wr::store_audit, wr::unattended_subscription> {};

template <class Node>
std::size_t content_queries(const Node& it) {
  return it.transport.requests_where([](const request& each) { return each.is_content_query(); }).size();
}
template <class Node>
std::size_t presence_queries(const Node& it) {
  return it.transport.requests_where([](const request& each) { return each.is_presence_query(); }).size();
}

}  // namespace

TEST_CASE("[L0.1] [R3] the pool alone: a failing node is avoided, and nothing else happens") {
  wt::scripted_node<only_pool> it(exact_times());
  discover(it, 2);
  it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(500));
  const auto id = it.publish("first");
  CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::attempts_used_up});
  const auto failed = peers_of(it.transport, operation_kind::lightpush)[0];
  CHECK(publish_many(it, 10).size() == 10);
  const auto peers = peers_of(it.transport, operation_kind::lightpush);
  CHECK(std::count(peers.begin(), peers.end(), failed) == 1);
  it.clock.run_for(10min);
  CHECK(it.transport.requests().size() == 11);
}

TEST_CASE("[L0.1] [R3] redundancy alone: two copies at once, none later, and no node is avoided") {
  wt::scripted_node<only_redundant> it(exact_times());
  discover(it, 2);
  answer_pushes(it, wt::push_refused(500));
  CHECK(publish_many(it, 10).size() == 10);
  it.clock.run_for(10min);
  CHECK(it.transport.requests().size() == 20);
  CHECK(it.host.outcomes().size() == 10);
  const auto peers = peers_of(it.transport, operation_kind::lightpush);
  CHECK(std::count(peers.begin(), peers.end(), peer(1)) == 10);
}

TEST_CASE("[L0.1] [R3] retransmission alone: one copy at a time until a node accepts") {
  wt::scripted_node<only_retransmit> it(exact_times());
  discover(it, 3);
  it.transport.expect(operation_kind::lightpush).times(3).reply(wt::push_refused(505));
  const auto id = it.publish("hello");
  it.clock.run_for(10min);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1s, 3s, 7s});
  CHECK(it.transport.requests().size() == 4);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_asked);
}

TEST_CASE("[L0.1] [L4.1] [R3] confirmation by filter alone: the echo confirms, and no store is asked") {
  wt::scripted_node<only_echo> it(exact_times());
  it.transport.sink().peer_appeared(peer(1), pushes_only);
  it.transport.sink().peer_appeared(peer(2), filters_only);
  it.settle();
  const auto id = it.publish("hello");
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 1);
  it.clock.run_for(500ms);
  it.transport.sink().filter_push(peer(2), it.topic,
                                  *it.transport.last(operation_kind::lightpush).message);
  it.clock.run_for(10min);
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->by == wr::confirmed_by::echo);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
  CHECK(it.transport.count(operation_kind::store_query) == 0);
  CHECK(it.transport.count(operation_kind::filter_ping) == 0);
}

TEST_CASE("[G10] [R3] presence queries alone: no content query, and nothing once all is confirmed") {
  wt::scripted_node<only_presence> it(exact_times());
  discover(it, 3);
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  REQUIRE(it.subscribe());
  const auto id = it.publish("hello");
  it.clock.run_for(1h);
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->by == wr::confirmed_by::store);
  CHECK(presence_queries(it) == 1);
  CHECK(content_queries(it) == 0);
}

TEST_CASE("[G10] [R3] the audit alone: content queries each minute, and none for what is published") {
  wt::scripted_node<only_audit> it(exact_times());
  discover(it, 3);
  const auto id = it.publish("hello");
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_asked);
  it.clock.run_for(10min);
  CHECK(it.transport.count(operation_kind::store_query) == 0);
  REQUIRE(it.subscribe());
  it.clock.run_for(10min);
  CHECK(presence_queries(it) == 0);
  CHECK(content_queries(it) >= 10);
  CHECK(content_queries(it) <= 11);
}

TEST_CASE("[G10] [S3.5] [R3] both in one: content queries only, none of them twice") {
  wt::scripted_node<only_combined> it(exact_times());
  discover(it, 3);
  REQUIRE(it.subscribe());
  it.clock.run_for(10s);
  const auto id = it.publish("hello");
  const wr::message_hash own = *it.node.status(*id)->hash;
  it.transport.otherwise(operation_kind::store_query)
      .reply(wt::store_lists<wr::message>(std::vector<wr::message_hash>{own}));
  it.clock.run_for(5s);
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->by == wr::confirmed_by::store);
  it.clock.run_for(1h);
  CHECK(presence_queries(it) == 0);
  CHECK(content_queries(it) >= 60);
  CHECK(content_queries(it) <= 63);
}

TEST_CASE("[G9] a relay and a store are enough to publish and confirm") {
  constexpr wr::capability_set relay_and_store{.relay = true, .store = true};
  struct relay_client : wr::policies<wr::no_recovery> {};
  wt::scripted_node<relay_client, wr::message, relay_and_store> it(exact_times());
  it.transport.sink().relay_peers(it.topic, 4);
  it.transport.sink().peer_appeared(peer(1), stores_only);
  it.settle();
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto id = it.publish("hello");
  it.clock.run_for(5s);
  CHECK(it.transport.count(operation_kind::relay_publish) == 1);
  CHECK(it.host.outcome_as<wr::confirmed>(*id) == wr::confirmed{wr::confirmed_by::store, 1, 3s});
}

TEST_CASE("[G9] [G6] lightpush and a store are enough to publish, notice a loss and mend it") {
  constexpr wr::capability_set push_and_store{.lightpush = true, .store = true};
  struct push_client : wr::policies<wr::no_recovery> {};
  wt::scripted_node<push_client, wr::message, push_and_store> it(exact_times());
  discover(it, 3);
  it.transport.expect(operation_kind::store_query);  // complete, and without it
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto id = it.publish("hello");
  it.clock.run_for(10s);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 3s});
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->transmissions == 2);
}

TEST_CASE("[G9] lightpush and filter without a store confirm by echo") {
  constexpr wr::capability_set no_store{.lightpush = true, .filter = true};
  struct light : wr::policies<> {};
  wt::scripted_node<light, wr::message, no_store> it(exact_times());
  discover(it, 3);
  const auto id = it.publish("hello");
  const auto pushed = peers_of(it.transport, operation_kind::lightpush);
  for (std::uint32_t number = 1; number <= 3; ++number) {
    if (std::find(pushed.begin(), pushed.end(), peer(number)) != pushed.end()) continue;
    it.transport.sink().filter_push(peer(number), it.topic,
                                    *it.transport.last(operation_kind::lightpush).message);
  }
  it.settle();
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->by == wr::confirmed_by::echo);
}

}  // namespace strategies_alone_tests
