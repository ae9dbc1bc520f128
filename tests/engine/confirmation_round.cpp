// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/confirmation_round.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include <engine/publishing.hpp>

namespace confirmation_round_tests {

using namespace publishing;
using wr::transport_error;
using times = std::vector<wr::duration>;

namespace {

using presence_node = wt::scripted_node<presence_client>;

struct combined : wr::policies<wr::lightpush_only, wr::filter_only, wr::periodic_audit, wr::store_audit,
                               wr::unattended_subscription, notice_log> {};
using combined_node = wt::scripted_node<combined>;
struct strict_client : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::no_recovery,
                                    wr::store_presence, wr::strict_pool, notice_log> {};

// Nodes 1 and 2 take pushes, 21 (22, …) are stores.
template <class Node>
void discover_apart(Node& it, std::uint32_t stores = 1) {
  for (const std::uint32_t number : {1U, 2U}) it.transport.sink().peer_appeared(peer(number), pushes_only);
  for (std::uint32_t number = 0; number < stores; ++number) {
    it.transport.sink().peer_appeared(peer(21 + number), stores_only);
  }
  it.settle();
}
template <class Node>
std::vector<const request*> queries(const Node& it) {
  return it.transport.requests(operation_kind::store_query);
}
/// Publishes a message; its hash.
template <class Node>
wr::message_hash published(Node& it, std::string_view text) {
  return *it.node.status(*it.publish(text))->hash;
}
/// The hashes that the queries of one moment name together, each with how often.
template <class Node>
std::map<wr::message_hash, int> asked_at(const Node& it, wr::duration since_start) {
  std::map<wr::message_hash, int> asked;
  const wr::duration begin = it.clock.steady().time_since_epoch() - it.clock.elapsed();
  for (const request* each : queries(it)) {
    if (each->at.steady.time_since_epoch() - begin != since_start) continue;
    for (const wr::message_hash& hash : each->hashes) ++asked[hash];
  }
  return asked;
}
template <class Node>
void stores_answer(Node& it, std::function<bool(const wr::message_hash&)> held) {
  it.transport.otherwise(operation_kind::store_query).answer_with(store_where(std::move(held)));
}
template <class Node>
void stores_list(Node& it, const std::set<wr::message_hash>& contents) {
  it.transport.otherwise(operation_kind::store_query).answer_with([&contents](const request&) {
    return wt::store_lists<wr::message>(std::vector<wr::message_hash>(contents.begin(), contents.end()));
  });
}
wr::message on_topic(const combined_node& it, std::string_view text, std::string_view content_topic) {
  return it.make_message(text, content_topic);
}

}  // namespace

TEST_CASE("[S1.4] [S1.3] [R9] presence queries name every settled hash once, and nothing else") {
  presence_node it(exact_times());
  discover_apart(it);
  CHECK(publish_many(it, 120).size() == 120);
  const auto hashes = hashes_sent(it.transport);
  REQUIRE(hashes.size() == 120);
  it.clock.run_for(3s - 1ns);
  CHECK(queries(it).empty());
  it.clock.run_for(1ns);
  REQUIRE(queries(it).size() == 3);  // 50, 50 and 20
  for (const wr::duration beat : {3s, 6s}) {
    const auto asked = asked_at(it, beat);
    CHECK(asked.size() == 120);
    for (const auto& [hash, times_named] : asked) {
      CHECK(hashes.contains(hash));
      CHECK(times_named == 1);
    }
    it.clock.run_for(3s);
  }
  for (const request* each : queries(it)) {
    CHECK(each->is_presence_query());
    CHECK_FALSE(each->include_data);
    CHECK(each->content_topics.empty());
    CHECK_FALSE(each->time_start);
    CHECK_FALSE(each->time_end);
    CHECK(each->cursor.empty());
    CHECK_FALSE(each->legacy);
    CHECK(each->hashes.size() <= 50);
    CHECK(each->limit == each->hashes.size());  // nodes default to 20 and cut the rest
  }
}

TEST_CASE("[S1.4] a stream of messages is asked for in queries of many, which name each message once") {
  presence_node it(exact_times());
  discover_apart(it);
  it.transport.otherwise(operation_kind::store_query).after(200ms).answer_with(store_where([](const auto&) {
    return true;
  }));
  wr::duration apart{};
  std::size_t queries_max = 0;
  wr::duration second_by{};
  SUBCASE("where a few come in half a second, there is a query each half second") {
    apart = 100ms;
    queries_max = 300 * 100 / 500 + 1;
    second_by = 3s + 500ms;
  }
  SUBCASE("where many come in half a second, there is a query as soon as it would be full") {
    apart = 1ms;
    queries_max = 300 / 50 + 1;
    second_by = 3s + 50 * apart;
  }
  for (int count = 0; count < 300; ++count) {
    REQUIRE(it.publish("message " + std::to_string(count)));
    it.clock.run_for(apart);
  }
  it.clock.run_for(5s);
  CHECK(it.host.outcomes().size() == 300);
  CHECK(queries(it).size() <= queries_max);
  CHECK(times_of(it, operation_kind::store_query)[1] <= second_by);
  std::map<wr::message_hash, int> asked;
  for (const request* each : queries(it)) {
    for (const wr::message_hash& hash : each->hashes) ++asked[hash];
  }
  CHECK(asked.size() == 300);
  for (const auto& [hash, times_named] : asked) CHECK(times_named == 1);
}

TEST_CASE(
    "[S1.4] a message has its own period: it is not asked for again because a younger one has settled") {
  presence_node it(exact_times());
  discover_apart(it);
  const wr::message_hash old_hash = published(it, "old");
  it.clock.run_for(1s);
  const wr::message_hash young_hash = published(it, "young");
  it.clock.run_for(7s);
  CHECK(times_of(it, operation_kind::store_query) == times{3s, 4s, 6s, 7s});
  for (const wr::duration beat : {3s, 6s}) {
    CHECK(asked_at(it, beat) == std::map<wr::message_hash, int>{{old_hash, 1}});
    CHECK(asked_at(it, beat + 1s) == std::map<wr::message_hash, int>{{young_hash, 1}});
  }
}

TEST_CASE("the answer to a query for a message that is gone says nothing about the message in its place") {
  presence_node it(exact_times());
  discover_apart(it);
  bool held = false;
  SUBCASE("that lists it") { held = true; }
  SUBCASE("that lacks it") {}
  it.transport.otherwise(operation_kind::store_query).after(1s).answer_with(store_where([&](const auto&) {
    return held;
  }));
  const auto gone = it.publish("gone");
  it.clock.run_for(3500ms);
  REQUIRE(queries(it).size() == 1);
  REQUIRE(it.node.cancel(*gone));
  for (const std::uint32_t number : {1U, 2U}) it.transport.sink().peer_left(peer(number));
  it.settle();
  wr::message without_hash = it.make_message("waits for a route");
  without_hash.timestamp = 0;
  const auto waiting = it.node.publish(it.topic, without_hash);
  it.clock.run_for(2s);
  CHECK(it.host.outcomes().size() == 1);
  REQUIRE(it.node.status(*waiting));
  CHECK(it.node.status(*waiting)->phase == wr::request_phase::waiting);
}

TEST_CASE("[S1.4] presence queries repeat while something is unacknowledged, and end when nothing is") {
  presence_node it(exact_times());
  discover_apart(it);
  it.clock.run_for(60s);
  CHECK(queries(it).empty());
  bool held = false;
  stores_answer(it, [&](const wr::message_hash&) { return held; });
  REQUIRE(it.publish("hello"));
  it.clock.run_for(10s);
  CHECK(times_of(it, operation_kind::store_query) == times{63s, 66s, 69s});
  held = true;
  it.clock.run_for(10min);
  CHECK(times_of(it, operation_kind::store_query) == times{63s, 66s, 69s, 72s});
  CHECK(it.host.outcomes().size() == 1);
}

TEST_CASE("[S1.4] the period, the settling time and the size of a query are settings") {
  wr::options numbers = exact_times();
  numbers.confirmation.settling = 5s;
  numbers.confirmation.early_interval = 2s;
  numbers.confirmation.hashes_per_query = 7;
  presence_node it(numbers);
  discover_apart(it);
  CHECK(publish_many(it, 20).size() == 20);
  it.clock.run_for(10s);
  CHECK(times_of(it, operation_kind::store_query) == times{5s, 7s, 9s});
  CHECK(queries(it).size() == 9);
  CHECK(queries(it)[0]->hashes.size() == 7);
  CHECK(queries(it)[2]->hashes.size() == 6);
}

TEST_CASE("[R35] queries come every 3 s while a resend can help, then ever more rarely up to 60 s apart") {
  wr::options numbers = exact_times();
  numbers.confirmation.deadline = 300s;
  presence_node it(numbers);
  discover_apart(it);
  REQUIRE(it.publish("hello"));
  it.clock.run_for(290s);
  CHECK(times_of(it, operation_kind::store_query) ==
        times{3s, 6s, 9s, 12s, 15s, 21s, 33s, 57s, 105s, 165s, 225s, 285s});
}

TEST_CASE("[R35] messages that no resend can help share their rounds, which come ever more rarely") {
  wr::options numbers = exact_times();
  numbers.confirmation.deadline = 300s;
  presence_node it(numbers);
  discover_apart(it);
  const wr::message_hash first_hash = published(it, "first");
  it.clock.run_for(1s);
  const wr::message_hash second_hash = published(it, "second");
  it.clock.run_for(289s);
  CHECK(times_of(it, operation_kind::store_query) ==
        times{3s, 4s, 6s, 7s, 9s, 10s, 12s, 13s, 15s, 16s, 22s, 34s, 58s, 106s, 166s, 226s, 286s});
  const std::map<wr::message_hash, int> both{{first_hash, 1}, {second_hash, 1}};
  for (const wr::duration beat : {22s, 34s, 58s, 106s, 166s, 226s, 286s}) CHECK(asked_at(it, beat) == both);
}

TEST_CASE("[R9] a message that has not settled is left out of the query of the older ones") {
  presence_node it(exact_times());
  discover_apart(it);
  const wr::message_hash old_hash = published(it, "old");
  it.clock.run_for(2s);
  const wr::message_hash young_hash = published(it, "young");
  it.clock.run_for(5s);
  CHECK(asked_at(it, 3s) == std::map<wr::message_hash, int>{{old_hash, 1}});
  // At 5 s the young one has settled; nothing is asked for at a time when it is not due.
  CHECK(asked_at(it, 5s).contains(young_hash));
  for (const request* each : queries(it)) {
    const bool names_young =
        std::find(each->hashes.begin(), each->hashes.end(), young_hash) != each->hashes.end();
    if (names_young) CHECK(each->at.wall - it.host.now().wall + 7s >= 5s);
  }
}

TEST_CASE("[R9] settling counts from the first acceptance, or from the first end that is unknown") {
  presence_node it(exact_times());
  discover_apart(it);
  SUBCASE("acceptance after 4 s") {
    it.transport.otherwise(operation_kind::lightpush).after(4s).reply(wt::push_accepted());
  }
  SUBCASE("a lost answer after 4 s") {
    it.transport.otherwise(operation_kind::lightpush).after(4s).fail(transport_error::connection_lost);
  }
  REQUIRE(it.publish("hello"));
  it.clock.run_for(8s);
  CHECK(times_of(it, operation_kind::store_query) == times{7s});
}

TEST_CASE("what no node took is not asked for") {
  presence_node it(exact_times());
  discover_apart(it);
  answer_pushes(it, wt::push_refused(500));
  REQUIRE(it.publish("hello"));
  it.clock.run_for(60s);
  CHECK(queries(it).empty());
}

TEST_CASE("[S1.2] [S1.7] [R7] the buffer keeps the bytes: a retransmission is the first copy again") {
  presence_node it(exact_times());
  discover_apart(it);
  wr::message rich = it.make_message("hello");
  rich.meta.assign(64, std::byte{7});
  rich.payload.assign(100'000, std::byte{9});
  const auto id = it.node.publish(it.topic, rich);
  it.clock.run_for(12s);
  const auto pushes = it.transport.requests(operation_kind::lightpush);
  CHECK(pushes.size() == 8);
  for (const request* each : pushes) {
    CHECK(*each->message == rich);
    CHECK(*each->hash == it.hash_of(rich));
  }
  CHECK(it.node.status(*id)->hash == it.hash_of(rich));
}

TEST_CASE("[S1.5] a hash that is present is acknowledged once, and asked for and sent no more") {
  presence_node it(exact_times());
  discover_apart(it);
  const auto first = it.publish("first");
  const auto second = it.publish("second");
  const wr::message_hash present = *it.node.status(*first)->hash;
  const wr::message_hash absent = *it.node.status(*second)->hash;
  stores_answer(it, [&](const wr::message_hash& hash) { return hash == present; });
  it.clock.run_for(59s);
  CHECK(it.host.outcomes().size() == 1);
  CHECK(it.host.outcome_as<wr::confirmed>(*first) == wr::confirmed{wr::confirmed_by::store, 1, 3s});
  CHECK(queries(it).size() > 5);
  for (std::size_t at = 1; at < queries(it).size(); ++at) {
    CHECK(queries(it)[at]->hashes == std::vector<wr::message_hash>{absent});
  }
  std::size_t copies = 0;
  for (const request* each : it.transport.requests(operation_kind::lightpush)) {
    copies += *each->hash == present ? 1 : 0;
  }
  CHECK(copies == 2);
}

TEST_CASE("[S1.6] [G7] a hash that is absent stays unacknowledged, is asked for again and sent again") {
  presence_node it(exact_times());
  discover_apart(it);
  const auto id = it.publish("hello");
  it.clock.run_for(3s);
  CHECK(it.transport.count(operation_kind::lightpush) == 4);  // noticed and sent again at once
  CHECK(it.node.status(*id)->phase == wr::request_phase::unacknowledged);
  CHECK(it.node.status(*id)->transmissions == 2);
  it.clock.run_for(3s);
  CHECK(queries(it)[1]->hashes == std::vector<wr::message_hash>{*it.node.status(*id)->hash});
  CHECK(it.host.outcomes().empty());
}

TEST_CASE("[S1.8] so many complete negative replies as are allowed end it once, with no query after") {
  for (const std::uint32_t limit : {1U, 2U, 5U}) {
    CAPTURE(limit);
    wr::options numbers = exact_times();
    numbers.confirmation.negative_replies_max = limit;
    presence_node it(numbers);
    discover_apart(it);
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    CHECK(queries(it).size() == limit);
    REQUIRE(it.host.outcomes().size() == 1);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_stored);
    const auto last_query = queries(it).back()->at.steady;
    CHECK(it.host.outcomes()[0].at.steady == last_query);
    CHECK(it.transport.last(operation_kind::lightpush).at.steady <= last_query);
  }
}

TEST_CASE("[R1] whatever is not a complete successful reply is unknown: it counts for nothing") {
  for (const std::uint32_t status : {300U, 400U, 429U, 500U, 503U}) {
    CAPTURE(status);
    wr::options numbers = exact_times();
    numbers.confirmation.negative_replies_max = 1;
    presence_node it(numbers);
    discover_apart(it);
    it.transport.otherwise(operation_kind::store_query).reply(wt::store_answer<wr::message>(status));
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    CHECK(queries(it).size() > 1);
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
  }
  for (const auto error :
       {transport_error::timeout, transport_error::connection_lost, transport_error::dial_failed,
        transport_error::empty_reply, transport_error::undecodable_reply, transport_error::transport_threw}) {
    CAPTURE(static_cast<int>(error));
    wr::options numbers = exact_times();
    numbers.confirmation.negative_replies_max = 1;
    presence_node it(numbers);
    discover_apart(it);
    it.transport.otherwise(operation_kind::store_query).fail(error);
    const auto id = it.publish("hello");
    it.clock.run_for(60s);
    CHECK(queries(it).size() > 1);
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
  }
}

TEST_CASE("[R11] one presence query goes to another store on unknown, and fails when all tries have") {
  wr::options numbers = exact_times();
  numbers.confirmation.negative_replies_max = 1;
  presence_node it(numbers);
  discover_apart(it, 3);
  it.transport.expect(operation_kind::store_query).times(2).reply(wt::store_answer<wr::message>(503));
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto id = it.publish("hello");
  it.clock.run_for(3s);
  REQUIRE(queries(it).size() == 3);
  const auto asked = peers_of(it.transport, operation_kind::store_query);
  CHECK(std::set<wr::peer_id>(asked.begin(), asked.end()).size() == 3);
  CHECK(it.host.outcome_as<wr::confirmed>(*id));
}

TEST_CASE("[R37] a legacy store is never asked for presence") {
  presence_node it(exact_times());
  discover_apart(it, 0);
  it.transport.sink().peer_appeared(peer(21), {.legacy_store = true});
  it.settle();
  const auto id = it.publish("hello");
  it.clock.run_for(30s);
  CHECK(queries(it).empty());
  CHECK(it.transport.count(operation_kind::lightpush) == 2);  // no reply is no negative reply
  it.transport.sink().peer_appeared(peer(22), stores_only);
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  it.clock.run_for(30s);
  CHECK(it.host.outcome_as<wr::confirmed>(*id));
}

TEST_CASE(
    "[R16] [R37] legacy stores that are usable do not bar the only store that can be asked for presence") {
  wt::scripted_node<strict_client> it(exact_times());
  discover_apart(it);
  for (const std::uint32_t number : {31U, 32U}) {
    it.transport.sink().peer_appeared(peer(number), {.legacy_store = true});
  }
  it.settle();
  it.transport.expect(operation_kind::store_query).fail(transport_error::dial_failed);  // out for good
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto id = it.publish("hello");
  it.clock.run_for(6s);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 1);
  CHECK(peers_of(it.transport, operation_kind::store_query) == std::vector<wr::peer_id>{peer(21), peer(21)});
  CHECK(it.host.outcome_as<wr::confirmed>(*id));
}

