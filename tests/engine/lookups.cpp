// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/lookups.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/receiving.hpp"

namespace lookups_tests {

using namespace receiving;

namespace {

using window_node = wt::scripted_node<window_client>;
using combined_node = wt::scripted_node<combined_client>;

wr::options at_once() {
  wr::options numbers;
  numbers.recovery.lookup_delay = 0s;
  return numbers;
}

/// Messages of the last seconds that nobody pushed.
template <class Node>
std::vector<wr::message_hash> lose(const Node& it, archive& stored, std::size_t count) {
  std::vector<wr::message_hash> hashes;
  for (std::size_t number = 0; number < count; ++number) {
    wr::message said = it.make_message("lost " + std::to_string(number));
    said.timestamp -= static_cast<std::int64_t>(number) * 10'000'000;
    hashes.push_back(stored.hold(said));
  }
  return hashes;
}

/// Answers look-ups with what `change` makes of the honest reply, at one peer or at all.
template <class Node, class Change>
wt::script_line<wr::message>& cheat(Node& it, const archive& stored, Change change) {
  return it.transport.expect(operation_kind::store_query)
      .where([](const request& made) { return made.is_lookup(); })
      .answer_with([&stored, change](const request& made) {
        wr::store_reply<wr::message> reply = stored.answer(made);
        change(reply);
        return wt::any_reply<wr::message>(std::move(reply));
      });
}

/// Every hash that look-ups named, in their order.
template <class Node>
std::vector<wr::message_hash> named(const Node& it) {
  std::vector<wr::message_hash> hashes;
  for (const request* made : lookup_queries(it)) {
    hashes.insert(hashes.end(), made->hashes.begin(), made->hashes.end());
  }
  return hashes;
}

template <class Notice>
std::size_t told(window_node& it) {
  return it.node.observer().count<Notice>();
}

}  // namespace

TEST_CASE("[S2.5] [S2.6] only listed hashes that were never received are missing") {
  window_node it;
  discover(it, 1, 2, {.filter = true, .store = true});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  const wr::message known = it.make_message("known");
  push(it, 1, known);
  stored.hold(known);
  const auto lost = lose(it, stored, 3);
  it.clock.run_for(61s);
  const auto missing = it.node.observer().all<wr::notice::missing>();
  REQUIRE(missing.size() == 3);
  std::set<wr::message_hash> hashes;
  for (const auto& each : missing) hashes.insert(each.hash);
  CHECK(hashes == std::set<wr::message_hash>(lost.begin(), lost.end()));
  it.clock.run_for(4min);
  CHECK(told<wr::notice::missing>(it) == 3);
}

TEST_CASE("[S2.7] a look-up names each missing hash once, asks for bodies, and has no other filter") {
  window_node it(at_once());
  discover(it, 1, 1, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 7);
  REQUIRE(it.subscribe());
  it.settle();
  REQUIRE(lookup_queries(it).size() == 1);
  const request& made = *lookup_queries(it).front();
  CHECK(made.hashes.size() == 7);
  CHECK(std::set<wr::message_hash>(made.hashes.begin(), made.hashes.end()) ==
        std::set<wr::message_hash>(lost.begin(), lost.end()));
  CHECK(made.include_data);
  CHECK(made.content_topics.empty());
  CHECK_FALSE(made.time_start);
  CHECK_FALSE(made.time_end);
  CHECK(made.cursor.empty());
  CHECK(made.limit == 7);
  CHECK_FALSE(made.legacy);
  REQUIRE(it.host.deliveries().size() == 7);
  for (const auto& each : it.host.deliveries()) {
    CHECK(each.what.by == wr::delivered_by::store);
    CHECK(it.hash_of(each.what.message) == each.what.hash);
  }
  CHECK(told<wr::notice::recovered>(it) == 7);
}

TEST_CASE("[S2.8] look-ups go out with the reply when the delay is 0, else in batches when it has passed") {
  wr::options numbers;
  wr::duration wait{};
  SUBCASE("at once") { numbers = at_once(); }
  SUBCASE("after 5 s, the default") { wait = 5s; }
  SUBCASE("after 20 s") { numbers.recovery.lookup_delay = wait = 20s; }
  window_node it(numbers);
  discover(it, 1, 1, stores_only);
  archive stored;
  serve(it, stored);
  lose(it, stored, 3);
  REQUIRE(it.subscribe());
  REQUIRE(content_queries(it).size() == 1);
  it.clock.run_for(1min - 1ns);
  CHECK(times_of(it, lookup_queries(it)) == std::vector<wr::duration>{wait});
}

TEST_CASE("[S2.8] a batch names at most options.recovery.lookup_hashes; four run at once, no hash twice") {
  wr::options numbers = at_once();
  std::size_t size = 0;
  SUBCASE("20 by default") { size = 20; }
  SUBCASE("50 at most") { numbers.recovery.lookup_hashes = 50, size = 50; }
  SUBCASE("one by one") { numbers.recovery.lookup_hashes = 1, size = 1; }
  window_node it(numbers);
  discover(it, 1, 2, stores_only);
  it.transport.set_usual_delay(100ms);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 130);
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  std::map<wr::duration, std::size_t> started;
  for (const wr::duration at : times_of(it, lookup_queries(it))) ++started[at];
  for (const auto& [at, count] : started) CHECK(count <= 4);
  CHECK(started.begin()->second == std::min<std::size_t>(4, (100 + size - 1) / size));
  for (const request* made : lookup_queries(it)) {
    CHECK(made->hashes.size() <= size);
    CHECK(made->limit == made->hashes.size());
  }
  const auto hashes = named(it);
  CHECK(hashes.size() == 130);
  CHECK(std::set<wr::message_hash>(hashes.begin(), hashes.end()).size() == 130);
  CHECK(it.host.deliveries().size() == 130);
}

