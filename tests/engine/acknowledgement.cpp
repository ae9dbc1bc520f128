// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/acknowledgement.hpp>

#include <doctest/doctest.h>

#include <algorithm>

#include <engine/publishing.hpp>

namespace acknowledgement_tests {

using namespace publishing;
using wr::transport_error;
using times = std::vector<wr::duration>;

namespace {

using echo_node = wt::scripted_node<echo_client>;
using presence_node = wt::scripted_node<presence_client>;

struct both_witnesses : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::single, wr::no_recovery,
                                     wr::k_of_n<2, wr::store_presence, wr::filter_echo>, notice_log> {};
struct either_witness : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::single, wr::no_recovery,
                                     wr::k_of_n<1, wr::store_presence, wr::filter_echo>, notice_log> {};
struct two_stores : wr::store_presence {
  [[nodiscard]] constexpr bool enough(const wr::evidence& seen, const wr::confirmation_options&) const {
    return seen.stores >= 2;
  }
};
struct two_store_client : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::single, wr::no_recovery,
                                       two_stores, notice_log> {};

// Nodes 1 and 2 take pushes, 11 and 12 are filter nodes, 21 and 22 are stores.
template <class Node>
void discover_apart(Node& it) {
  for (const std::uint32_t number : {1U, 2U}) it.transport.sink().peer_appeared(peer(number), pushes_only);
  for (const std::uint32_t number : {11U, 12U}) it.transport.sink().peer_appeared(peer(number), filters_only);
  for (const std::uint32_t number : {21U, 22U}) it.transport.sink().peer_appeared(peer(number), stores_only);
  it.settle();
}
template <class Node>
const wr::message& pushed_message(const Node& it) {
  return *it.transport.last(operation_kind::lightpush).message;
}
template <class Node>
void echo(Node& it, std::uint32_t from, const wr::message& what) {
  it.transport.sink().filter_push(peer(from), it.topic, what);
  it.settle();
}
template <class Node>
void echo(Node& it, std::uint32_t from) {
  echo(it, from, pushed_message(it));
}

}  // namespace

TEST_CASE("[L4.3] [L4.5] without an echo the message is sent again 1, 2 and 4 s later, also when accepted") {
  echo_node it(exact_times());
  discover_apart(it);
  const auto id = it.publish("hello");
  it.clock.run_for(60s);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1s, 3s, 7s});
  CHECK(it.transport.count(operation_kind::lightpush) == 8);
  CHECK(it.transport.count(operation_kind::store_query) == 0);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
}

TEST_CASE("[L4.1] [L4.4] [R24] the first echo since the first transmission confirms and ends resending") {
  for (const int round : {1, 2, 3}) {
    CAPTURE(round);
    echo_node it(exact_times());
    discover_apart(it);
    const auto id = it.publish("hello");
    const wr::message sent = pushed_message(it);
    const wr::duration wait = round == 1 ? 100ms : round == 2 ? 1500ms : 4s;
    it.clock.run_for(wait);
    echo(it, 11, sent);
    REQUIRE(it.host.outcomes().size() == 1);
    CHECK(it.host.outcome_as<wr::confirmed>(*id) ==
          wr::confirmed{wr::confirmed_by::echo, static_cast<std::uint32_t>(round), wait});
    const std::size_t before = it.transport.count(operation_kind::lightpush);
    it.clock.run_for(60s);
    CHECK(it.transport.count(operation_kind::lightpush) == before);
    CHECK(it.host.outcomes().size() == 1);
    CHECK(it.host.deliveries().empty());
  }
}

TEST_CASE("[L4.1] who is to echo a first message is subscribed at before it leaves") {
  echo_node it(exact_times());
  discover_apart(it);
  REQUIRE(it.publish("hello"));
  const auto& requests = it.transport.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[0].kind == operation_kind::filter_subscribe);
  CHECK(requests[1].kind == operation_kind::filter_subscribe);
  CHECK(requests[2].kind == operation_kind::lightpush);
  CHECK(requests[3].kind == operation_kind::lightpush);
  CHECK(requests[0].at == requests[3].at);
}

TEST_CASE("[L4.6] so many rounds without an echo as are allowed give one outcome, also when bytes grow old") {
  for (std::uint32_t limit = 1; limit <= 4; ++limit) {
    CAPTURE(limit);
    wr::options numbers = exact_times();
    numbers.confirmation.echo_rounds_max = limit;
    echo_node it(numbers);
    discover_apart(it);
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    const times ends{1s, 3s, 7s, 15s};
    CHECK(times_of(it, operation_kind::lightpush).size() == limit);
    REQUIRE(it.host.outcomes().size() == 1);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::no_echo);
    CHECK(it.host.outcomes()[0].at.steady - it.transport.requests()[0].at.steady == ends[limit - 1]);
  }
}