TEST_CASE("a pause asks nothing, and afterwards everything that settled is asked for at once") {
  presence_node it(exact_times());
  discover_apart(it);
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto id = it.publish("hello");
  it.clock.run_for(1s);
  it.node.pause();
  it.clock.run_for(30s);
  CHECK(queries(it).empty());
  it.node.resume();
  it.settle();
  CHECK(queries(it).size() == 1);
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->latency == 31s);
}

TEST_CASE("[R36] messages on two shards are asked for apart") {
  presence_node it(exact_times());
  discover_apart(it);
  REQUIRE(it.node.publish("/waku/2/rs/1/0", it.make_message("hello")));
  REQUIRE(it.node.publish("/waku/2/rs/1/1", it.make_message("hello")));
  it.clock.run_for(3s);
  REQUIRE(queries(it).size() == 2);
  CHECK(queries(it)[0]->pubsub_topic != queries(it)[1]->pubsub_topic);
  CHECK(queries(it)[0]->hashes.size() == 1);
  CHECK(queries(it)[1]->hashes.size() == 1);
}

// -- combined with the audit (S3)

TEST_CASE("[S3.5] [S3.6] one content query covers publish and subscribed topics; none asks for presence") {
  combined_node it(exact_times());
  discover_apart(it);
  const std::string_view subscribed[] = {"/a/1/in/proto", "/a/1/both/proto"};
  REQUIRE(it.node.subscribe(it.topic, subscribed));
  it.clock.run_for(30s);
  REQUIRE(it.node.publish(it.topic, on_topic(it, "1", "/a/1/out/proto")));
  REQUIRE(it.node.publish(it.topic, on_topic(it, "2", "/a/1/both/proto")));
  it.clock.run_for(31s);  // over the beat at 60 s
  std::set<std::string> full_window;
  for (const request* each : queries(it)) {
    CHECK(each->is_content_query());
    CHECK_FALSE(each->include_data);
    CHECK(each->hashes.empty());
    CHECK(each->pubsub_topic == it.topic);
    REQUIRE(each->time_start);
    REQUIRE(each->time_end);
    if (each->at.wall == it.host.now().wall - 1s && *each->time_start <= each->at.wall - 5min) {
      full_window.insert(each->content_topics.begin(), each->content_topics.end());
      CHECK(*each->time_end >= each->at.wall);
    }
  }
  CHECK(full_window == std::set<std::string>{"/a/1/in/proto", "/a/1/both/proto", "/a/1/out/proto"});
}

