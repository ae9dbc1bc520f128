// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/transmission.hpp>

#include <doctest/doctest.h>

#include <string>

#include <engine/publishing.hpp>

namespace transmission_tests {

using namespace publishing;
using wr::transport_error;
using times = std::vector<wr::duration>;

namespace {

using presence_node = wt::scripted_node<single_presence_client>;

struct two_ways : wr::policies<wr::relay_then_lightpush, wr::receive_nothing, wr::single, wr::no_recovery,
                               wr::store_presence, notice_log> {};
struct two_ways_once : wr::policies<wr::relay_then_lightpush, wr::receive_nothing, wr::single,
                                    wr::no_retransmit, wr::no_recovery, wr::store_presence, notice_log> {};
struct hedging : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::hedged, wr::no_recovery,
                              wr::accepted_is_enough, notice_log> {};
struct sent_once : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::single, wr::no_retransmit,
                                wr::no_recovery, wr::store_presence, notice_log> {};
struct steady_resend : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::single,
                                    wr::constant_interval, wr::no_recovery, wr::accepted_is_enough,
                                    notice_log> {};
struct budgeted : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::redundant, wr::token_budget,
                               wr::no_recovery, wr::filter_echo, notice_log> {};

template <class Node>
void discover_push_and_store(Node& it) {
  it.transport.sink().peer_appeared(peer(1), pushes_only);
  it.transport.sink().peer_appeared(peer(101), stores_only);
  it.settle();
}
wr::options by_timer() {
  wr::options numbers = exact_times();
  numbers.retransmit.loss = wr::retransmit_on::timer;
  return numbers;
}

}  // namespace

TEST_CASE("[S1.7] [R8] mode timer: what nobody confirmed is sent again at every back-off step") {
  presence_node it(by_timer());
  discover_push_and_store(it);
  // Each store reply is unknown, so that no reply can be the cause.
  it.transport.otherwise(operation_kind::store_query).reply(wt::store_answer<wr::message>(300));
  const auto id = it.publish("hello");
  it.clock.run_for(60s);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1s, 3s, 7s});
  const auto pushes = it.transport.requests(operation_kind::lightpush);
  for (const request* each : pushes) {
    CHECK(*each->message == *pushes[0]->message);
    CHECK(*each->hash == *pushes[0]->hash);
  }
  CHECK(it.node.observer().count<wr::notice::retransmitted>() == 3);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
        wr::unconfirmed{wr::unconfirmed_why::deadline, peer(1)});
}

TEST_CASE("[S1.7] [R8] mode reply, the default: sent again only after a complete reply without the hash") {
  presence_node it(exact_times());
  discover_push_and_store(it);
  SUBCASE("no complete reply, no copy") {
    it.transport.otherwise(operation_kind::store_query).reply(wt::store_answer<wr::message>(300));
    REQUIRE(it.publish("hello"));
    it.clock.run_for(60s);
    CHECK(times_of(it, operation_kind::lightpush) == times{0s});
  }
  SUBCASE("a copy with each reply, not closer than the back-off, and none after the first positive one") {
    it.transport.expect(operation_kind::store_query).times(3);  // complete and empty at 3, 6 and 9 s
    it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    // At 3 s; at 6 s, 2 s or more after the last; not before 10 s, 4 s after the last.
    CHECK(times_of(it, operation_kind::lightpush) == times{0s, 3s, 6s, 10s});
    CHECK(times_of(it, operation_kind::store_query) == times{3s, 6s, 9s, 12s});
    CHECK(it.host.outcome_as<wr::confirmed>(*id) == wr::confirmed{wr::confirmed_by::store, 4, 12s});
  }
}

TEST_CASE("[S1.7] both modes stop at the first positive reply") {
  presence_node it(by_timer());
  discover_push_and_store(it);
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  REQUIRE(it.publish("hello"));
  it.clock.run_for(60s);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1s, 3s});
  CHECK(times_of(it, operation_kind::store_query) == times{3s});
}

TEST_CASE("[R7] bytes are sent again up to an age of 15 s; presence is asked until the deadline") {
  presence_node it(exact_times());
  discover_push_and_store(it);
  const auto id = it.publish("hello");
  it.clock.run_for(60s);
  const auto sent = times_of(it, operation_kind::lightpush);
  CHECK(sent.back() < 15s);
  CHECK(sent == times{0s, 3s, 6s, 10s});
  CHECK(times_of(it, operation_kind::store_query) == times{3s, 6s, 9s, 12s, 15s, 21s, 33s, 57s});
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
        wr::unconfirmed{wr::unconfirmed_why::deadline, peer(1)});
}