TEST_CASE("[L4.6] more rounds than the age of the bytes allows end with the deadline") {
  wr::options numbers = exact_times();
  numbers.confirmation.echo_rounds_max = 5;
  echo_node it(numbers);
  discover_apart(it);
  const auto id = it.publish("hello");
  it.clock.run_for(60s);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1s, 3s, 7s});
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
}

TEST_CASE("[L4.4] as many different nodes as are set must show the message") {
  wr::options numbers = exact_times();
  numbers.confirmation.echoes = 2;
  echo_node it(numbers);
  discover_apart(it);
  const auto id = it.publish("hello");
  echo(it, 11);
  echo(it, 11);
  CHECK(it.host.outcomes().empty());
  echo(it, 12);
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->by == wr::confirmed_by::echo);
}

TEST_CASE("an echo of other bytes confirms nothing") {
  echo_node it(exact_times());
  discover_apart(it);
  REQUIRE(it.publish("hello"));
  wr::message other = pushed_message(it);
  ++other.timestamp;
  echo(it, 11, other);
  other = pushed_message(it);
  other.content_topic = "/other/1/topic/proto";
  echo(it, 11, other);
  it.transport.sink().filter_push(peer(11), "/waku/2/rs/1/7", pushed_message(it));
  it.settle();
  CHECK(it.host.outcomes().empty());
  CHECK(it.node.observer().count<wr::notice::unsolicited_push>() == 2);
}

TEST_CASE("[L4.2] [R24] an echo from a node that was pushed to counts only where no other node is") {
  SUBCASE("another one is: it is ignored") {
    echo_node it(exact_times());
    discover(it, 3);
    const auto id = it.publish("hello");
    const auto pushed = peers_of(it.transport, operation_kind::lightpush);
    for (const wr::peer_id each : pushed) {
      it.transport.sink().filter_push(each, it.topic, pushed_message(it));
    }
    it.settle();
    CHECK(it.host.outcomes().empty());
    for (std::uint32_t number = 1; number <= 3; ++number) {
      if (peer(number) != pushed[0] && peer(number) != pushed[1]) echo(it, number);
    }
    CHECK(it.host.outcome_as<wr::confirmed>(*id));
    CHECK(it.node.observer().count<wr::notice::degraded>() == 0);
  }
  SUBCASE("none is: it counts, and the observer is told") {
    echo_node it(exact_times());
    discover(it, 2);
    const auto id = it.publish("hello");
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
    CHECK(it.transport.count(operation_kind::filter_subscribe) == 2);
    echo(it, 1);
    CHECK(it.host.outcome_as<wr::confirmed>(*id));
    const auto told = it.node.observer().all<wr::notice::degraded>();
    REQUIRE(told.size() == 1);
    CHECK(told[0].of == wr::service::filter);
  }
}

TEST_CASE("[R21] after an echo no peers is a false alarm: no charge, also when it is the only answer") {
  // The relay was faster than the reply: first the echo, then "no peers" from the node that relayed it.
  wr::options numbers = exact_times();
  SUBCASE("the echo confirms") { numbers.confirmation.echoes = 1; }
  SUBCASE("the echo is the first of two") { numbers.confirmation.echoes = 2; }
  echo_node it(numbers);
  discover_apart(it);
  it.transport.otherwise(operation_kind::lightpush).hold();
  const auto id = it.publish("hello");
  const auto pushes = it.transport.requests(operation_kind::lightpush);
  it.clock.run_for(50ms);
  echo(it, 11);
  it.transport.answer(pushes[0]->operation, wt::push_refused(505));
  it.transport.answer(pushes[1]->operation, wt::push_refused(503));
  it.settle();
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
  CHECK(it.node.observer().count<wr::notice::neutral_answer>() == 2);
  CHECK(it.host.outcomes_of(*id).size() == (numbers.confirmation.echoes == 1 ? 1 : 0));
  CHECK_FALSE(it.host.outcome_as<wr::failed>(*id));
  it.clock.run_for(60s);
  CHECK_FALSE(it.host.outcome_as<wr::failed>(*id));
  CHECK(hashes_sent(it.transport).size() == 1);
}