TEST_CASE("[R14] [R35] an early look covers the unacknowledged alone, and its topics go when they do") {
  combined_node it(exact_times());
  discover_apart(it);
  std::set<wr::message_hash> contents;
  stores_list(it, contents);
  const wr::message first = on_topic(it, "first", "/a/1/one/proto");
  const wr::message second = on_topic(it, "second", "/a/1/two/proto");
  REQUIRE(it.node.publish(it.topic, first));
  it.clock.run_for(1s);
  REQUIRE(it.node.publish(it.topic, second));
  it.clock.run_for(2s);
  REQUIRE(queries(it).size() == 1);
  CHECK(queries(it)[0]->content_topics == std::vector<std::string>{"/a/1/one/proto"});
  CHECK(*queries(it)[0]->time_start == wr::wall_time(wr::duration(first.timestamp)) - 20s);
  CHECK(*queries(it)[0]->time_end == it.host.now().wall + 20s);
  contents.insert(it.hash_of(first));
  it.clock.run_for(7s);
  CHECK(it.host.outcomes().size() == 1);
  const request& later = *queries(it).back();
  CHECK(later.content_topics == std::vector<std::string>{"/a/1/two/proto"});
  CHECK(*later.time_start == wr::wall_time(wr::duration(second.timestamp)) - 20s);
  contents.insert(it.hash_of(second));
  it.clock.run_for(3s);
  CHECK(it.host.outcomes().size() == 2);
  const std::size_t before = queries(it).size();
  it.clock.run_for(10min);
  CHECK(queries(it).size() == before);  // nothing subscribed, nothing published: nothing to ask
}

