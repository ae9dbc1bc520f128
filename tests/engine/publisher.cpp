// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/publisher.hpp>

#include <doctest/doctest.h>

#include <string>

#include <engine/publishing.hpp>

namespace publisher_tests {

using namespace publishing;
using wr::errc;
using wr::transport_error;

namespace {

using presence_node = wt::scripted_node<presence_client>;
using accepted_node = wt::scripted_node<accepted_client>;

struct mute : wr::policies<wr::publish_nothing, wr::filter_only, wr::no_recovery, wr::accepted_is_enough> {};
struct relayed : wr::policies<wr::relay_only, wr::receive_nothing, wr::no_recovery, wr::accepted_is_enough,
                              notice_log> {};
struct listening : wr::policies<wr::lightpush_only, wr::filter_only, wr::no_recovery, wr::store_presence,
                                notice_log> {};

// Nodes 1 and 2 take pushes, 11 is a filter node, 21 and 22 are stores.
template <class Node>
void discover_apart(Node& it) {
  for (const std::uint32_t number : {1U, 2U}) it.transport.sink().peer_appeared(peer(number), pushes_only);
  it.transport.sink().peer_appeared(peer(11), filters_only);
  for (const std::uint32_t number : {21U, 22U}) it.transport.sink().peer_appeared(peer(number), stores_only);
  it.settle();
}
template <class Node>
wr::message sized(const Node& it, std::size_t encoded) {
  wr::message made = it.make_message("");
  made.timestamp = 0;
  const std::size_t rest = wr::message_traits<wr::message>::encoded_size(made);
  REQUIRE(encoded > rest);
  made.payload.resize(encoded - rest);
  return made;
}

}  // namespace

TEST_CASE("[S1.1] [S3.2] a fresh publication is unacknowledged, also when lightpush said 200") {
  presence_node it(exact_times());
  discover_apart(it);
  it.transport.otherwise(operation_kind::lightpush).after(1s).reply(wt::push_accepted());
  const auto id = it.node.publish(it.topic, it.make_message("hello"));
  REQUIRE(id);
  REQUIRE(it.node.status(*id));  // pending, and so without any acknowledgement
  CHECK(it.node.status(*id)->phase == wr::request_phase::sending);
  it.clock.run_for(1s);
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
  CHECK(it.node.status(*id)->transmissions == 1);
  CHECK(it.host.propagations().size() == 1);
  CHECK(it.host.outcomes().empty());
  it.clock.run_for(30s);
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
  CHECK(it.host.outcomes().empty());
}

TEST_CASE("a status tells the phase, the transmissions and the hash, and nothing after the outcome") {
  presence_node it(exact_times());
  const auto id = it.publish("hello");
  CHECK(it.node.status(*id)->phase == wr::request_phase::waiting);
  CHECK(it.node.status(*id)->transmissions == 0);
  CHECK(it.node.status(*id)->hash == it.hash_of(it.make_message("hello")));
  CHECK_FALSE(it.node.status(static_cast<wr::request_id>(0)));
  it.transport.otherwise(operation_kind::lightpush).reply(wt::push_refused(500));
  discover_apart(it);
  it.clock.run_for(1s);
  CHECK(it.node.status(*id)->phase == wr::request_phase::sending);
  CHECK(it.node.status(*id)->transmissions == 2);
  it.clock.run_for(59s);
  CHECK(it.host.outcomes_of(*id).size() == 1);
  CHECK_FALSE(it.node.status(*id));
}

TEST_CASE("the first acceptance is told once as propagated, before the outcome, with request and hash") {
  wr::options numbers = exact_times();
  numbers.retransmit.loss = wr::retransmit_on::timer;
  presence_node it(numbers);
  discover_apart(it);
  const auto id = it.publish("hello");
  const auto hash = it.node.status(*id)->hash;
  it.clock.run_for(60s);
  CHECK(it.transport.count(operation_kind::lightpush) == 8);  // all accepted
  REQUIRE(it.host.propagations().size() == 1);
  CHECK(it.host.propagations()[0].what.request == *id);
  CHECK(it.host.propagations()[0].what.hash == hash);
  CHECK(it.host.outcomes()[0].what.hash == hash);
}

TEST_CASE("[R34] what cannot be published is refused with its reason, and nothing of it is kept") {
  wr::options numbers;
  numbers.publish.message_bytes_max = 1'000;
  presence_node it(numbers);
  discover_apart(it);
  const auto refusal = [&](std::string_view topic, const wr::message& what) {
    const auto answer = it.node.publish(topic, what);
    REQUIRE_FALSE(answer);
    return answer.error();
  };
  CHECK(refusal("", it.make_message("hello")) == errc::empty_topic);
  CHECK(refusal(it.topic, it.make_message("hello", "")) == errc::empty_topic);
  CHECK(refusal(it.topic, it.make_message("")) == errc::empty_payload);
  wr::message long_meta = it.make_message("hello");
  long_meta.meta.resize(65);
  CHECK(refusal(it.topic, long_meta) == errc::meta_too_long);
  CHECK(refusal(it.topic, sized(it, 1'001)) == errc::message_too_large);
  it.clock.run_for(60s);
  CHECK(it.transport.requests().empty());
  CHECK(it.host.outcomes().empty());
  CHECK(it.node.pending() == 0);

  CHECK(it.node.publish(it.topic, sized(it, 1'000)));
  long_meta.meta.resize(64);
  CHECK(it.node.publish(it.topic, long_meta));
}

TEST_CASE("a message without payload can be allowed") {
  wr::options numbers;
  numbers.publish.allow_empty_payload = true;
  presence_node it(numbers);
  CHECK(it.node.publish(it.topic, it.make_message("")));
}

TEST_CASE("policies that publish nothing refuse to") {
  wt::scripted_node<mute> it;
  CHECK(it.node.publish(it.topic, it.make_message("hello")).error() == errc::no_publish_route);
}

TEST_CASE("[R35] the default limit of a message is 150 KiB encoded") {
  presence_node it;
  CHECK(it.node.publish(it.topic, sized(it, 153'600)));
  CHECK(it.node.publish(it.topic, sized(it, 153'601)).error() == errc::message_too_large);
}

TEST_CASE("[R17] [S1.3] a buffer that holds as many messages as are set refuses the next; nothing vanishes") {
  wr::options numbers = exact_times();
  numbers.outgoing.messages_max = 3;
  presence_node it(numbers);
  discover_apart(it);
  const auto ids = publish_many(it, 3);
  REQUIRE(ids.size() == 3);
  CHECK(it.node.publish(it.topic, sized(it, 200)).error() == errc::buffer_full);
  CHECK(it.host.outcomes().empty());
  CHECK(it.node.pending() == 3);
  it.clock.run_for(3s);
  CHECK(it.transport.last(operation_kind::store_query).hashes.size() == 3);
  REQUIRE(it.node.cancel(ids[1]));
  CHECK(it.node.publish(it.topic, sized(it, 200)));
  CHECK(it.node.publish(it.topic, sized(it, 200)).error() == errc::buffer_full);
}

TEST_CASE("[R17] the buffer is bounded by bytes too") {
  wr::options numbers = exact_times();
  numbers.outgoing.bytes_max = 10'000;
  numbers.publish.message_bytes_max = 10'000;
  presence_node it(numbers);
  CHECK(it.node.publish(it.topic, sized(it, 6'000)));
  CHECK(it.node.publish(it.topic, sized(it, 4'001)).error() == errc::buffer_full);
  CHECK(it.node.publish(it.topic, sized(it, 4'000)));
  CHECK(it.node.publish(it.topic, sized(it, 100)).error() == errc::buffer_full);
  CHECK(it.node.pending() == 2);
}

TEST_CASE("[R17] evict_oldest: the oldest leaves with its verdict, by what became of it so far") {
  wr::options numbers = exact_times();
  numbers.outgoing.messages_max = 3;
  numbers.outgoing.full = wr::when_full::evict_oldest;
  presence_node it(numbers);
  discover_apart(it);
  const auto accepted = it.publish("accepted");
  it.transport.otherwise(operation_kind::lightpush).hold();
  const auto in_flight = it.publish("in flight");
  answer_pushes(it, wt::push_refused(500));
  const auto refused = it.publish("refused");
  it.transport.otherwise(operation_kind::lightpush).hold();

  const auto fourth = it.publish("fourth");
  REQUIRE(fourth);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*accepted)->why == wr::unconfirmed_why::evicted);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*accepted)->accepted_by);
  CHECK(it.transport.cancels().empty());

  const auto fifth = it.publish("fifth");
  REQUIRE(fifth);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*in_flight) ==
        wr::unconfirmed{wr::unconfirmed_why::evicted, std::nullopt});
  CHECK(it.transport.cancels().size() == 2);

  const auto sixth = it.publish("sixth");
  REQUIRE(sixth);
  CHECK(it.host.outcome_as<wr::failed>(*refused) == wr::failed{wr::failed_why::evicted});
  CHECK(it.host.outcomes().size() == 3);
  CHECK(it.node.pending() == 3);
  for (const auto& kept : {fourth, fifth, sixth}) CHECK(it.node.status(*kept));
}

TEST_CASE("[R17] evict_oldest by bytes: as many of the oldest leave as it takes, and never for nothing") {
  wr::options numbers = exact_times();
  numbers.outgoing.bytes_max = 1'000;
  numbers.publish.message_bytes_max = 1'000;
  numbers.outgoing.full = wr::when_full::evict_oldest;
  presence_node it(numbers);
  std::vector<wr::request_id> ids;
  for (int count = 0; count < 3; ++count) ids.push_back(*it.node.publish(it.topic, sized(it, 300)));
  CHECK(it.node.publish(it.topic, sized(it, 500)));
  it.settle();
  CHECK(it.host.outcomes().size() == 2);
  CHECK(it.host.outcome_as<wr::failed>(ids[0]) == wr::failed{wr::failed_why::evicted});
  CHECK(it.host.outcome_as<wr::failed>(ids[1]) == wr::failed{wr::failed_why::evicted});
  CHECK(it.node.status(ids[2]));
}

TEST_CASE("[R17] while ended messages are still lent to the transport, none is evicted in vain") {
  wr::options numbers = exact_times();
  numbers.outgoing.messages_max = 1;
  numbers.outgoing.full = wr::when_full::evict_oldest;
  accepted_node it(numbers);
  discover_apart(it);
  it.transport.expect(operation_kind::lightpush);  // ends the first message; its other copy stays under way
  it.transport.otherwise(operation_kind::lightpush).hold();
  REQUIRE(it.publish("ended, and lent"));
  CHECK(it.host.outcomes().size() == 1);
  const auto second = it.publish("second");
  REQUIRE(second);
  const auto third = it.publish("third");
  const bool evicted = it.host.outcome_as<wr::unconfirmed>(*second) ==
                       wr::unconfirmed{wr::unconfirmed_why::evicted, std::nullopt};
  CHECK(evicted == third.has_value());
  CHECK(evicted != it.node.status(*second).has_value());
}

TEST_CASE("[R1] [R35] 60 s after publish() the deadline gives the outcome, by what is known") {
  presence_node it(exact_times());
  SUBCASE("there was nobody to hand it to") {
    const auto id = publish_unstamped(it, "hello");
    it.clock.run_for(60s - 1ns);
    CHECK(it.host.outcomes().empty());
    it.clock.run_for(1ns);
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::no_route});
    CHECK_FALSE(it.host.outcomes()[0].what.hash);
  }
  SUBCASE("every attempt was refused") {
    discover_apart(it);
    answer_pushes(it, wt::push_refused(500));
    const auto id = publish_unstamped(it, "hello");
    it.clock.run_for(60s);
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::deadline});
  }
  SUBCASE("a node accepted it") {
    discover_apart(it);
    const auto id = it.publish("hello");
    const auto first_accepted = it.transport.requests()[0].peer;
    it.clock.run_for(60s);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
          wr::unconfirmed{wr::unconfirmed_why::deadline, first_accepted});
  }
  SUBCASE("an attempt is still under way") {
    discover_apart(it);
    answer_pushes(it, wt::push_refused(500));
    const auto id = publish_unstamped(it, "hello");
    it.clock.run_for(54s);
    it.transport.otherwise(operation_kind::lightpush).hold();
    it.clock.run_for(5s);  // the tenth transmission left at 55 s
    const std::size_t open = it.transport.open_requests();
    CHECK(open > 0);
    it.clock.run_for(1s);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
          wr::unconfirmed{wr::unconfirmed_why::deadline, std::nullopt});
    CHECK(it.transport.cancels().size() == open);
    CHECK(it.node.operations() == 0);
  }
}

TEST_CASE("[R35] the deadline is a setting, and waiting counts") {
  wr::options numbers = exact_times();
  numbers.confirmation.deadline = 20s;
  presence_node it(numbers);
  const auto id = publish_unstamped(it, "hello");
  it.clock.run_for(19s);
  discover_apart(it);
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
  it.clock.run_for(1s);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
}

TEST_CASE("[R35] the defaults of publishing") {
  const wr::options numbers;
  CHECK(wr::validate(numbers).empty());
  CHECK(numbers.timeout.push == 10s);
  CHECK(numbers.timeout.subscribe == 10s);
  CHECK(numbers.timeout.ping == 5s);
  CHECK(numbers.timeout.store == 20s);
  CHECK(numbers.confirmation.settling == 3s);
  CHECK(numbers.confirmation.early_interval == 3s);
  CHECK(numbers.confirmation.growth == 2.0);
  CHECK(numbers.confirmation.longest_interval == 60s);
  CHECK(numbers.confirmation.deadline == 60s);
  CHECK(numbers.confirmation.negative_replies_max == 0);
  CHECK(numbers.confirmation.echo_rounds_max == 0);
  CHECK(numbers.confirmation.echoes == 1);
  CHECK(numbers.confirmation.hashes_per_query == 50);
  CHECK(numbers.retransmit.attempts_max == 0);
  CHECK(numbers.retransmit.loss == wr::retransmit_on::reply);
  CHECK(numbers.retransmit.resend_age_max == 15s);
  CHECK(numbers.retransmit.backoff.first == 1s);
  CHECK(numbers.retransmit.backoff.factor == 2.0);
  CHECK(numbers.retransmit.backoff.cap == 8s);
  CHECK(numbers.retransmit.backoff.jitter == 0.25);
  CHECK(numbers.redundancy.publish_targets == 2);
  CHECK(numbers.outgoing.messages_max == 1'024);
  CHECK(numbers.outgoing.bytes_max == 16U * 1'024 * 1'024);
  CHECK(numbers.outgoing.full == wr::when_full::refuse);
  CHECK_FALSE(numbers.pool.disconnect);
  CHECK_FALSE(numbers.publish.deliver_own);
}

TEST_CASE("[R15] an ephemeral message is never looked for in a store") {
  presence_node it(exact_times());
  discover_apart(it);
  wr::message fleeting = it.make_message("hello");
  fleeting.ephemeral = true;
  SUBCASE("accepted: propagated, and unconfirmed at once") {
    const auto id = it.node.publish(it.topic, fleeting);
    it.settle();
    CHECK(it.host.propagations().size() == 1);
    REQUIRE(it.host.outcome_as<wr::unconfirmed>(*id));
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::ephemeral);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->accepted_by);
  }
  SUBCASE("its end stayed unknown until the bytes were too old") {
    fail_pushes(it, transport_error::connection_lost);
    const auto id = it.node.publish(it.topic, fleeting);
    it.clock.run_for(16s);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
          wr::unconfirmed{wr::unconfirmed_why::too_old, std::nullopt});
  }
  SUBCASE("refused") {
    answer_pushes(it, wt::push_refused(400));
    const auto id = it.node.publish(it.topic, fleeting);
    it.settle();
    CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::refused});
  }
  it.clock.run_for(60s);
  CHECK(it.transport.count(operation_kind::store_query) == 0);
  CHECK(it.host.outcomes().size() == 1);
}

TEST_CASE("[R15] beside a lasting message an ephemeral one stays out of its queries") {
  presence_node it(exact_times());
  discover_apart(it);
  it.transport.otherwise(operation_kind::lightpush).fail(transport_error::timeout);
  wr::message fleeting = it.make_message("fleeting");
  fleeting.ephemeral = true;
  REQUIRE(it.node.publish(it.topic, fleeting));
  const auto lasting = it.publish("lasting");
  it.clock.run_for(20s);
  CHECK(it.transport.count(operation_kind::store_query) > 2);
  for (const request* each : it.transport.requests(operation_kind::store_query)) {
    CHECK(each->hashes == std::vector<wr::message_hash>{*it.node.status(*lasting)->hash});
  }
}

TEST_CASE("with accepted_is_enough the first acceptance is the end, and says what it is worth") {
  accepted_node it(exact_times());
  discover_apart(it);
  const auto id = it.publish("hello");
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_asked);
  CHECK(it.host.propagations().size() == 1);
  it.clock.run_for(60s);
  CHECK(it.transport.requests().size() == 2);
}

TEST_CASE("by relay an acceptance names no node") {
  wt::scripted_node<relayed> it(exact_times());
  it.transport.sink().relay_peers(it.topic, 4);
  it.settle();
  const auto id = it.publish("hello");
  CHECK(it.transport.count(operation_kind::relay_publish) == 1);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
        wr::unconfirmed{wr::unconfirmed_why::not_asked, std::nullopt});
}

TEST_CASE("[R13] own messages come back to the application only on request, once, and never as missing") {
  for (const bool wanted : {false, true}) {
    CAPTURE(wanted);
    wr::options numbers = exact_times();
    numbers.publish.deliver_own = wanted;
    wt::scripted_node<listening> it(numbers);
    discover_apart(it);
    REQUIRE(it.subscribe());
    const auto id = it.publish("hello");
    const wr::message sent = *it.transport.last(operation_kind::lightpush).message;
    it.transport.sink().filter_push(peer(11), it.topic, sent);
    it.transport.sink().filter_push(peer(11), it.topic, sent);
    it.clock.run_for(10s);
    CHECK(it.host.deliveries_of(it.hash_of(sent)) == (wanted ? 1 : 0));
    if (wanted) {
      CHECK(it.host.deliveries()[0].what.by == wr::delivered_by::own);
      CHECK(it.host.deliveries()[0].what.message == sent);
    }
    CHECK(it.node.status(*id));
    // Not on a topic that the application did not subscribe to.
    REQUIRE(it.node.publish(it.topic, it.make_message("elsewhere", "/other/1/topic/proto")));
    it.settle();
    CHECK(it.host.deliveries().size() == (wanted ? 1 : 0));
  }
}

TEST_CASE("request ids are never used again") {
  wr::options numbers;
  numbers.outgoing.messages_max = 2;
  accepted_node it(numbers);
  discover_apart(it);
  std::set<wr::request_id> ids;
  for (int round = 0; round < 200; ++round) {
    const auto id = publish_unstamped(it, "hello");
    REQUIRE(id);
    CHECK(ids.insert(*id).second);
  }
  CHECK(it.host.outcomes().size() == 200);
}

TEST_CASE("a snapshot is asked for when a message is accepted and when it ends") {
  presence_node it(exact_times());
  discover_apart(it);
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const std::size_t before = it.host.persists();
  REQUIRE(it.publish("hello"));
  const std::size_t accepted = it.host.persists();
  CHECK(accepted > before);
  it.clock.run_for(3s);
  CHECK(it.host.outcomes().size() == 1);
  CHECK(it.host.persists() > accepted);
}

}  // namespace publisher_tests