TEST_CASE("what arrives by itself within the delay is not looked up") {
  window_node it;
  discover(it, 1, 2, {.filter = true, .store = true});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(50s);
  const wr::message said = it.make_message("late but here");
  stored.hold(said);
  it.clock.run_for(12s);  // listed at 60 s
  REQUIRE(told<wr::notice::missing>(it) == 1);
  push(it, 1, said);
  it.clock.run_for(1min);
  CHECK(lookup_queries(it).empty());
  CHECK(it.host.deliveries().size() == 1);
  CHECK(it.host.deliveries().front().what.by == wr::delivered_by::filter);
  CHECK(told<wr::notice::window_recovered>(it) == 3);
}

TEST_CASE("a push that comes while the body is being fetched is the one that is shown") {
  window_node it(at_once());
  discover(it, 1, 1, {.filter = true, .store = true});
  archive stored;
  serve(it, stored);
  const wr::message said = it.make_message("both ways");
  const wr::message_hash hash = stored.hold(said);
  cheat(it, stored, [](auto&) {}).after(2s);
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  REQUIRE(lookup_queries(it).size() == 1);
  push(it, 1, said);
  it.clock.run_for(5s);
  CHECK(it.host.deliveries_of(hash) == 1);
  CHECK(it.host.deliveries().front().what.by == wr::delivered_by::filter);
  CHECK(told<wr::notice::duplicate_received>(it) == 1);
  CHECK(told<wr::notice::window_recovered>(it) == 1);
}

TEST_CASE("[S2.9] [S3.16] what was fetched is listed again and again, and neither fetched nor shown again") {
  window_node it;
  discover(it, 1, 3, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 5);
  REQUIRE(it.subscribe());
  it.clock.run_for(10min);
  CHECK(content_queries(it).size() == 11);
  CHECK(named(it).size() == 5);
  for (const wr::message_hash& hash : lost) CHECK(it.host.deliveries_of(hash) == 1);
  CHECK(told<wr::notice::missing>(it) == 5);
}

TEST_CASE("[R11] bodies are asked first of the node that listed them, then of others, each once") {
  window_node it(at_once());
  discover(it, 1, 4, stores_only);
  std::map<wr::peer_id, archive> stores;
  archive listing;
  const wr::message_hash hash = listing.hold(it.make_message("known by name"));
  listing.lose_body(hash);
  for (std::uint32_t number = 1; number <= 4; ++number) stores[peer(number)] = listing;
  serve(it, stores);
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  const auto asked = lookup_queries(it);
  REQUIRE(asked.size() == 3);  // options.recovery.nodes_per_query
  CHECK(asked[0]->peer == content_queries(it).front()->peer);
  CHECK(peers_of(asked).size() == 3);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);  // that it lacks a body is no crime
}