TEST_CASE("what an echo has shown does not fail, though every node that was pushed to refused it") {
  wr::options numbers = exact_times();
  numbers.confirmation.echoes = 2;
  echo_node it(numbers);
  discover_apart(it);
  answer_pushes(it, wt::push_refused(500));
  const auto id = publish_unstamped(it, "hello");
  echo(it, 11);
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
  it.clock.run_for(60s);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id) ==
        wr::unconfirmed{wr::unconfirmed_why::deadline, std::nullopt});
}

TEST_CASE("[R15] an ephemeral message can be confirmed by an echo") {
  echo_node it(exact_times());
  discover_apart(it);
  wr::message fleeting = it.make_message("hello");
  fleeting.ephemeral = true;
  const auto id = it.node.publish(it.topic, fleeting);
  it.clock.run_for(1500ms);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 1s});
  echo(it, 11);
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->by == wr::confirmed_by::echo);
}

TEST_CASE("[R6] [S1.5] one store that holds the message is enough") {
  presence_node it(exact_times());
  discover_apart(it);
  it.transport.expect(operation_kind::store_query);  // a complete reply without it
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto id = it.publish("hello");
  it.clock.run_for(6s);
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->by == wr::confirmed_by::store);
}

TEST_CASE("a store counts once, however often it lists the message") {
  wt::scripted_node<two_store_client> it(exact_times());
  discover_apart(it);
  SUBCASE("the other one lacks it") {
    it.transport.otherwise(operation_kind::store_query).at(peer(21)).answer_with(store_with_all());
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    const auto asked = peers_of(it.transport, operation_kind::store_query);
    CHECK(std::count(asked.begin(), asked.end(), peer(21)) >= 2);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
  }
  SUBCASE("the other one has it too") {
    it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    CHECK(it.host.outcome_as<wr::confirmed>(*id));
  }
}

TEST_CASE("[R6] a store that lacks the message changes nothing once another had it") {
  wr::options numbers = exact_times();
  numbers.confirmation.negative_replies_max = 1;
  wt::scripted_node<both_witnesses> it(numbers);
  discover_apart(it);
  it.transport.expect(operation_kind::store_query).answer_with(store_with_all());
  const auto id = it.publish("hello");
  it.clock.run_for(3500ms);
  const std::size_t sent = it.transport.count(operation_kind::lightpush);
  it.clock.run_for(20s);  // every later reply is complete and lacks it
  CHECK(it.transport.count(operation_kind::store_query) > 2);
  CHECK(it.host.outcomes().empty());
  CHECK(it.transport.count(operation_kind::lightpush) <= sent + 2);  // the echo's own rounds at 3 and 7 s
  echo(it, 11);
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->by == wr::confirmed_by::store_and_echo);
}

TEST_CASE("[L4.2] a store that was handed the message counts only where no other store can be asked") {
  SUBCASE("another one can: that one is asked") {
    presence_node it(exact_times());
    discover(it, 3);
    it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
    const auto id = it.publish("hello");
    it.clock.run_for(3s);
    const auto pushed = peers_of(it.transport, operation_kind::lightpush);
    const auto asked = peers_of(it.transport, operation_kind::store_query);
    REQUIRE(asked.size() == 1);
    CHECK(std::find(pushed.begin(), pushed.end(), asked[0]) == pushed.end());
    CHECK(it.host.outcome_as<wr::confirmed>(*id));
    CHECK(it.node.observer().count<wr::notice::degraded>() == 0);
  }
  SUBCASE("none can: it counts, and the observer is told") {
    presence_node it(exact_times());
    discover(it, 2);
    it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
    const auto id = it.publish("hello");
    it.clock.run_for(3s);
    CHECK(it.host.outcome_as<wr::confirmed>(*id));
    const auto told = it.node.observer().all<wr::notice::degraded>();
    REQUIRE(told.size() == 1);
    CHECK(told[0].of == wr::service::store);
  }
}

TEST_CASE(
    "[L4.2] a store that was handed the message first is no witness, however many were handed it since") {
  wr::options numbers = exact_times();
  numbers.redundancy.publish_targets = 8;
  numbers.retransmit.loss = wr::retransmit_on::timer;
  presence_node it(numbers);
  it.transport.sink().peer_appeared(peer(1), {.lightpush = true, .store = true});  // says what it was told
  it.transport.sink().peer_appeared(peer(2), stores_only);
  it.settle();
  it.transport.otherwise(operation_kind::store_query).at(peer(1)).answer_with(store_with_all());
  const auto id = it.publish("hello");
  REQUIRE(peers_of(it.transport, operation_kind::lightpush) == std::vector<wr::peer_id>{peer(1)});
  for (std::uint32_t number = 3; number <= 40; ++number) {
    it.transport.sink().peer_appeared(peer(number), pushes_only);
  }
  it.clock.run_for(60s);
  CHECK(it.transport.count(operation_kind::lightpush) == 25);
  CHECK(it.transport.count(operation_kind::store_query) > 4);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
}