TEST_CASE("[S3.7] [S3.8] [S3.3] [S3.4] a listed publication is acknowledged once, and no other") {
  combined_node it(exact_times());
  discover_apart(it);
  std::set<wr::message_hash> contents;
  stores_list(it, contents);
  const auto first = it.publish("first");
  const auto second = it.publish("second");
  contents.insert(*it.node.status(*first)->hash);
  it.clock.run_for(20s);
  CHECK(it.host.outcomes().size() == 1);
  CHECK(it.host.outcome_as<wr::confirmed>(*first) == wr::confirmed{wr::confirmed_by::store, 1, 3s});
  CHECK(it.node.status(*second)->phase == wr::request_phase::unacknowledged);
  CHECK(it.node.observer().count<wr::notice::missing>() == 0);
  std::size_t copies_of_first = 0;
  for (const request* each : it.transport.requests(operation_kind::lightpush)) {
    copies_of_first += each->message->payload[0] == std::byte{'f'} ? 1 : 0;
  }
  CHECK(copies_of_first == 2);
}

TEST_CASE("[S3.9] [R1] absence needs every page, and a range that covers the message") {
  wr::options numbers = exact_times();
  numbers.confirmation.negative_replies_max = 1;
  combined_node it(numbers);
  discover_apart(it);
  const wr::store_cursor more(32, std::byte{1});
  const auto id = it.publish("hello");
  const wr::message_hash own = *it.node.status(*id)->hash;
  SUBCASE("the hash is on the second page") {
    auto first_page = wt::store_answer<wr::message>();
    first_page.cursor = more;
    it.transport.expect(operation_kind::store_query).reply(first_page);
    it.transport.expect(operation_kind::store_query)
        .where([&](const request& each) { return each.cursor == more; })
        .reply(wt::store_lists<wr::message>(std::vector<wr::message_hash>{own}));
    it.clock.run_for(3s);
    CHECK(it.host.outcome_as<wr::confirmed>(*id));
    CHECK(it.transport.unmet().empty());
  }
  SUBCASE("the second page never comes") {
    it.transport.otherwise(operation_kind::store_query).answer_with([&](const request& each) {
      auto page = wt::store_answer<wr::message>(each.cursor.empty() ? 200 : 503);
      if (each.cursor.empty()) page.cursor = more;
      return page;
    });
    it.clock.run_for(50s);
    CHECK(queries(it).size() > 4);
    CHECK(it.host.outcomes().empty());
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
  }
  SUBCASE("both pages came without it") {
    auto first_page = wt::store_answer<wr::message>();
    first_page.cursor = more;
    it.transport.expect(operation_kind::store_query).reply(first_page);
    it.clock.run_for(3s);
    CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_stored);
  }
}

