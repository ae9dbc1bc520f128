// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/completion.hpp>

#include <doctest/doctest.h>

#include <map>

#include <cache/samples.hpp>
#include <engine/publishing.hpp>

namespace completion_tests {

using namespace publishing;
using wr::transport_error;

namespace {

using presence_node = wt::scripted_node<presence_client>;
using accepted_node = wt::scripted_node<accepted_client>;
using echo_node = wt::scripted_node<echo_client>;

// Nodes 1 and 2 take pushes, 11 is a filter node, 21 and 22 are stores.
template <class Node>
void discover_apart(Node& it) {
  for (const std::uint32_t number : {1U, 2U}) it.transport.sink().peer_appeared(peer(number), pushes_only);
  it.transport.sink().peer_appeared(peer(11), filters_only);
  for (const std::uint32_t number : {21U, 22U}) it.transport.sink().peer_appeared(peer(number), stores_only);
  it.settle();
}
template <class Node>
void echo(Node& it, const wr::message& what) {
  it.transport.sink().filter_push(peer(11), it.topic, what);
  it.settle();
}

/// The operations of the requests that are under way, in order.
template <class Node>
std::vector<wr::operation_id> open_operations(const Node& it) {
  std::vector<wr::operation_id> open;
  for (const request& each : it.transport.requests()) {
    if (each.open()) open.push_back(each.operation);
  }
  return open;
}

}  // namespace

TEST_CASE("[R32] a message that is cancelled before it left ends as cancelled, and never leaves") {
  presence_node it(exact_times());
  const auto id = publish_unstamped(it, "hello");
  REQUIRE(it.node.cancel(*id));
  CHECK(it.host.outcomes().empty());  // hooks run in wake(), not inside the call
  it.settle();
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(it.host.outcome_as<wr::cancelled>(*id));
  CHECK_FALSE(it.host.outcomes()[0].what.hash);
  discover_apart(it);
  it.clock.run_for(120s);
  CHECK(it.transport.requests().empty());
  CHECK(it.host.outcomes().size() == 1);
}

TEST_CASE("[R32] a message that is cancelled in the moment of publishing never reaches the transport") {
  presence_node it(exact_times());
  discover_apart(it);
  const auto id = it.node.publish(it.topic, it.make_message("hello"));
  REQUIRE(it.node.cancel(*id));
  it.clock.run_for(60s);
  CHECK(it.transport.requests().empty());
  CHECK(it.transport.cancels().empty());
  CHECK(it.host.outcomes().size() == 1);
}

TEST_CASE("[R32] cancelling ends the operations under way, and what they still answer is dropped") {
  presence_node it(exact_times());
  discover_apart(it);
  it.transport.otherwise(operation_kind::lightpush).hold();
  const auto id = it.publish("hello");
  const auto open = open_operations(it);
  CHECK(open.size() == 2);
  REQUIRE(it.node.cancel(*id));
  it.settle();
  CHECK(it.transport.cancels() == open);
  CHECK(it.node.operations() == 0);
  CHECK(it.node.pending() == 0);
  CHECK(it.host.outcomes_of(*id) == std::vector<wr::outcome>{wr::cancelled{}});
  for (const wr::operation_id each : open) it.transport.answer(each, wt::push_accepted());
  it.clock.run_for(60s);
  CHECK(it.node.observer().count<wr::notice::stray_reply>() == 2);
  CHECK(it.host.propagations().empty());
  CHECK(it.host.outcomes().size() == 1);
  CHECK(it.transport.count(operation_kind::store_query) == 0);
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
}

TEST_CASE("[R32] cancelling after the acceptance ends queries and resending") {
  presence_node it(exact_times());
  discover_apart(it);
  const auto id = it.publish("hello");
  it.clock.run_for(4s);
  const std::size_t before = it.transport.requests().size();
  REQUIRE(it.node.cancel(*id));
  it.clock.run_for(60s);
  CHECK(it.transport.requests().size() == before);
  CHECK(it.host.outcomes_of(*id) == std::vector<wr::outcome>{wr::cancelled{}});
  CHECK_FALSE(it.node.status(*id));
}

TEST_CASE("[R32] cancelling during a presence query leaves the query to the other messages in it") {
  presence_node it(exact_times());
  discover_apart(it);
  const auto dropped = it.publish("dropped");
  const auto kept = it.publish("kept");
  it.transport.expect(operation_kind::store_query).after(1s).answer_with(store_with_all());
  it.clock.run_for(3500ms);
  REQUIRE(it.node.cancel(*dropped));
  it.clock.run_for(60s);
  CHECK(it.host.outcomes_of(*dropped) == std::vector<wr::outcome>{wr::cancelled{}});
  CHECK(it.host.outcomes_of(*kept).size() == 1);
  CHECK(it.host.outcome_as<wr::confirmed>(*kept));
  CHECK(it.transport.count(operation_kind::store_query) == 1);
  CHECK(it.node.observer().count<wr::notice::late_confirmation>() == 0);
}

TEST_CASE("[R32] cancelling an unknown or ended request is refused and does nothing") {
  accepted_node it(exact_times());
  discover_apart(it);
  CHECK(it.node.cancel(static_cast<wr::request_id>(0)).error() == wr::errc::unknown_request);
  CHECK(it.node.cancel(static_cast<wr::request_id>(~std::uint64_t{0})).error() ==
        wr::errc::unknown_request);
  const auto ended = it.publish("ended");
  CHECK(it.host.outcomes().size() == 1);
  CHECK(it.node.cancel(*ended).error() == wr::errc::unknown_request);
  // The slot is used again by the next message, which must not be hit by the old id.
  it.transport.otherwise(operation_kind::lightpush).hold();
  const auto next = it.publish("next");
  CHECK(*next != *ended);
  CHECK(it.node.cancel(*ended).error() == wr::errc::unknown_request);
  CHECK(it.node.status(*next));
  REQUIRE(it.node.cancel(*next));
  CHECK(it.node.cancel(*next).error() == wr::errc::unknown_request);
  it.clock.run_for(60s);
  CHECK(it.host.outcomes().size() == 2);
}

TEST_CASE("[R32] stopping gives cancelled to every pending message, ends every operation, and then nothing") {
  presence_node it(exact_times());
  discover_apart(it);
  const auto asked = it.publish("asked for at a store");
  it.transport.expect(operation_kind::store_query).hold();
  it.clock.run_for(3s);
  it.transport.otherwise(operation_kind::lightpush).hold();
  const auto in_flight = it.publish("in flight");
  it.transport.sink().peer_left(peer(1));
  it.transport.sink().peer_left(peer(2));
  it.settle();
  const auto waiting = it.publish("waiting");
  const auto open = open_operations(it);
  CHECK(open.size() == 3);

  it.node.stop();
  CHECK(it.host.outcomes().empty());
  it.settle();
  CHECK(it.host.outcomes().size() == 3);
  for (const auto& each : {asked, in_flight, waiting}) {
    CHECK(it.host.outcomes_of(*each) == std::vector<wr::outcome>{wr::cancelled{}});
  }
  const auto cancels = it.transport.cancels();
  CHECK(std::set<wr::operation_id>(cancels.begin(), cancels.end()) ==
        std::set<wr::operation_id>(open.begin(), open.end()));
  CHECK(cancels.size() == open.size());
  CHECK(it.node.pending() == 0);
  CHECK(it.node.operations() == 0);

  const std::size_t before = it.transport.requests().size();
  for (const wr::operation_id each : open) it.transport.fail(each, transport_error::connection_lost);
  it.transport.sink().peer_appeared(peer(3), pushes_only);
  it.transport.sink().connectivity(false);
  it.transport.sink().connectivity(true);
  CHECK(it.node.publish(it.topic, it.make_message("late")).error() == wr::errc::stopped);
  CHECK(it.node.cancel(*asked).error() == wr::errc::unknown_request);
  it.node.stop();
  it.node.pause();
  it.node.resume();
  it.clock.run_for(600s);
  CHECK(it.transport.requests().size() == before);
  CHECK(it.host.outcomes().size() == 3);
  CHECK(it.clock.waiting() == 0);
}

TEST_CASE("[R31] an echo after the outcome is told to the observer once, and is no second outcome") {
  echo_node it(exact_times());
  discover_apart(it);
  const auto id = it.publish("hello");
  const wr::message sent = *it.transport.last(operation_kind::lightpush).message;
  it.clock.run_for(60s);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
  it.clock.run_for(10s);
  echo(it, sent);
  echo(it, sent);
  const auto late = it.node.observer().all<wr::notice::late_confirmation>();
  REQUIRE(late.size() == 1);
  CHECK(late[0].hash == it.hash_of(sent));
  CHECK(it.host.outcomes().size() == 1);
  CHECK(it.host.deliveries().empty());
}

TEST_CASE("[R31] a store's answer to a query that outlived the message is late good news too") {
  presence_node it(exact_times());
  discover_apart(it);
  it.transport.otherwise(operation_kind::store_query).reply(wt::store_answer<wr::message>(503));
  it.transport.expect(operation_kind::store_query)
      .where([&](const request&) { return it.clock.elapsed() > 50s; })
      .after(15s)
      .answer_with(store_with_all());
  const auto id = it.publish("hello");
  const wr::message_hash hash = *it.node.status(*id)->hash;
  it.clock.run_for(60s);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
  CHECK(it.node.observer().count<wr::notice::late_confirmation>() == 0);
  it.clock.run_for(15s);
  const auto late = it.node.observer().all<wr::notice::late_confirmation>();
  REQUIRE(late.size() == 1);
  CHECK(late[0].hash == hash);
  CHECK(it.host.outcomes().size() == 1);
}

TEST_CASE("[R31] good news is late only for what was left unconfirmed") {
  echo_node it(exact_times());
  discover_apart(it);
  REQUIRE(it.publish("confirmed"));
  const wr::message confirmed = *it.transport.last(operation_kind::lightpush).message;
  echo(it, confirmed);
  const auto dropped = it.publish("dropped");
  const wr::message cancelled = *it.transport.last(operation_kind::lightpush).message;
  REQUIRE(it.node.cancel(*dropped));
  it.settle();
  echo(it, confirmed);
  echo(it, cancelled);
  CHECK(it.node.observer().count<wr::notice::late_confirmation>() == 0);
  CHECK(it.host.outcomes().size() == 2);
}

TEST_CASE("[R31] the last 64 messages that were left unconfirmed are remembered for late news") {
  wr::options numbers = exact_times();
  numbers.confirmation.echo_rounds_max = 1;
  echo_node it(numbers);
  discover_apart(it);
  CHECK(publish_many(it, 66).size() == 66);
  std::vector<wr::message> sent;
  for (const request* each : it.transport.requests(operation_kind::lightpush)) {
    if (each->peer == peer(1)) sent.push_back(*each->message);
  }
  REQUIRE(sent.size() == 66);
  it.clock.run_for(1s);
  CHECK(it.host.outcomes().size() == 66);
  for (const wr::message& each : sent) echo(it, each);
  CHECK(it.node.observer().count<wr::notice::late_confirmation>() == 64);
}

TEST_CASE("[R31] how many are remembered for late news is an option, which may change") {
  wr::options numbers = exact_times();
  numbers.confirmation.echo_rounds_max = 1;
  numbers.confirmation.late_news_max = 5;
  echo_node it(numbers);
  discover_apart(it);
  const auto leave_unconfirmed = [&](std::size_t count) {
    const std::size_t before = it.transport.requests().size();
    const std::size_t outcomes = it.host.outcomes().size();
    REQUIRE(publish_many(it, count).size() == count);
    it.clock.run_for(1s);
    REQUIRE(it.host.outcomes().size() == outcomes + count);
    std::vector<wr::message> sent;
    for (std::size_t at = before; at < it.transport.requests().size(); ++at) {
      const request& each = it.transport.requests()[at];
      if (each.kind == operation_kind::lightpush && each.peer == peer(1)) sent.push_back(*each.message);
    }
    REQUIRE(sent.size() == count);
    return sent;
  };
  const auto told_of = [&](const std::vector<wr::message>& sent) {
    const std::size_t before = it.node.observer().count<wr::notice::late_confirmation>();
    for (const wr::message& each : sent) echo(it, each);
    return it.node.observer().count<wr::notice::late_confirmation>() - before;
  };
  CHECK(told_of(leave_unconfirmed(8)) == 5);
  numbers.confirmation.late_news_max = 3;
  REQUIRE(it.node.reconfigure(numbers).empty());
  CHECK(told_of(leave_unconfirmed(8)) == 3);
  numbers.confirmation.late_news_max = 7;
  REQUIRE(it.node.reconfigure(numbers).empty());
  CHECK(told_of(leave_unconfirmed(8)) == 7);
  numbers.confirmation.late_news_max = 0;
  REQUIRE(it.node.reconfigure(numbers).empty());
  CHECK(told_of(leave_unconfirmed(8)) == 0);
}

TEST_CASE("a topic that was published to stays subscribed for echoes as long as set, and no longer") {
  wr::options numbers = exact_times();
  numbers.confirmation.echo_topic_linger = 120s;
  echo_node it(numbers);
  discover_apart(it);
  REQUIRE(it.publish("hello"));
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 1);
  echo(it, *it.transport.last(operation_kind::lightpush).message);
  it.clock.run_for(100s);
  REQUIRE(it.publish("again"));  // within the time: nothing to subscribe, and the time begins anew
  echo(it, *it.transport.last(operation_kind::lightpush).message);
  it.clock.run_for(120s - 1ns);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 1);
  CHECK(it.transport.count(operation_kind::filter_unsubscribe) == 0);
  it.clock.run_for(1ns);
  CHECK(it.transport.count(operation_kind::filter_unsubscribe) == 1);
  // And the next message subscribes again.
  it.clock.run_for(60s);
  REQUIRE(it.publish("later"));
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 2);
}