TEST_CASE("[R7] the age limit is a setting, and counts from the timestamp, not from publish()") {
  wr::options numbers = by_timer();
  SUBCASE("a shorter limit") {
    numbers.retransmit.resend_age_max = 5s;
    presence_node it(numbers);
    discover_push_and_store(it);
    REQUIRE(it.publish("hello"));
    it.clock.run_for(60s);
    CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1s, 3s});
  }
  SUBCASE("a message that was made 10 s ago") {
    presence_node it(numbers);
    discover_push_and_store(it);
    const wr::message old = it.make_message("hello");
    it.clock.run_for(10s);
    REQUIRE(it.node.publish(it.topic, old));
    it.clock.run_for(50s);
    CHECK(times_of(it, operation_kind::lightpush) == times{10s, 11s, 13s});
  }
  SUBCASE("a message that was made an hour ago leaves once") {
    presence_node it(numbers);
    discover_push_and_store(it);
    wr::message old = it.make_message("hello");
    old.timestamp -= wr::duration(1h).count();
    REQUIRE(it.node.publish(it.topic, old));
    it.clock.run_for(50s);
    CHECK(times_of(it, operation_kind::lightpush) == times{0s});
  }
}

TEST_CASE("[R7] bytes of unknown end that waited for a route until they were old are not sent") {
  presence_node it(exact_times());
  discover_push_and_store(it);
  it.transport.expect(operation_kind::lightpush).fail(transport_error::connection_lost);
  it.transport.otherwise(operation_kind::store_query).reply(wt::store_answer<wr::message>(503));
  const auto id = publish_unstamped(it, "hello");
  it.transport.sink().peer_left(peer(1));
  it.clock.run_for(16s);
  it.transport.sink().peer_appeared(peer(2), pushes_only);
  it.clock.run_for(30s);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
  it.clock.run_for(20s);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
        wr::unconfirmed{wr::unconfirmed_why::deadline, std::nullopt});
}

TEST_CASE("[L3.2] with no_retransmit each message leaves once, whatever comes back") {
  SUBCASE("refused") {
    wt::scripted_node<sent_once> it(exact_times());
    discover_push_and_store(it);
    it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(500));
    const auto id = it.publish("hello");
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::attempts_used_up});
    it.clock.run_for(60s);
    CHECK(it.transport.count(operation_kind::lightpush) == 1);
  }
  SUBCASE("lost on the way: its end is asked for until the deadline") {
    wt::scripted_node<sent_once> it(exact_times());
    discover_push_and_store(it);
    it.transport.expect(operation_kind::lightpush).fail(transport_error::timeout);
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    CHECK(it.transport.count(operation_kind::lightpush) == 1);
    CHECK(it.transport.count(operation_kind::store_query) == 8);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
          wr::unconfirmed{wr::unconfirmed_why::deadline, std::nullopt});
  }
  SUBCASE("accepted and absent from the store") {
    wt::scripted_node<sent_once> it(by_timer());
    discover_push_and_store(it);
    REQUIRE(it.publish("hello"));
    it.clock.run_for(60s);
    CHECK(it.transport.count(operation_kind::lightpush) == 1);
  }
}

TEST_CASE("[L3.4] a constant interval waits the same each time") {
  wr::options numbers = exact_times();
  numbers.retransmit.interval = 3s;
  wt::scripted_node<steady_resend> it(numbers);
  discover_push_and_store(it);
  it.transport.expect(operation_kind::lightpush).times(4).reply(wt::push_refused(500));
  const auto id = it.publish("hello");
  it.clock.run_for(60s);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 3s, 6s, 9s, 12s});
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
        wr::unconfirmed{wr::unconfirmed_why::not_asked, peer(1)});
}

TEST_CASE("[G2] [G9] by relay a message is given to the transport once, however many peers there are") {
  wt::scripted_node<two_ways> it(exact_times());
  it.transport.sink().relay_peers(it.topic, 50);
  discover_push_and_store(it);
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto id = it.publish("hello");
  it.clock.run_for(60s);
  CHECK(it.transport.count(operation_kind::relay_publish) == 1);
  CHECK(it.transport.count(operation_kind::lightpush) == 0);
  CHECK(it.transport.relay_topics() == std::vector<std::string>{std::string(it.topic)});
  CHECK(it.host.outcome_as<wr::confirmed>(*id) == wr::confirmed{wr::confirmed_by::store, 1, 3s});
}

TEST_CASE("[G9] without relay peers the message goes by lightpush, and by relay again when it has some") {
  wt::scripted_node<two_ways> it(exact_times());
  discover_push_and_store(it);
  REQUIRE(it.publish("first"));
  CHECK(it.transport.count(operation_kind::relay_publish) == 0);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
  it.transport.sink().relay_peers(it.topic, 3);
  it.settle();
  REQUIRE(it.publish("second"));
  CHECK(it.transport.count(operation_kind::relay_publish) == 1);
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
}

