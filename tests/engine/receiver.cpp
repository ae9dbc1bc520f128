// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/receiver.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string_view>
#include <vector>

#include "engine/receiving.hpp"

namespace receiver_tests {

using namespace receiving;

namespace {

/// Relay and filter, no store.
struct both_ways : wr::policies<wr::relay_then_lightpush, wr::relay_then_filter, wr::no_recovery,
                                wr::accepted_is_enough, notice_log> {};

using window_node = wt::scripted_node<window_client>;
using both_node = wt::scripted_node<both_ways>;

constexpr std::string_view other_shard = "/waku/2/rs/1/7";
constexpr std::string_view other_topic = "/test/1/other/proto";

template <class Node>
std::size_t unsolicited(Node& it) {
  return it.node.observer().template count<wr::notice::unsolicited_push>();
}

}  // namespace

TEST_CASE("[G4] [F2.2] [R30] a message that comes by two filter nodes and the relay is delivered once") {
  both_node it;
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  const wr::message said = it.make_message("once");
  const wr::message_hash hash = it.hash_of(said);
  push(it, 1, said);
  push(it, 2, said);
  it.transport.sink().relay_message(both_node::topic, said);
  it.settle();
  REQUIRE(it.host.deliveries().size() == 1);
  const auto& shown = it.host.deliveries().front().what;
  CHECK(shown.message == said);
  CHECK(shown.hash == hash);
  CHECK(shown.pubsub_topic == both_node::topic);
  CHECK(shown.by == wr::delivered_by::filter);
  CHECK(it.node.observer().count<wr::notice::duplicate_received>() == 2);
}

TEST_CASE("[G4] whichever way is first delivers") {
  both_node it;
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  const wr::message said = it.make_message("relay first");
  it.transport.sink().relay_message(both_node::topic, said);
  push(it, 1, said);
  REQUIRE(it.host.deliveries().size() == 1);
  CHECK(it.host.deliveries().front().what.by == wr::delivered_by::relay);
}

TEST_CASE("[F2.2] the same payload with another timestamp is another message") {
  window_node it;
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  wr::message said = it.make_message("hello");
  push(it, 1, said);
  ++said.timestamp;
  push(it, 2, said);
  CHECK(it.host.deliveries().size() == 2);
  CHECK(it.node.observer().count<wr::notice::duplicate_received>() == 0);
}

TEST_CASE("[R30] [R36] the same message on two pubsub topics is delivered on each") {
  window_node it;
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  const std::array topics{window_node::content_topic};
  REQUIRE(it.node.subscribe(other_shard, topics));
  const wr::message said = it.make_message("both shards");
  push(it, 1, said);
  it.transport.sink().filter_push(peer(1), other_shard, said);
  it.settle();
  REQUIRE(it.host.deliveries().size() == 2);
  CHECK(it.host.deliveries()[0].what.pubsub_topic == window_node::topic);
  CHECK(it.host.deliveries()[1].what.pubsub_topic == other_shard);
  CHECK(it.host.deliveries()[0].what.hash != it.host.deliveries()[1].what.hash);
}

TEST_CASE("a message of a content topic nobody asked for is not delivered, and not taken for received") {
  window_node it;
  discover(it, 1, 2, filters_only);
  discover(it, 3, 3, stores_only);
  REQUIRE(it.subscribe());
  archive stored;
  serve(it, stored);
  const wr::message said = it.make_message("not mine yet", other_topic);
  const wr::message_hash hash = stored.hold(said);
  push(it, 1, said);
  it.transport.sink().filter_push(peer(1), other_shard, it.make_message("a shard nobody knows"));
  it.settle();
  CHECK(it.host.deliveries().empty());
  CHECK(unsolicited(it) == 2);

  REQUIRE(it.subscribe({other_topic}));
  it.clock.run_for(10s);
  CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("the mesh carries every content topic: what is not asked for is no notice") {
  both_node it;
  REQUIRE(it.subscribe());
  it.transport.sink().relay_message(both_node::topic, it.make_message("others' talk", other_topic));
  it.transport.sink().relay_message(other_shard, it.make_message("another mesh"));
  it.settle();
  CHECK(it.host.deliveries().empty());
  CHECK(unsolicited(it) == 0);
}

TEST_CASE("what is unsubscribed is not delivered any more") {
  both_node it;
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe({both_node::content_topic, other_topic}));
  const std::array gone{both_node::content_topic};
  REQUIRE(it.node.unsubscribe(both_node::topic, gone));
  it.settle();
  push(it, 1, it.make_message("too late"));
  it.transport.sink().relay_message(both_node::topic, it.make_message("too late by relay"));
  push(it, 1, it.make_message("still wanted", other_topic));
  REQUIRE(it.host.deliveries().size() == 1);
  CHECK(it.host.deliveries().front().what.message.content_topic == other_topic);
}

TEST_CASE("[R33] a node that we are not subscribed at may push what we asked others for, unless strict") {
  wr::options numbers = exact_times();
  SUBCASE("by default it is welcome") {}
  SUBCASE("strict") { numbers.subscription.strict_pushes = true; }
  window_node it(numbers);
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  const wr::message said = it.make_message("from a stranger");
  push(it, 9, said);
  const bool strict = numbers.subscription.strict_pushes;
  CHECK(it.host.deliveries().size() == (strict ? 0 : 1));
  CHECK(unsolicited(it) == (strict ? 1 : 0));
  if (strict) CHECK(it.node.observer().all<wr::notice::unsolicited_push>().front().peer == peer(9));
  push(it, 1, said);  // dropped is not received: from a proper node it is shown
  CHECK(it.host.deliveries().size() == 1);
}

TEST_CASE("[R33] a replaced node's pushes are welcome, unless strict") {
  wr::options numbers = exact_times();
  SUBCASE("by default they are welcome") {}
  SUBCASE("strict") { numbers.subscription.strict_pushes = true; }
  numbers.redundancy.subscribe_targets = 1;
  window_node it(numbers);
  discover(it, 1, 1, filters_only);
  REQUIRE(it.subscribe());
  discover(it, 2, 2, filters_only);
  it.transport.otherwise(operation_kind::filter_ping).reply(wt::filter_answer(500));
  it.clock.run_for(2min);  // two failed pings in a row
  REQUIRE(requests_at(it, operation_kind::filter_subscribe, 2).size() == 1);
  push(it, 1, it.make_message("late from the old node"));
  CHECK(it.host.deliveries().size() == (numbers.subscription.strict_pushes ? 0 : 1));
  push(it, 2, it.make_message("from the new node"));
  CHECK(it.host.deliveries().size() == (numbers.subscription.strict_pushes ? 1 : 2));
}

TEST_CASE("a push that comes before the reply to SUBSCRIBE is delivered, in strict mode too") {
  wr::options numbers = exact_times();
  SUBCASE("by default") {}
  SUBCASE("strict") { numbers.subscription.strict_pushes = true; }
  window_node it(numbers);
  it.transport.otherwise(operation_kind::filter_subscribe).after(2s);
  discover(it, 1, 1, filters_only);
  REQUIRE(it.subscribe());
  REQUIRE(it.transport.count(operation_kind::filter_subscribe) == 1);
  push(it, 1, it.make_message("early"));
  CHECK(it.host.deliveries().size() == 1);
}

TEST_CASE("[R15] an ephemeral message is delivered once like any other") {
  both_node it;
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  wr::message said = it.make_message("typing …");
  said.ephemeral = true;
  push(it, 1, said);
  push(it, 2, said);
  REQUIRE(it.host.deliveries().size() == 1);
  CHECK(it.host.deliveries().front().what.message.ephemeral);
}

TEST_CASE("[R13] own messages that come back are not delivered; with deliver_own they are shown at sending") {
  wr::options numbers = exact_times();
  SUBCASE("by default they are not") {}
  SUBCASE("deliver_own") { numbers.publish.deliver_own = true; }
  both_node it(numbers);
  discover(it, 1, 2, {.lightpush = true, .filter = true});
  REQUIRE(it.subscribe());
  const wr::message said = it.make_message("mine");
  REQUIRE(it.node.publish(both_node::topic, said));
  it.settle();
  push(it, 1, said);
  it.transport.sink().relay_message(both_node::topic, said);
  it.clock.run_for(5min);  // the outcome is long known by now
  push(it, 2, said);
  it.transport.sink().relay_message(both_node::topic, said);
  it.settle();
  if (numbers.publish.deliver_own) {
    REQUIRE(it.host.deliveries().size() == 1);
    CHECK(it.host.deliveries().front().what.by == wr::delivered_by::own);
    CHECK(it.host.deliveries().front().what.message == said);
  } else {
    CHECK(it.host.deliveries().empty());
  }
}

TEST_CASE("[R14] strangers on a topic that is only published to are not delivered") {
  both_node it;
  it.transport.sink().relay_peers(both_node::topic, 4);
  it.settle();
  const auto request = it.publish("mine");
  REQUIRE(request);
  it.transport.sink().relay_message(both_node::topic, it.make_message("theirs"));
  it.settle();
  CHECK(it.host.deliveries().empty());
}

TEST_CASE("[S2.9] [R30] a message that a store gave is not delivered again by a push") {
  window_node it;
  discover(it, 1, 2, filters_only);
  discover(it, 3, 3, stores_only);
  archive stored;
  serve(it, stored);
  const wr::message said = it.make_message("lost and found");
  const wr::message_hash hash = stored.hold(said);
  REQUIRE(it.subscribe());
  it.clock.run_for(10s);
  REQUIRE(it.host.deliveries_of(hash) == 1);
  CHECK(it.host.deliveries().front().what.by == wr::delivered_by::store);
  CHECK(it.host.deliveries().front().what.message == said);
  push(it, 1, said);
  push(it, 2, said);
  CHECK(it.host.deliveries().size() == 1);
}

}  // namespace receiver_tests