TEST_CASE("[R10] hashes that were not asked for, order and repetition in a reply mean nothing") {
  presence_node it(exact_times());
  discover_apart(it);
  const auto first = it.publish("first");
  const auto second = it.publish("second");
  const wr::message_hash foreign = it.hash_of(it.make_message("foreign"));
  it.transport.expect(operation_kind::store_query).answer_with([&](const request& made) {
    std::vector<wr::message_hash> listed{foreign};
    for (auto each = made.hashes.rbegin(); each != made.hashes.rend(); ++each) {
      if (*each == *it.node.status(*second)->hash) listed.insert(listed.end(), 3, *each);
    }
    return wt::store_lists<wr::message>(listed);
  });
  it.clock.run_for(3s);
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(it.host.outcome_as<wr::confirmed>(*second));
  CHECK(it.host.outcomes_of(*first).empty());
  CHECK(it.node.pending() == 1);
}

TEST_CASE("[R10] the status of a reply is read first: what a failed one lists counts for nothing") {
  for (const std::uint32_t status : {300U, 400U, 429U, 500U, 503U, 0U}) {
    CAPTURE(status);
    wr::options numbers = exact_times();
    numbers.confirmation.negative_replies_max = 1;
    presence_node it(numbers);
    discover_apart(it);
    it.transport.otherwise(operation_kind::store_query).answer_with([status](const request& made) {
      auto reply = wt::store_lists<wr::message>(made.hashes);
      reply.status = status;
      return reply;
    });
    const auto id = it.publish("hello");
    it.clock.run_for(50s);
    CHECK(it.transport.count(operation_kind::store_query) > 1);
    CHECK(it.host.outcomes_of(*id).empty());
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
  }
}

TEST_CASE("two witnesses of two kinds: neither is enough alone") {
  wt::scripted_node<both_witnesses> it(exact_times());
  discover_apart(it);
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto by_store = it.publish("by store only");
  const auto by_both = it.publish("by both");
  const wr::message both = pushed_message(it);
  it.clock.run_for(4s);
  CHECK(it.host.outcomes().empty());
  echo(it, 12, both);
  CHECK(it.host.outcome_as<wr::confirmed>(*by_both)->by == wr::confirmed_by::store_and_echo);
  it.clock.run_for(60s);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*by_store)->why == wr::unconfirmed_why::deadline);
}

TEST_CASE("one witness of two kinds: the first that comes confirms") {
  wt::scripted_node<either_witness> it(exact_times());
  discover_apart(it);
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto shown = it.publish("shown");
  const wr::message sent = pushed_message(it);
  const auto stored = it.publish("stored");
  echo(it, 11, sent);
  CHECK(it.host.outcome_as<wr::confirmed>(*shown)->by == wr::confirmed_by::echo);
  it.clock.run_for(3s);
  CHECK(it.host.outcome_as<wr::confirmed>(*stored)->by == wr::confirmed_by::store);
  REQUIRE(it.transport.count(operation_kind::store_query) == 1);
  CHECK(it.transport.last(operation_kind::store_query).hashes.size() == 1);
}

TEST_CASE(
    "[L4.2] a store that pauses for its rate limit is waited for, rather than one that was pushed to "
    "believed") {
  wt::scripted_node<presence_client> it(exact_times());
  constexpr wr::peer_protocols pushes_and_stores{.lightpush = true, .store = true};
  it.transport.sink().peer_appeared(peer(1), pushes_and_stores);
  it.transport.sink().peer_appeared(peer(2), stores_only);
  it.settle();
  bool holds = false;
  it.transport.otherwise(operation_kind::store_query).answer_with([&](const request& asked) {
    if (*asked.peer == peer(1) || holds)
      return wt::any_reply<wr::message>(wt::store_lists<wr::message>(asked.hashes));
    return wt::any_reply<wr::message>(wt::store_answer<wr::message>(429));
  });
  const auto id = it.publish("hello");
  REQUIRE(id);
  it.clock.run_for(11s);
  CHECK(it.host.outcomes().empty());
  holds = true;
  it.clock.run_for(30s);
  CHECK(it.host.outcome_as<wr::confirmed>(*id));
}

}  // namespace acknowledgement_tests