TEST_CASE("[G9] a relay that reached nobody is followed by lightpush at once, for that is no repetition") {
  wt::scripted_node<two_ways> it(exact_times());
  it.transport.sink().relay_peers(it.topic, 3);
  discover_push_and_store(it);
  SUBCASE("it says 0 peers") { it.transport.expect(operation_kind::relay_publish).reply(wr::relay_reply{0}); }
  SUBCASE("it could not be reached") {
    it.transport.expect(operation_kind::relay_publish).fail(transport_error::dial_failed);
  }
  SUBCASE("it threw") { it.transport.expect(operation_kind::relay_publish).raise(); }
  const auto id = it.publish("hello");
  CHECK(times_of(it, operation_kind::relay_publish) == times{0s});
  CHECK(times_of(it, operation_kind::lightpush) == times{0s});
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
  CHECK(it.host.propagations().size() == 1);
}

TEST_CASE("[G9] a relay whose end is unknown may have published: the message waits like after any loss") {
  wt::scripted_node<two_ways> it(exact_times());
  it.transport.sink().relay_peers(it.topic, 3);
  discover_push_and_store(it);
  it.transport.expect(operation_kind::relay_publish).fail(transport_error::timeout);
  const auto id = it.publish("hello");
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
  CHECK(it.host.propagations().empty());
  it.clock.run_for(1s);
  CHECK(times_of(it, operation_kind::relay_publish) == times{0s, 1s});
  CHECK(it.transport.count(operation_kind::lightpush) == 0);
}

TEST_CASE("[L3.4] a relay that reached nobody is asked again after 1 s where no lightpush node is known") {
  SUBCASE("with back-off") {
    wt::scripted_node<two_ways> it(exact_times());
    it.transport.sink().relay_peers(it.topic, 3);
    it.transport.otherwise(operation_kind::relay_publish).reply(wr::relay_reply{0});
    it.settle();
    REQUIRE(it.publish("hello"));
    it.clock.run_for(4s);
    CHECK(times_of(it, operation_kind::relay_publish) == times{0s, 1s, 3s});
  }
  SUBCASE("with no_retransmit not at all") {
    wt::scripted_node<two_ways_once> it(exact_times());
    it.transport.sink().relay_peers(it.topic, 3);
    it.transport.otherwise(operation_kind::relay_publish).reply(wr::relay_reply{0});
    it.settle();
    const auto id = it.publish("hello");
    it.clock.run_for(4s);
    CHECK(times_of(it, operation_kind::relay_publish) == times{0s});
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::attempts_used_up});
  }
  SUBCASE("with no_retransmit, the other route is still tried") {
    wt::scripted_node<two_ways_once> it(exact_times());
    it.transport.sink().relay_peers(it.topic, 3);
    discover_push_and_store(it);
    it.transport.otherwise(operation_kind::relay_publish).reply(wr::relay_reply{0});
    REQUIRE(it.publish("hello"));
    CHECK(it.transport.count(operation_kind::relay_publish) == 1);
    CHECK(it.transport.count(operation_kind::lightpush) == 1);
  }
}

TEST_CASE("messages that wait for a route leave in the order of publishing, when the first node appears") {
  presence_node it(exact_times());
  std::vector<std::string> texts;
  for (char letter = 'a'; letter <= 'j'; ++letter) {
    texts.emplace_back(1, letter);
    REQUIRE(it.publish(texts.back()));
  }
  it.clock.run_for(5s);
  CHECK(it.transport.requests().empty());
  it.transport.sink().peer_appeared(peer(1), pushes_only);
  it.settle();
  std::vector<std::string> sent;
  for (const request* each : it.transport.requests(operation_kind::lightpush)) {
    sent.emplace_back(1, static_cast<char>(each->message->payload[0]));
  }
  CHECK(sent == texts);
}

TEST_CASE("[L2.1] a message that waited leaves for as many nodes as are wanted if they come together") {
  wt::scripted_node<presence_client> it(exact_times());
  REQUIRE(it.publish("hello"));
  it.clock.run_for(5s);
  discover(it, 5, pushes_only);
  CHECK(times_of(it, operation_kind::lightpush) == times{5s});
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
  CHECK(it.node.observer().count<wr::notice::degraded>() == 0);
}