TEST_CASE("[R11] [R27] however many nodes may be tried, each is asked once a round") {
  wr::options numbers = at_once();
  numbers.recovery.nodes_per_query = 8;
  window_node it(numbers);
  discover(it, 1, 12, stores_only);
  archive stored;
  serve(it, stored);
  stored.lose_body(stored.hold(it.make_message("nobody has it")));
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  CHECK(lookup_queries(it).size() == 8);
  CHECK(peers_of(lookup_queries(it)).size() == 8);
}

TEST_CASE("a look-up that fails is tried at another node at once, with the same hashes") {
  window_node it(at_once());
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 4);
  auto& failing = it.transport.expect(operation_kind::store_query).where([](const request& made) {
    return made.is_lookup();
  });
  std::size_t charged = 1;
  SUBCASE("error reply") { failing.reply(wt::store_answer<wr::message>(503)); }
  SUBCASE("connection lost") { failing.fail(wr::transport_error::connection_lost); }
  SUBCASE("429") {
    failing.reply(wt::store_answer<wr::message>(429));
    charged = 0;
  }
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  const auto asked = lookup_queries(it);
  REQUIRE(asked.size() == 2);
  CHECK(asked[0]->hashes == asked[1]->hashes);
  CHECK(asked[0]->peer != asked[1]->peer);
  CHECK(it.host.deliveries().size() == 4);
  CHECK(told<wr::notice::peer_ejected>(it) == charged);
}

TEST_CASE("bodies that one node has only in part are fetched from two") {
  window_node it(at_once());
  discover(it, 1, 2, stores_only);
  std::map<wr::peer_id, archive> stores;
  archive both;
  const auto lost = lose(it, both, 6);
  stores[peer(1)] = stores[peer(2)] = both;
  for (const std::size_t at : {0U, 2U, 4U}) stores[peer(1)].lose_body(lost[at]);
  for (const std::size_t at : {1U, 3U, 5U}) stores[peer(2)].lose_body(lost[at]);
  serve(it, stores);
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  REQUIRE(lookup_queries(it).size() == 2);
  CHECK(lookup_queries(it)[0]->hashes.size() == 6);
  CHECK(lookup_queries(it)[1]->hashes.size() == 3);
  CHECK(it.host.deliveries().size() == 6);
  CHECK(told<wr::notice::window_recovered>(it) == 1);
}

TEST_CASE("[R10] a body under a hash that was not asked for means nothing") {
  window_node it(at_once());
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 1);
  const wr::message stranger = it.make_message("unasked");
  cheat(it, stored, [&](wr::store_reply<wr::message>& reply) {
    reply.entries.insert(reply.entries.begin(), {it.hash_of(stranger), stranger});
    reply.entries.push_back(reply.entries.back());  // nor do repeats
    std::reverse(reply.entries.begin(), reply.entries.end());
  });
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  CHECK(it.host.deliveries().size() == 1);
  CHECK(it.host.deliveries_of(lost[0]) == 1);
  CHECK(told<wr::notice::peer_ejected>(it) == 0);
  push(it, 1, stranger);  // and it is not taken for received
  CHECK(it.host.deliveries().size() == 2);
}

TEST_CASE("a body that does not fit its hash is not shown: the node is charged and another one asked") {
  window_node it(at_once());
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 2);
  auto spoil = [](wr::store_reply<wr::message>& reply) {
    reply.entries.front().body->payload.push_back(std::byte{1});
  };
  cheat(it, stored, spoil);
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  const auto asked = lookup_queries(it);
  REQUIRE(asked.size() == 2);
  const auto wrong = it.node.observer().all<wr::notice::wrong_body>();
  REQUIRE(wrong.size() == 1);
  CHECK(wrong[0].peer == *asked[0]->peer);
  CHECK(asked[1]->peer != asked[0]->peer);
  CHECK(asked[1]->hashes == std::vector<wr::message_hash>{wrong[0].asked});
  REQUIRE(told<wr::notice::peer_ejected>(it) == 1);
  CHECK(it.node.observer().all<wr::notice::peer_ejected>().front().peer == *asked[0]->peer);
  for (const wr::message_hash& hash : lost) CHECK(it.host.deliveries_of(hash) == 1);
  CHECK(it.host.deliveries().size() == 2);
}