TEST_CASE("[S3.9] a message whose timestamp lies outside the asked range is not called absent") {
  wr::options numbers = exact_times();
  numbers.confirmation.negative_replies_max = 2;
  combined_node it(numbers);
  discover_apart(it);
  std::set<wr::message_hash> nothing;
  stores_list(it, nothing);
  wr::message ahead = it.make_message("hello");
  ahead.timestamp += wr::duration(50s).count();  // our clock was set back since
  const auto stamp = wr::wall_time(wr::duration(ahead.timestamp));
  const auto id = it.node.publish(it.topic, ahead);
  it.clock.run_for(4s);
  REQUIRE(queries(it).size() == 1);  // it looks for this message, and as far ahead as it takes
  CHECK(*queries(it)[0]->time_end > stamp);
  REQUIRE(it.subscribe());
  REQUIRE(queries(it).size() == 2);
  CHECK(*queries(it)[1]->time_end < stamp);
  it.clock.run_for(1s);
  CHECK(it.host.outcomes().empty());
  it.clock.run_for(2s);
  REQUIRE(queries(it).size() == 3);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_stored);
}

TEST_CASE("[S3.12] [S1.7] content replies drive resending: upon the reply, or by timer") {
  for (const bool by_timer : {false, true}) {
    CAPTURE(by_timer);
    wr::options numbers = exact_times();
    if (by_timer) numbers.retransmit.loss = wr::retransmit_on::timer;
    combined_node it(numbers);
    discover_apart(it);
    std::set<wr::message_hash> contents;
    stores_list(it, contents);
    const auto id = it.publish("hello");
    it.clock.run_for(8s);
    CHECK(times_of(it, operation_kind::lightpush) == (by_timer ? times{0s, 1s, 3s, 7s} : times{0s, 3s, 6s}));
    contents.insert(*it.node.status(*id)->hash);
    it.clock.run_for(60s);
    CHECK(times_of(it, operation_kind::lightpush) == (by_timer ? times{0s, 1s, 3s, 7s} : times{0s, 3s, 6s}));
    CHECK(it.host.outcome_as<wr::confirmed>(*id)->latency == 9s);
  }
}