TEST_CASE("hedged: the next node is tried only while no reply has come, half a second apart") {
  wr::options numbers = exact_times();
  numbers.redundancy.publish_targets = 3;
  wt::scripted_node<hedging> it(numbers);
  discover(it, 5, pushes_only);
  SUBCASE("a quick first answer is all it takes") {
    it.transport.expect(operation_kind::lightpush).after(499ms).reply(wt::push_accepted());
    const auto id = it.publish("hello");
    it.clock.run_for(20s);
    CHECK(times_of(it, operation_kind::lightpush) == times{0s});
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_asked);
  }
  SUBCASE("a slow one is helped out by the second") {
    it.transport.expect(operation_kind::lightpush).after(5s).reply(wt::push_accepted());
    it.transport.expect(operation_kind::lightpush).after(100ms).reply(wt::push_accepted());
    const auto id = it.publish("hello");
    it.clock.run_for(20s);
    CHECK(times_of(it, operation_kind::lightpush) == times{0s, 500ms});
    CHECK(it.host.outcomes()[0].at.steady - it.transport.requests()[1].at.steady == 100ms);
    CHECK(it.host.outcomes_of(*id).size() == 1);
  }
  SUBCASE("at most so many nodes as are targets, each another") {
    it.transport.otherwise(operation_kind::lightpush).hold();
    REQUIRE(it.publish("hello"));
    it.clock.run_for(9s);
    CHECK(times_of(it, operation_kind::lightpush) == times{0s, 500ms, 1s});
    const auto peers = peers_of(it.transport, operation_kind::lightpush);
    CHECK(std::set<wr::peer_id>(peers.begin(), peers.end()).size() == 3);
  }
  SUBCASE("a failure brings the next one at once") {
    it.transport.expect(operation_kind::lightpush).after(100ms).reply(wt::push_refused(500));
    it.transport.expect(operation_kind::lightpush).after(100ms).reply(wt::push_refused(400));
    const auto id = it.publish("hello");
    it.clock.run_for(20s);
    CHECK(times_of(it, operation_kind::lightpush) == times{0s, 100ms, 200ms});
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_asked);
  }
  SUBCASE("a round that failed altogether is followed by another after the back-off") {
    it.transport.expect(operation_kind::lightpush).times(3).reply(wt::push_refused(500));
    const auto id = it.publish("hello");
    it.clock.run_for(20s);
    CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1s});
    CHECK(it.transport.count(operation_kind::lightpush) == 4);
    CHECK(it.host.outcomes_of(*id).size() == 1);
  }
}

TEST_CASE("hedged: with too few nodes the round ends with those there are") {
  wr::options numbers = exact_times();
  numbers.redundancy.publish_targets = 3;
  wt::scripted_node<hedging> it(numbers);
  discover(it, 1, pushes_only);
  it.transport.expect(operation_kind::lightpush).after(700ms).reply(wt::push_refused(500));
  REQUIRE(it.publish("hello"));
  it.clock.run_for(2s);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1700ms});
}

TEST_CASE("the budget never holds the first copy back, only further copies and retransmissions") {
  wr::options numbers = exact_times();
  numbers.budget = {.bytes_per_second = 1e9, .bytes_burst = 1e9, .requests_per_second = 0.1,
                    .requests_burst = 1};
  wt::scripted_node<budgeted> it(numbers);
  discover(it, 4, pushes_only);
  it.transport.sink().peer_appeared(peer(101), filters_only);
  it.settle();
  REQUIRE(it.publish("first"));   // two copies: the second one takes the only token
  REQUIRE(it.publish("second"));  // one copy
  CHECK(it.transport.count(operation_kind::lightpush) == 3);
  CHECK(publish_many(it, 10).size() == 10);
  CHECK(it.transport.count(operation_kind::lightpush) == 13);
  CHECK(it.node.observer().count<wr::notice::budget_exhausted>() == 11);
  // A token each 10 s: one retransmission of all twelve messages until then.
  it.clock.run_for(9s);
  CHECK(it.transport.count(operation_kind::lightpush) == 13);
  it.clock.run_for(2s);
  CHECK(it.transport.count(operation_kind::lightpush) == 14);
}

TEST_CASE("[L4.6] a wait for the budget is no round without an echo") {
  wr::options numbers = exact_times();
  numbers.redundancy.publish_targets = 1;
  numbers.confirmation.echo_rounds_max = 3;
  numbers.budget = {.bytes_per_second = 1e9, .bytes_burst = 1e9, .requests_per_second = 0.2,
                    .requests_burst = 1};
  wt::scripted_node<budgeted> it(numbers);
  discover(it, 2, pushes_only);
  it.transport.sink().peer_appeared(peer(101), filters_only);
  it.settle();
  const auto id = it.publish("hello");
  it.clock.run_for(60s);
  // At 1 s with the token of the burst; the next one comes at 6 s, the third round ends 4 s later.
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1s, 6s});
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::no_echo);
  CHECK(it.host.outcomes()[0].at.steady - it.transport.requests()[0].at.steady == 10s);
}

}  // namespace transmission_tests