TEST_CASE("bodies in each other's place are both wrong") {
  window_node it(at_once());
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 2);
  cheat(it, stored, [](auto& reply) { std::swap(reply.entries[0].body, reply.entries[1].body); });
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  CHECK(told<wr::notice::wrong_body>(it) == 2);
  for (const wr::message_hash& hash : lost) CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("a right body on another content topic, or another pubsub topic, is not shown") {
  constexpr std::string_view other_topic = "/test/1/other/proto";
  window_node it(at_once());
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  std::vector<wr::message_hash> listed;
  const wr::message elsewhere = it.make_message("another content topic", other_topic);
  const wr::message other_shard = it.make_message("another shard");
  SUBCASE("another content topic") { listed.push_back(stored.hold(elsewhere)); }
  SUBCASE("another pubsub topic") { listed.push_back(stored.hold(other_shard, "/waku/2/rs/1/9")); }
  it.transport.expect(operation_kind::store_query).reply(wt::store_lists<wr::message>(listed));
  REQUIRE(it.subscribe());
  it.clock.run_for(30min);
  REQUIRE(lookup_queries(it).size() >= 1);
  CHECK(it.host.deliveries().empty());
}

TEST_CASE("[S3.14] [R13] own hashes are never looked up, pending or done") {
  combined_node it(at_once());
  discover(it, 1, 4, {true, true, true, false});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  const wr::message said = it.make_message("mine");
  const auto id = it.node.publish(combined_node::topic, said);
  REQUIRE(id);
  it.clock.run_for(1s);
  stored.hold(said);
  it.clock.run_for(10min);
  CHECK(it.host.outcome_as<wr::confirmed>(*id));
  CHECK(lookup_queries(it).empty());
  CHECK(it.host.deliveries().empty());
}

TEST_CASE("[R27] a hash whose body no node gives is tried again each round, reported once, then remembered") {
  window_node it(at_once());
  discover(it, 1, 3, stores_only);
  archive stored;
  serve(it, stored);
  const wr::message said = it.make_message("a name without a body");
  const wr::message_hash hash = stored.hold(said);
  stored.lose_body(hash);
  REQUIRE(it.subscribe());
  it.clock.run_for(4min - 1s);
  CHECK(lookup_queries(it).size() == 12);  // four rounds of three nodes
  CHECK(told<wr::notice::lookup_given_up>(it) == 0);
  CHECK(told<wr::notice::window_recovered>(it) == 0);  // a round with an open look-up is no success
  CHECK(told<wr::notice::audit_failed>(it) == 4);
  it.clock.run_for(1s);
  REQUIRE(told<wr::notice::lookup_given_up>(it) == 1);
  CHECK(it.node.observer().all<wr::notice::lookup_given_up>().front().hash == hash);
  CHECK(told<wr::notice::window_recovered>(it) == 1);  // given up: it holds up nothing any more
  it.clock.run_for(30min);
  CHECK(lookup_queries(it).size() == 15);
  CHECK(told<wr::notice::lookup_given_up>(it) == 1);
  CHECK(told<wr::notice::missing>(it) == 1);
  CHECK(it.host.deliveries().empty());
  push(it, 1, said);  // given up is not received
  CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("[R1] [R27] rounds in which a node gave no answer, or none could be asked, do not count") {
  window_node it;
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 1);
  bool broken = true;
  auto& failing = it.transport.expect(operation_kind::store_query).always().where([&](const request& made) {
    return broken && made.is_lookup();
  });
  SUBCASE("both fail") { failing.reply(wt::store_answer<wr::message>(503)); }
  SUBCASE("one fails, the other lacks the body") {
    failing.at(peer(1)).fail(wr::transport_error::connection_lost);
    stored.lose_body(lost[0]);
  }
  SUBCASE("both are busy") { failing.reply(wt::store_answer<wr::message>(429)); }
  REQUIRE(it.subscribe());
  it.clock.run_for(20min);
  CHECK(told<wr::notice::lookup_given_up>(it) == 0);
  CHECK(told<wr::notice::window_recovered>(it) == 0);
  CHECK(it.host.deliveries().empty());
  broken = false;
  stored.find_body(lost[0]);
  it.clock.run_for(2min);
  CHECK(it.host.deliveries_of(lost[0]) == 1);
  CHECK(told<wr::notice::window_recovered>(it) >= 1);
}