TEST_CASE("whatever happens, each accepted message gets one outcome, and nothing stays behind") {
  const std::uint64_t first_seed = samples::seed();
  for (std::uint64_t seed = first_seed; seed < first_seed + 40; ++seed) {
    CAPTURE(seed);
    wr::random_source draw(seed);
    wr::options numbers;
    numbers.seed = seed;
    numbers.outgoing.messages_max = 16;
    numbers.outgoing.full = draw.chance(0.5) ? wr::when_full::refuse : wr::when_full::evict_oldest;
    numbers.retransmit.loss = draw.chance(0.5) ? wr::retransmit_on::reply : wr::retransmit_on::timer;
    numbers.retransmit.attempts_max = static_cast<std::uint32_t>(draw.below(4));
    numbers.confirmation.negative_replies_max = static_cast<std::uint32_t>(draw.below(4));
    presence_node it(numbers);
    discover(it, 4);
    it.transport.otherwise(operation_kind::lightpush).answer_with(
        [&](const request&) -> wt::any_reply<wr::message> {
          const std::uint32_t statuses[] = {200, 200, 400, 413, 420, 421, 429, 500, 503, 504, 505};
          wr::lightpush_reply reply = wt::push_refused(statuses[draw.below(11)]);
          if (draw.chance(0.7)) reply.relay_peer_count = static_cast<std::uint32_t>(draw.below(3));
          if (draw.chance(0.3)) reply.description = "RLN";
          reply.legacy = draw.chance(0.1);
          return reply;
        });
    it.transport.otherwise(operation_kind::store_query)
        .answer_with([&](const request& made) -> wt::any_reply<wr::message> {
          auto reply = store_where([&](const wr::message_hash&) { return draw.chance(0.3); })(made);
          if (draw.chance(0.3)) std::get<wr::store_reply<wr::message>>(reply).status = 503;
          return reply;
        });
    std::vector<wr::request_id> accepted;
    for (int step = 0; step < 120; ++step) {
      if (draw.chance(0.1)) it.transport.expect(operation_kind::lightpush).drop();
      if (draw.chance(0.1)) it.transport.expect(operation_kind::lightpush).raise();
      if (draw.chance(0.1)) it.transport.expect(operation_kind::lightpush).after(7s).repeated();
      if (draw.chance(0.1)) {
        it.transport.expect(operation_kind::lightpush)
            .after(wr::duration(draw.below(15'000'000'000)))
            .despite_cancel()
            .fail(static_cast<transport_error>(draw.below(7)));
      }
      if (draw.chance(0.05)) it.transport.sink().connectivity(draw.chance(0.5));
      const wr::peer_id moving = peer(static_cast<std::uint32_t>(1 + draw.below(4)));
      if (draw.chance(0.05)) it.transport.sink().peer_left(moving);
      if (draw.chance(0.05)) it.transport.sink().peer_appeared(moving, {true, true, true, false});
      const auto id = draw.chance(0.5) ? publish_unstamped(it, "one of many") : it.publish("stamped");
      if (id) accepted.push_back(*id);
      if (!accepted.empty() && draw.chance(0.2)) {
        const auto result = it.node.cancel(accepted[draw.below(accepted.size())]);
        CHECK((result.has_value() || result.error() == wr::errc::unknown_request));
      }
      it.clock.run_for(wr::duration(draw.below(2'000'000'000)));
    }
    it.transport.sink().connectivity(true);
    it.clock.run_for(90s);

    CHECK(it.node.pending() == 0);
    CHECK(it.node.operations() == 0);
    CHECK(it.host.outcomes().size() == accepted.size());
    std::map<wr::request_id, int> outcomes;
    for (const auto& each : it.host.outcomes()) ++outcomes[each.what.request];
    for (const wr::request_id each : accepted) CHECK(outcomes[each] == 1);
    std::map<wr::request_id, int> propagations;
    for (const auto& each : it.host.propagations()) CHECK(++propagations[each.what.request] == 1);
  }
}

TEST_CASE("a content topic that was only published on is forgotten with its last message") {
  struct topic_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::no_recovery,
                                     wr::accepted_is_enough, notice_log> {};
  wt::scripted_node<topic_client> it(exact_times());
  discover(it, 2, pushes_only);
  it.transport.expect(operation_kind::lightpush).times(4).hold();
  const auto strangers = [&it] {
    it.transport.sink().filter_push(peer(1), it.topic, it.make_message("not ours"));
    it.settle();
    return it.node.observer().count<wr::notice::unsolicited_push>();
  };
  REQUIRE(it.publish("first"));
  REQUIRE(it.node.publish(it.topic, it.make_message("second")));
  it.settle();
  CHECK(strangers() == 0);
  const auto pushes = open_operations(it);
  REQUIRE(pushes.size() == 4);
  it.transport.answer(pushes[0], wt::push_accepted());
  it.settle();
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(strangers() == 0);  // the second is still on it
  it.transport.answer(pushes[2], wt::push_accepted());
  it.settle();
  REQUIRE(it.host.outcomes().size() == 2);
  CHECK(strangers() == 1);
}

TEST_CASE("a content topic that is subscribed stays so when its last message has its outcome") {
  struct topic_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::no_recovery,
                                     wr::accepted_is_enough, notice_log> {};
  wt::scripted_node<topic_client> it(exact_times());
  discover(it, 2);
  REQUIRE(it.subscribe());
  REQUIRE(it.publish("mine"));
  REQUIRE(it.host.outcomes().size() == 1);
  it.transport.sink().filter_push(peer(1), it.topic, it.make_message("theirs"));
  it.settle();
  CHECK(it.host.deliveries().size() == 1);
}

}  // namespace completion_tests
