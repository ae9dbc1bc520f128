// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/stamping.hpp>

#include <doctest/doctest.h>

#include <limits>

#include <engine/publishing.hpp>

namespace stamping_tests {

using namespace publishing;
using wr::transport_error;

namespace {

using node_under_test = wt::scripted_node<single_presence_client>;

std::int64_t wall_ns(const node_under_test& it) { return it.host.now().wall.time_since_epoch().count(); }
const request& last_push(const node_under_test& it) { return it.transport.last(operation_kind::lightpush); }

}  // namespace

TEST_CASE("[R34] a message without a timestamp gets the present when it leaves at once") {
  node_under_test it(exact_times());
  discover(it, 1, pushes_only);
  it.clock.run_for(1234567ns);
  const auto id = publish_unstamped(it, "hello");
  REQUIRE(it.transport.count(operation_kind::lightpush) == 1);
  CHECK(last_push(it).message->timestamp == wall_ns(it));
  CHECK(*last_push(it).hash == it.hash_of(*last_push(it).message));
  CHECK(it.node.status(*id)->hash == last_push(it).hash);
}

TEST_CASE("[R34] waiting for a route does not age a message: it is stamped when it first leaves") {
  node_under_test it(exact_times());
  const auto id = publish_unstamped(it, "hello");
  it.clock.run_for(40s);
  CHECK(it.transport.requests().empty());
  CHECK_FALSE(it.node.status(*id)->hash);
  CHECK(it.node.status(*id)->phase == wr::request_phase::waiting);
  discover(it, 1, pushes_only);
  REQUIRE(it.transport.count(operation_kind::lightpush) == 1);
  CHECK(last_push(it).message->timestamp == wall_ns(it));
  CHECK(it.node.status(*id)->hash == last_push(it).hash);
}

TEST_CASE("[R34] stamps strictly increase, so that equal messages get different hashes") {
  node_under_test it(exact_times());
  discover(it, 1, pushes_only);
  CHECK(publish_many(it, 50).size() == 50);
  std::int64_t before = std::numeric_limits<std::int64_t>::min();
  for (const request* each : it.transport.requests(operation_kind::lightpush)) {
    CHECK(each->message->timestamp > before);
    before = each->message->timestamp;
  }
  CHECK(before == wall_ns(it) + 49);
  CHECK(hashes_sent(it.transport).size() == 50);
}

TEST_CASE("[R34] a stamp is never 0, also where the clock stands at the beginning of Unix time") {
  node_under_test it(exact_times());
  it.clock.step_wall(-it.clock.wall().time_since_epoch());
  discover(it, 1, pushes_only);
  CHECK(publish_many(it, 2).size() == 2);
  const auto pushes = it.transport.requests(operation_kind::lightpush);
  CHECK(pushes[0]->message->timestamp == 1);
  CHECK(pushes[1]->message->timestamp == 2);
}

TEST_CASE("[R7] a timestamp that the application chose stays as it is") {
  for (const wr::duration off : {wr::duration(-1h), wr::duration(0s), wr::duration(1h)}) {
    node_under_test it(exact_times());
    discover(it, 1, pushes_only);
    wr::message chosen = it.make_message("hello");
    chosen.timestamp += off.count();
    const wr::message_hash hash = it.hash_of(chosen);
    const auto id = it.node.publish(it.topic, chosen);
    CHECK(it.node.status(*id)->hash == hash);
    it.settle();
    REQUIRE(it.transport.count(operation_kind::lightpush) == 1);
    CHECK(*last_push(it).message == chosen);
    CHECK(*last_push(it).hash == hash);
  }
}

TEST_CASE("[R34] a stamp of ours that grew too old is replaced while every attempt was definitely refused") {
  for (const auto& refusal : {wt::push_refused(500), wt::push_refused(505), wt::push_refused(429),
                              wt::push_accepted(0), wt::push_refused(420, "RLN validation failed")}) {
    CAPTURE(refusal.status);
    node_under_test it(exact_times());
    discover(it, 1, pushes_only);
    answer_pushes(it, refusal);
    const auto id = publish_unstamped(it, "hello");
    const wr::message_hash first = *last_push(it).hash;
    const std::int64_t first_stamp = last_push(it).message->timestamp;
    it.clock.run_for(15s - 1ns);
    CHECK(hashes_sent(it.transport).size() == 1);
    CHECK(it.node.observer().count<wr::notice::restamped>() == 0);
    it.clock.run_for(10s);
    CHECK(hashes_sent(it.transport).size() == 2);
    const auto notices = it.node.observer().all<wr::notice::restamped>();
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].request == *id);
    CHECK(notices[0].before == first);
    CHECK(notices[0].after == *last_push(it).hash);
    CHECK(last_push(it).message->timestamp >= first_stamp + wr::duration(15s).count());
    CHECK(*last_push(it).hash == it.hash_of(*last_push(it).message));
    CHECK(it.node.status(*id)->hash == last_push(it).hash);
    // The same request goes on, and its end names the new hash.
    answer_pushes(it, wt::push_accepted());
    it.clock.run_for(10s);
    CHECK(it.host.propagations().at(0).what.request == *id);
    CHECK(it.host.propagations().at(0).what.hash == *last_push(it).hash);
  }
}

TEST_CASE("[R34] a node that was never reached, or a transport that threw, forbids no new stamp") {
  node_under_test it(exact_times());
  discover(it, 1, pushes_only);
  SUBCASE("dial failed") { fail_pushes(it, transport_error::dial_failed); }
  SUBCASE("the transport threw") { it.transport.otherwise(operation_kind::lightpush).raise(); }
  REQUIRE(publish_unstamped(it, "hello"));
  it.clock.run_for(30s);
  CHECK(hashes_sent(it.transport).size() == 2);
}