TEST_CASE("[R27] a node that gives a wrong body every time has answered: the hash is given up in the end") {
  window_node it;
  discover(it, 1, 1, stores_only);
  archive stored;
  serve(it, stored);
  lose(it, stored, 1);
  cheat(it, stored, [](auto& reply) { reply.entries.front().body->timestamp += 1; }).always();
  REQUIRE(it.subscribe());
  it.clock.run_for(5min);
  CHECK(told<wr::notice::lookup_given_up>(it) == 1);
  CHECK(told<wr::notice::wrong_body>(it) == 5);
  CHECK(it.host.deliveries().empty());
}

TEST_CASE("[R27] a body that turns up in a later round is delivered") {
  window_node it;
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 1);
  stored.lose_body(lost[0]);
  REQUIRE(it.subscribe());
  it.clock.run_for(100s);
  CHECK(it.host.deliveries().empty());
  stored.find_body(lost[0]);
  it.clock.run_for(1min);
  CHECK(it.host.deliveries_of(lost[0]) == 1);
  CHECK(told<wr::notice::window_recovered>(it) >= 1);
}

TEST_CASE("more missing than options.recovery.missing_max: the round stays open, the rest come later") {
  wr::options numbers = at_once();
  numbers.recovery.missing_max = 10;
  window_node it(numbers);
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 35);
  REQUIRE(it.subscribe());
  it.clock.run_for(999ms);
  CHECK(it.host.deliveries().size() == 10);
  CHECK(told<wr::notice::audit_failed>(it) == 1);
  it.clock.run_for(3s);  // and do not wait for the next beat
  CHECK(it.host.deliveries().size() == 35);
  for (const wr::message_hash& hash : lost) CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("where more is missing than is remembered and nobody gives a body, rounds keep their pace") {
  wr::options numbers = at_once();
  numbers.recovery.missing_max = 3;
  window_node it(numbers);
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  for (const wr::message_hash& hash : lose(it, stored, 10)) stored.lose_body(hash);
  REQUIRE(it.subscribe());
  it.clock.run_for(150s);
  CHECK(content_queries(it).size() == 3);
}

TEST_CASE("[R27] hashes that were given up do not take the room of others") {
  wr::options numbers = at_once();
  numbers.recovery.missing_max = 3;
  window_node it(numbers);
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  for (const wr::message_hash& hash : lose(it, stored, 3)) stored.lose_body(hash);
  REQUIRE(it.subscribe());
  it.clock.run_for(250s);
  REQUIRE(told<wr::notice::lookup_given_up>(it) == 3);
  const wr::message_hash later = stored.hold(others_message(it, "later"));
  it.clock.run_for(61s);
  CHECK(it.host.deliveries_of(later) == 1);
  CHECK(told<wr::notice::lookup_given_up>(it) == 3);
}

TEST_CASE("hashes that are listed no more do not take the room of others") {
  constexpr std::string_view second = "/test/1/second/proto";
  wr::options numbers = at_once();
  numbers.recovery.missing_max = 2;
  window_node it(numbers);
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  for (const wr::message_hash& hash : lose(it, stored, 2)) stored.lose_body(hash);
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  REQUIRE(told<wr::notice::missing>(it) == 2);
  const std::array names{it.content_topic};
  REQUIRE(it.node.unsubscribe(it.topic, names));
  REQUIRE(subscribe_all(it, {std::string(second)}));
  const wr::message_hash other = stored.hold(others_message(it, "other", second));
  it.clock.run_for(2min);
  CHECK(it.host.deliveries_of(other) == 1);
}

TEST_CASE("look-ups wait while nothing may be sent and go on afterwards") {
  window_node it;
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  const auto lost = lose(it, stored, 3);
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  REQUIRE(told<wr::notice::missing>(it) == 3);
  const bool by_pause = [] {
    bool chosen = false;
    SUBCASE("offline") {}
    SUBCASE("paused") { chosen = true; }
    return chosen;
  }();
  if (by_pause) {
    it.node.pause();
  } else {
    it.transport.sink().connectivity(false);
  }
  it.clock.run_for(10min);
  CHECK(lookup_queries(it).empty());
  if (by_pause) {
    it.node.resume();
  } else {
    it.transport.sink().connectivity(true);
  }
  it.clock.run_for(10s);
  for (const wr::message_hash& hash : lost) CHECK(it.host.deliveries_of(hash) == 1);
}

}  // namespace lookups_tests