TEST_CASE("[S3.13] so many complete queries without the message as are allowed end it once") {
  wr::options numbers = exact_times();
  numbers.confirmation.negative_replies_max = 3;
  combined_node it(numbers);
  discover_apart(it);
  const auto id = it.publish("hello");
  it.clock.run_for(60s);
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_stored);
  CHECK(it.host.outcomes()[0].at.steady == queries(it)[2]->at.steady);
  CHECK(times_of(it, operation_kind::lightpush) == times{0s, 3s, 6s});
}

TEST_CASE("[S3.10] [S3.14] foreign hashes in the same reply are compared with what was received") {
  combined_node it(exact_times());
  discover_apart(it);
  it.transport.sink().peer_appeared(peer(11), filters_only);
  it.settle();
  REQUIRE(it.subscribe());
  it.clock.run_for(20s);
  const wr::message received = it.make_message("received");
  it.transport.sink().filter_push(peer(11), it.topic, received);
  const wr::message lost = it.make_message("lost");
  const auto id = it.publish("own");
  const wr::message_hash own = *it.node.status(*id)->hash;
  it.transport.otherwise(operation_kind::store_query)
      .answer_with([&](const request& made) -> wt::any_reply<wr::message> {
        if (made.is_lookup()) {
          auto reply = wt::store_answer<wr::message>();
          for (const auto& hash : made.hashes) {
            if (hash == it.hash_of(lost)) reply.entries.push_back({hash, lost});
          }
          return reply;
        }
        return wt::store_lists<wr::message>(
            std::vector<wr::message_hash>{it.hash_of(received), own, it.hash_of(lost)});
      });
  it.clock.run_for(20s);
  CHECK(it.host.outcome_as<wr::confirmed>(*id));
  CHECK(it.node.observer().count<wr::notice::missing>() == 1);
  CHECK(it.host.deliveries_of(it.hash_of(received)) == 1);
  CHECK(it.host.deliveries_of(it.hash_of(lost)) == 1);
  CHECK(it.host.deliveries_of(own) == 0);
  const auto lookups = it.transport.requests_where([](const request& each) { return each.is_lookup(); });
  REQUIRE(lookups.size() == 1);
  CHECK(lookups[0]->hashes == std::vector<wr::message_hash>{it.hash_of(lost)});
}