TEST_CASE("[R34] [R7] once the bytes may be out, the stamp stays for good and old bytes are not sent") {
  for (const int how : {0, 1, 2, 3, 4}) {
    CAPTURE(how);
    node_under_test it(exact_times());
    discover(it, 1, pushes_only);
    auto& first = it.transport.expect(operation_kind::lightpush);
    if (how == 0) first.reply(wt::push_accepted());
    if (how == 1) first.fail(transport_error::timeout);
    if (how == 2) first.fail(transport_error::connection_lost);
    if (how == 3) first.fail(transport_error::undecodable_reply);
    if (how == 4) first.fail(transport_error::empty_reply);
    answer_pushes(it, wt::push_refused(500));
    REQUIRE(publish_unstamped(it, "hello"));
    it.clock.run_for(60s);
    CHECK(hashes_sent(it.transport).size() == 1);
    CHECK(it.node.observer().count<wr::notice::restamped>() == 0);
    CHECK(times_of(it, operation_kind::lightpush).back() < 15s);
  }
}

TEST_CASE("[R34] a filter node that shows the message forbids a new stamp, whatever the pushed nodes say") {
  struct own_listener : wr::policies<wr::lightpush_only, wr::filter_only, wr::single, wr::no_recovery,
                                     wr::accepted_is_enough, notice_log> {};
  wt::scripted_node<own_listener> it(exact_times());
  it.transport.sink().peer_appeared(peer(1), pushes_only);
  it.transport.sink().peer_appeared(peer(2), filters_only);
  it.settle();
  REQUIRE(it.subscribe());
  answer_pushes(it, wt::push_refused(500));
  const auto id = publish_unstamped(it, "hello");
  it.transport.sink().filter_push(peer(2), it.topic, *it.transport.last(operation_kind::lightpush).message);
  it.clock.run_for(60s);
  CHECK(hashes_sent(it.transport).size() == 1);
  CHECK(it.host.deliveries().empty());
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
        wr::unconfirmed{wr::unconfirmed_why::too_old, std::nullopt});
}

TEST_CASE("[R34] a timestamp of the application is never replaced; the message fails when it is too old") {
  node_under_test it(exact_times());
  discover(it, 1, pushes_only);
  answer_pushes(it, wt::push_refused(500));
  const auto id = it.publish("hello");
  it.clock.run_for(60s);
  CHECK(times_of(it, operation_kind::lightpush) == std::vector<wr::duration>{0s, 1s, 3s, 7s});
  CHECK(hashes_sent(it.transport).size() == 1);
  CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::attempts_used_up});
}

TEST_CASE("[R34] publishing a hash that is already on its way is refused, and accepted after its end") {
  node_under_test it(exact_times());
  discover(it, 1, pushes_only);
  const wr::message chosen = it.make_message("hello");
  const auto first = it.node.publish(it.topic, chosen);
  REQUIRE(first);
  CHECK(it.node.publish(it.topic, chosen).error() == wr::errc::duplicate);
  CHECK(it.node.publish("/waku/2/rs/1/1", chosen));  // another shard, another hash
  it.settle();

  // Also when the engine chose the timestamp that the application now names.
  REQUIRE(publish_unstamped(it, "again"));
  CHECK(it.node.publish(it.topic, *last_push(it).message).error() == wr::errc::duplicate);

  REQUIRE(it.node.cancel(*first));
  CHECK(it.node.publish(it.topic, chosen));
}

TEST_CASE("[R34] a stamp steps over one that the application used for an equal message") {
  node_under_test it(exact_times());
  discover(it, 1, pushes_only);
  REQUIRE(it.publish("hello"));
  REQUIRE(publish_unstamped(it, "hello"));
  CHECK(last_push(it).message->timestamp == wall_ns(it) + 1);
  CHECK(hashes_sent(it.transport).size() == 2);
}

TEST_CASE("stamps follow a clock that was set back by more than stores forgive, and not one set back less") {
  for (const bool far : {true, false}) {
    CAPTURE(far);
    node_under_test it(exact_times());
    discover(it, 1, pushes_only);
    REQUIRE(publish_unstamped(it, "before"));
    const std::int64_t before = last_push(it).message->timestamp;
    it.clock.step_wall(far ? wr::duration(-1h) : wr::duration(-10s));
    REQUIRE(publish_unstamped(it, "after"));
    CHECK(last_push(it).message->timestamp == (far ? wall_ns(it) : before + 1));
  }
}

TEST_CASE(
    "[R7] [S3.5] any timestamp may be published and received: its outcome is one, its ranges are ranges") {
  struct range_client
      : wr::policies<wr::lightpush_only, wr::filter_only, wr::periodic_audit, wr::store_audit> {};
  using limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t stamp : {limits::min(), limits::min() + 1, std::int64_t{-1}, limits::max()}) {
    CAPTURE(stamp);
    wt::scripted_node<range_client> it(exact_times());
    discover(it, 3);
    REQUIRE(it.subscribe());
    wr::message odd = it.make_message("mine");
    odd.timestamp = stamp;
    const auto id = it.node.publish(it.topic, odd);
    REQUIRE(id);
    it.settle();
    REQUIRE(it.transport.count(operation_kind::lightpush) == 2);
    CHECK(it.transport.last(operation_kind::lightpush).message->timestamp == stamp);
    odd.payload.push_back(std::byte{7});
    it.transport.sink().filter_push(peer(1), it.topic, odd);
    it.clock.run_for(10min);
    CHECK(it.host.outcomes_of(*id).size() == 1);
    CHECK(it.host.deliveries().size() == 1);
    for (const request* each : it.transport.requests(operation_kind::store_query)) {
      CHECK(*each->time_start < *each->time_end);
    }
  }
}

}  // namespace stamping_tests