TEST_CASE("[R31] with the combined audit, a listing after the outcome is late good news") {
  wr::options numbers = exact_times();
  numbers.confirmation.deadline = 10s;
  combined_node it(numbers);
  discover_apart(it);
  std::set<wr::message_hash> contents;
  stores_list(it, contents);
  REQUIRE(it.subscribe());
  const auto id = it.publish("hello");
  contents.insert(*it.node.status(*id)->hash);
  it.transport.expect(operation_kind::store_query)
      .times(20)
      .where([&](const request&) { return it.clock.elapsed() < 11s; })
      .reply(wt::store_answer<wr::message>(503));
  it.clock.run_for(10s);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::deadline);
  it.clock.run_for(120s);
  CHECK(it.node.observer().count<wr::notice::late_confirmation>() == 1);
  CHECK(it.host.outcomes().size() == 1);
}

TEST_CASE("[S1.4] [S3.5] successive queries for a message go round the stores, since some lie") {
  const auto go_round = [](auto& it) {
    discover_apart(it, 4);
    stores_answer(it, [](const wr::message_hash&) { return false; });
    REQUIRE(it.publish("hello"));
    it.clock.run_for(30s);
    REQUIRE(queries(it).size() >= 5);
    std::set<wr::peer_id> asked;
    for (std::size_t at = 0; at < 4; ++at) asked.insert(*queries(it)[at]->peer);
    CHECK(asked.size() == 4);
    CHECK(queries(it)[4]->peer == queries(it)[0]->peer);
  };
  SUBCASE("by hash") {
    presence_node it(exact_times());
    go_round(it);
  }
  SUBCASE("by content") {
    combined_node it(exact_times());
    go_round(it);
  }
}

TEST_CASE(
    "[S1.4] [L4.2] few nodes that do everything: each message is asked for where it was not handed to, at "
    "once") {
  for (const std::uint32_t nodes : {3U, 4U, 10U}) {
    CAPTURE(nodes);
    presence_node it(exact_times());
    for (std::uint32_t number = 1; number <= nodes; ++number) {
      it.transport.sink().peer_appeared(peer(number), {.lightpush = true, .store = true});
    }
    it.settle();
    it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
    CHECK(publish_many(it, 60).size() == 60);
    std::map<wr::message_hash, std::set<wr::peer_id>> handed;
    for (const request* each : it.transport.requests(operation_kind::lightpush)) {
      handed[*each->hash].insert(*each->peer);
    }
    it.clock.run_for(3s);
    const auto asked = asked_at(it, 3s);
    CHECK(asked.size() == 60);
    CHECK(queries(it).size() <= 6);
    for (const request* each : queries(it)) {
      for (const wr::message_hash& hash : each->hashes) CHECK_FALSE(handed[hash].contains(*each->peer));
    }
    CHECK(it.host.outcomes().size() == 60);
  }
}

TEST_CASE("[L4.2] what was handed to all stores is asked for apart from what some store can speak for") {
  presence_node it(exact_times());
  const wr::peer_protocols both{.lightpush = true, .store = true};
  for (const std::uint32_t number : {1U, 2U}) it.transport.sink().peer_appeared(peer(number), both);
  it.settle();
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const wr::message_hash to_all = published(it, "to both stores that there are");
  it.transport.sink().peer_left(peer(2));
  it.transport.sink().peer_appeared(peer(3), pushes_only);
  it.settle();
  const wr::message_hash to_one = published(it, "to a store and to one that is none");
  it.transport.sink().peer_appeared(peer(2), both);
  it.settle();
  it.clock.run_for(3s);
  REQUIRE(queries(it).size() == 2);
  CHECK(queries(it)[0]->hashes == std::vector{to_all});
  CHECK(queries(it)[1]->hashes == std::vector{to_one});
  CHECK(*queries(it)[1]->peer == peer(2));
  CHECK(it.host.outcomes().size() == 2);
}

}  // namespace confirmation_round_tests
