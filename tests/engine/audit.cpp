// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/audit.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/receiving.hpp"

namespace audit_tests {

using namespace receiving;

namespace {

using window_node = wt::scripted_node<window_client>;
using combined_node = wt::scripted_node<combined_client>;

constexpr std::string_view publish_topic = "/test/1/mine/proto";

/// The audit by a relay node, and by one that takes part in nothing.
struct relay_window : wr::policies<wr::relay_only, wr::relay_reception, wr::periodic_audit,
                                   wr::accepted_is_enough, notice_log> {};
struct store_reader : wr::policies<wr::publish_nothing, wr::receive_nothing, wr::periodic_audit,
                                   wr::accepted_is_enough, notice_log> {};

struct forgiving_window : wr::policies<wr::lightpush_only, wr::filter_only, wr::periodic_audit,
                                       wr::accepted_is_enough, wr::plain_pool, notice_log> {};

/// A cadence of a user's own: 10 s after a loss, else 100 s.
struct two_beats {
  static constexpr wr::slot fills = wr::slot::cadence;
  [[nodiscard]] constexpr wr::duration next(wr::duration, bool loss_found, const wr::cadence_options&) const {
    return loss_found ? 10s : 100s;
  }
};
/// A recovery of a user's own: the last ten minutes, whatever happened.
struct ten_minutes {
  static constexpr wr::slot fills = wr::slot::recovery;
  static constexpr wr::capability_set needs{.store = true};
  static constexpr bool periodic = true;
  static constexpr bool after_outage = false;
  [[nodiscard]] constexpr wr::wall_time range_start(const wr::recovery_situation& situation,
                                                    const wr::recovery_options&) const {
    return situation.now - 10min;
  }
};
struct own_beat : wr::policies<wr::lightpush_only, wr::filter_only, ten_minutes, wr::accepted_is_enough,
                               two_beats, notice_log> {};
struct adaptive_window : wr::policies<wr::lightpush_only, wr::filter_only, wr::periodic_audit,
                                      wr::accepted_is_enough, wr::adaptive_cadence, notice_log> {};

template <class Node>
wr::message_hash publish_on(Node& it, std::string_view content_topic, wr::message& said) {
  said = it.make_message("mine", content_topic);
  REQUIRE(it.node.publish(Node::topic, said));
  it.settle();
  return it.hash_of(said);
}

/// A hundred messages of others, stamped over the last 290 s.
template <class Node>
archive hundred_lines(const Node& it) {
  archive stored;
  for (int number = 0; number < 100; ++number) {
    wr::message said = others_message(it, "line " + std::to_string(number));
    said.timestamp -= wr::duration(290s - number * 2s).count();
    stored.hold(said);
  }
  return stored;
}

/// A message at each of three stores that the others have not.
template <class Node>
std::vector<wr::message_hash> hold_at_one_each(const Node& it, std::map<wr::peer_id, archive>& stores) {
  std::vector<wr::message_hash> held;
  for (std::uint32_t number = 1; number <= 3; ++number) {
    held.push_back(stores[peer(number)].hold(it.make_message("at one of three: " + std::to_string(number))));
  }
  return held;
}

/// Each store answers from an archive of its own while `works`, and with 503 while not.
template <class Node>
void serve_while(const bool& works, Node& it, std::map<wr::peer_id, archive>& stores) {
  it.transport.otherwise(operation_kind::store_query).answer_with([&](const request& made) {
    return wt::any_reply<wr::message>(works ? stores[*made.peer].answer(made)
                                            : wt::store_answer<wr::message>(503));
  });
}

template <class Notice, class Node>
std::size_t told(Node& it) {
  return it.node.observer().template count<Notice>();
}

}  // namespace

TEST_CASE("[S2.2] [R35] a round every 60 s by default, from the subscription on") {
  window_node it;
  discover(it, 1, 3, stores_only);
  it.clock.run_for(10s);
  CHECK(content_queries(it).empty());
  REQUIRE(it.subscribe());
  it.clock.run_for(5min);
  CHECK(times_of(it, content_queries(it)) == std::vector<wr::duration>{10s, 70s, 130s, 190s, 250s, 310s});
}

TEST_CASE("[S2.2] [R29] the queries of a round cover every topic of interest, ten at most in each") {
  window_node it;
  discover(it, 1, 3, stores_only);
  const auto names = many_topics(23);
  REQUIRE(subscribe_all(it, names));
  const auto round = content_queries(it);
  REQUIRE(round.size() == 3);
  std::size_t sum = 0;
  for (const request* made : round) {
    CHECK(made->content_topics.size() <= 10);
    sum += made->content_topics.size();
  }
  CHECK(sum == 23);  // each in one of them
  CHECK(topics_of(round) == std::set<std::string>(names.begin(), names.end()));
  it.clock.run_for(1min);
  CHECK(content_queries(it).size() == 6);
}

TEST_CASE("[R29] how many topics a query names, and how many queries run at once, are options") {
  wr::options numbers;
  numbers.recovery.topics_per_query = 3;
  numbers.recovery.queries_at_once = 2;
  window_node it(numbers);
  discover(it, 1, 3, stores_only);
  it.transport.set_usual_delay(1s);
  REQUIRE(subscribe_all(it, many_topics(10)));
  it.clock.run_for(30s);
  const auto round = content_queries(it);
  REQUIRE(round.size() == 4);
  for (const request* made : round) CHECK(made->content_topics.size() <= 3);
  CHECK(times_of(it, round) == std::vector<wr::duration>{0s, 0s, 1s, 1s});
  CHECK(told<wr::notice::window_recovered>(it) == 1);
}

TEST_CASE("[R29] a range with many pages is asked in parts side by side, none left out, nothing twice") {
  wr::options numbers;
  numbers.recovery.page_entries = 10;
  numbers.recovery.pages_in_turn = 2;
  window_node it(numbers);
  discover(it, 1, 4, stores_only);
  const archive stored = hundred_lines(it);
  serve(it, stored);
  it.transport.set_usual_delay(100ms);
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  CHECK(content_queries(it).size() == 10);  // page after page: nothing was known of this range
  CHECK(it.host.deliveries().size() == 100);

  const wr::steady_time second_round = it.clock.steady();
  it.clock.run_for(60s);
  auto parts = content_queries(it, second_round);
  std::erase_if(parts, [&](const request* made) { return !made->cursor.empty(); });
  REQUIRE(parts.size() == 5);  // nine full pages, by two
  CHECK(*parts.front()->time_start == parts.front()->at.wall - 5min - 20s);
  CHECK(*parts.back()->time_end == parts.front()->at.wall + 20s);
  for (std::size_t at = 0; at < parts.size(); ++at) {
    const bool at_once = at < numbers.recovery.queries_at_once;
    CHECK((parts[at]->at.steady == parts.front()->at.steady) == at_once);
    if (at > 0) CHECK(*parts[at]->time_start == *parts[at - 1]->time_end);
  }
  parts.pop_back();
  CHECK(peers_of(parts).size() == 4);
  CHECK(told<wr::notice::window_recovered>(it) == 2);
  CHECK(it.host.deliveries().size() == 100);
}

TEST_CASE("[R29] a store whose pages have no end has no range cut into thousands of parts") {
  bool empty = false;
  SUBCASE("empty pages") { empty = true; }
  SUBCASE("full pages of what nobody has") {}
  wr::options numbers;
  numbers.recovery.pages_max = 40;
  numbers.recovery.missing_max = 8;
  numbers.recovery.slice = 20s;
  numbers.recovery.pages_in_turn = 1;
  window_node it(numbers);
  discover(it, 1, 2, stores_only);
  std::uint8_t page = 0;
  it.transport.otherwise(operation_kind::store_query).answer_with([&](const request& made) {
    auto reply = wt::store_answer<wr::message>(200);
    if (!made.hashes.empty()) return wt::any_reply<wr::message>(reply);
    reply.cursor.assign(32, std::byte{++page});
    for (std::uint32_t number = 0; !empty && number < made.limit; ++number) {
      auto& entry = reply.entries.emplace_back();
      entry.hash.bytes.fill(std::byte{page});
      entry.hash.bytes[0] = static_cast<std::byte>(number);
    }
    return wt::any_reply<wr::message>(reply);
  });
  REQUIRE(it.subscribe());
  it.clock.run_for(3min);
  wr::duration shortest = 1h;
  for (const request* made : content_queries(it)) {
    shortest = std::min(shortest, *made->time_end - *made->time_start);
  }
  // The last part of a range may be any rest of it; no other is shorter than a 64th.
  if (empty) CHECK(shortest == 20s);
  if (!empty) CHECK(shortest > (5min + 40s) / 64 - 1s);
}

TEST_CASE("[R29] a range with few pages is one query") {
  wr::options numbers;
  numbers.recovery.page_entries = 10;
  numbers.recovery.pages_in_turn = 10;
  window_node it(numbers);
  discover(it, 1, 4, stores_only);
  const archive stored = hundred_lines(it);
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(70s);
  auto rounds = content_queries(it);
  std::erase_if(rounds, [&](const request* made) { return !made->cursor.empty(); });
  CHECK(rounds.size() == 2);
}

TEST_CASE("[R36] each pubsub topic has queries of its own") {
  constexpr std::string_view other_shard = "/waku/2/rs/1/7";
  window_node it;
  discover(it, 1, 3, stores_only);
  REQUIRE(it.subscribe({"/test/1/a/proto", "/test/1/b/proto"}));
  const std::array on_other{std::string_view("/test/1/b/proto"), std::string_view("/test/1/c/proto")};
  REQUIRE(it.node.subscribe(other_shard, on_other));
  it.settle();
  const auto round = content_queries(it);
  REQUIRE(round.size() == 2);
  CHECK(round[0]->pubsub_topic == window_node::topic);
  CHECK(round[0]->content_topics == std::vector<std::string>{"/test/1/a/proto", "/test/1/b/proto"});
  CHECK(round[1]->pubsub_topic == other_shard);
  CHECK(round[1]->content_topics == std::vector<std::string>{"/test/1/b/proto", "/test/1/c/proto"});
}

TEST_CASE("subscribing anew to what is subscribed already asks nothing more") {
  window_node it;
  discover(it, 1, 3, {.filter = true, .store = true});
  REQUIRE(it.subscribe());
  const std::size_t before = it.transport.requests().size();
  for (int again = 0; again < 5; ++again) REQUIRE(it.subscribe());
  CHECK(it.transport.requests().size() == before);
}

TEST_CASE("an unsubscribed topic is not asked about, and without topics nothing is") {
  window_node it;
  discover(it, 1, 2, stores_only);
  REQUIRE(it.subscribe({"/test/1/a/proto", "/test/1/b/proto"}));
  it.clock.run_for(1min);
  const std::array a{std::string_view("/test/1/a/proto")};
  const std::array b{std::string_view("/test/1/b/proto")};
  REQUIRE(it.node.unsubscribe(window_node::topic, a));
  const wr::steady_time then = it.clock.steady() + 1ns;
  it.clock.run_for(2min);
  CHECK(topics_of(content_queries(it, then)) == std::set<std::string>{"/test/1/b/proto"});
  REQUIRE(it.node.unsubscribe(window_node::topic, b));
  const std::size_t before = it.transport.requests().size();
  it.clock.run_for(1h);
  CHECK(it.transport.requests().size() == before);
}

TEST_CASE("[G8] [S2.6] [S2.7] a message that only the store has is found and delivered") {
  window_node it;
  discover(it, 1, 2, {.filter = true, .store = true});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(90s);
  const wr::message_hash hash = stored.hold(it.make_message("lost"));
  it.clock.run_for(2min);
  CHECK(it.host.deliveries_of(hash) == 1);
  CHECK(told<wr::notice::missing>(it) == 1);
  CHECK(told<wr::notice::recovered>(it) == 1);
  CHECK(it.host.deliveries().front().at.steady - it.clock.steady() ==
        -85s);  // listed at 120 s, fetched at 125 s
}

TEST_CASE("[G9] the audit works beside relay alone") {
  wt::scripted_node<relay_window, wr::message, wr::capability_set{.relay = true, .store = true}> it;
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.transport.sink().relay_peers(window_node::topic, 4);
  const wr::message heard = it.make_message("heard");
  stored.hold(heard);
  it.transport.sink().relay_message(window_node::topic, heard);
  const wr::message_hash lost = stored.hold(it.make_message("lost"));
  it.clock.run_for(70s);
  CHECK(it.host.deliveries_of(it.hash_of(heard)) == 1);
  CHECK(it.host.deliveries_of(lost) == 1);
  CHECK(told<wr::notice::missing>(it) == 1);
}

TEST_CASE("[G9] [S2.7] a node that receives by no protocol still fetches what stores list") {
  wt::scripted_node<store_reader, wr::message, wr::capability_set{.store = true}> it;
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  const wr::message_hash hash = stored.hold(it.make_message("from the archive"));
  it.clock.run_for(70s);
  CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("[R3] [S2.2] the audit alone asks for no presence") {
  window_node it;
  discover(it, 1, 2, {true, true, true, false});
  REQUIRE(it.subscribe());
  REQUIRE(it.publish("mine"));
  it.clock.run_for(3min);
  CHECK(presence_queries(it).empty());
  REQUIRE(content_queries(it).size() == 4);
}

TEST_CASE("[R3] [F4.2] [S2.4] after a time offline a round is brought forward; F4 adds nothing of its own") {
  window_node it;
  discover(it, 1, 2, {.filter = true, .store = true});
  it.transport.set_usual_delay(50ms);
  REQUIRE(it.subscribe());
  it.clock.run_for(70s);
  it.transport.sink().connectivity(false);
  it.clock.run_for(2min);
  const wr::steady_time back = it.clock.steady();
  it.transport.sink().connectivity(true);
  it.clock.run_for(59s);
  const auto after = content_queries(it, back);
  REQUIRE(after.size() == 1);
  CHECK(after[0]->at.steady == back);
  CHECK(after[0]->time_start == after[0]->at.wall - 5min - 20s);
}

TEST_CASE("[R3] [F4.2] likewise after an outage that only the pings have told") {
  window_node it;
  discover(it, 1, 2, filters_only);
  discover(it, 3, 4, stores_only);
  it.transport.set_usual_delay(50ms);
  bool works = true;
  for (const operation_kind kind : {operation_kind::filter_ping, operation_kind::filter_subscribe}) {
    it.transport.expect(kind).always().where([&](const request&) { return !works; }).drop();
  }
  it.transport.expect(operation_kind::store_query)
      .always()
      .where([&](const request&) { return !works; })
      .drop();
  REQUIRE(it.subscribe());
  it.clock.run_for(10min);
  works = false;
  it.clock.run_for(20min);
  CHECK(told<wr::notice::outage_began>(it) == 1);
  works = true;
  const std::size_t successes = told<wr::notice::window_recovered>(it);
  it.clock.run_for(2min);
  CHECK(told<wr::notice::outage_ended>(it) == 1);
  const std::size_t rounds = told<wr::notice::window_recovered>(it) - successes;
  CHECK(rounds >= 2);  // the long range, and one further store that lists it
  CHECK(rounds <= 4);
}

TEST_CASE("[R12] a checkpoint does not move when one of the topic batches fails") {
  window_node it;
  discover(it, 1, 1, stores_only);
  archive stored;
  serve(it, stored);
  const auto names = many_topics(12);
  REQUIRE(subscribe_all(it, names));
  const wr::wall_time until = it.clock.wall() + 20s;
  it.transport.expect(operation_kind::store_query)
      .always()
      .where([&](const request& made) {
        return made.at.wall < until + 20min && !made.content_topics.empty() &&
               made.content_topics.back() == names.back();
      })
      .reply(wt::store_answer<wr::message>(300));
  it.clock.run_for(5s);
  const wr::message_hash first = stored.hold(it.make_message("in the batch that worked", names[0]));
  const wr::message_hash last = stored.hold(it.make_message("in the batch that failed", names[11]));
  it.clock.run_for(20min);
  CHECK(told<wr::notice::window_recovered>(it) == 1);
  CHECK(told<wr::notice::audit_failed>(it) == 20);
  CHECK(it.host.deliveries_of(first) == 1);  // what was found is fetched all the same
  CHECK(it.host.deliveries_of(last) == 0);
  const wr::steady_time healed = it.clock.steady() + 1s;
  it.clock.run_for(2min);
  const auto after = content_queries(it, healed);
  REQUIRE(after.size() >= 2);
  CHECK(after[0]->time_start == until - 40s);
  CHECK(after[1]->time_start == until - 40s);
  CHECK(it.host.deliveries_of(first) == 1);
  CHECK(it.host.deliveries_of(last) == 1);
}

TEST_CASE("[R12] a checkpoint does not move when a later page fails, or a look-up does") {
  wr::options numbers;
  numbers.recovery.page_entries = 5;
  window_node it(numbers);
  discover(it, 1, 1, stores_only);
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  const wr::wall_time until = it.clock.wall() + 20s;
  it.clock.run_for(1s);
  std::vector<wr::message_hash> lost;
  for (int number = 0; number < 8; ++number)
    lost.push_back(stored.hold(it.make_message(std::to_string(number))));
  bool broken = true;
  const bool pages = [] {
    bool chosen = false;
    SUBCASE("look-ups fail") {}
    SUBCASE("later pages fail") { chosen = true; }
    return chosen;
  }();
  it.transport.expect(operation_kind::store_query)
      .always()
      .where([&](const request& made) { return broken && (pages ? !made.cursor.empty() : made.is_lookup()); })
      .fail(wr::transport_error::connection_lost);
  it.clock.run_for(3min + 30s);
  CHECK(told<wr::notice::window_recovered>(it) == 1);
  CHECK(it.host.deliveries().size() == (pages ? 5 : 0));
  broken = false;
  it.clock.run_for(1min);
  REQUIRE(told<wr::notice::window_recovered>(it) == 2);
  CHECK(it.node.observer().all<wr::notice::window_recovered>()[1].start <= until);
  for (const wr::message_hash& hash : lost) CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("[R12] the checkpoint is the end of the range, not the time of the reply") {
  window_node it;
  discover(it, 1, 1, stores_only);
  bool works = true;
  it.transport.expect(operation_kind::store_query)
      .always()
      .where([&](const request&) { return !works; })
      .fail(wr::transport_error::dial_failed);
  it.transport.otherwise(operation_kind::store_query).after(15s);  // a slow store
  REQUIRE(it.subscribe());
  const wr::wall_time began = it.clock.wall();
  it.clock.run_for(30s);
  REQUIRE(told<wr::notice::window_recovered>(it) == 1);
  const auto success = it.node.observer().all<wr::notice::window_recovered>().front();
  CHECK(success.end == began + 20s);
  CHECK(success.start == began - 5min - 20s);
  CHECK(success.pubsub_topic == window_node::topic);
  works = false;
  it.clock.run_for(10min);
  works = true;
  const wr::steady_time back = it.clock.steady() + 1ns;
  it.clock.run_for(1min);
  REQUIRE(!content_queries(it, back).empty());
  CHECK(content_queries(it, back).front()->time_start == success.end - 40s);
}

TEST_CASE("a beat that falls into a round begins the next one when that ends, and only one") {
  window_node it;
  discover(it, 1, 1, stores_only);
  wr::options numbers = it.node.numbers();
  numbers.timeout.store = 10min;
  REQUIRE(it.node.reconfigure(numbers).empty());
  it.transport.expect(operation_kind::store_query).after(150s);
  REQUIRE(it.subscribe());
  it.clock.run_for(179s);
  CHECK(times_of(it, content_queries(it)) == std::vector<wr::duration>{0s, 150s});
}

TEST_CASE("[S3.5] [R14] one query names what is subscribed and what is published, and there is no other") {
  combined_node it;
  discover(it, 1, 4, {true, true, true, false});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(58s);
  wr::message said;
  const wr::message_hash hash = publish_on(it, publish_topic, said);
  it.clock.run_for(2s);  // the round at 60 s
  const auto round = content_queries(it, it.clock.steady());
  REQUIRE(round.size() == 1);
  CHECK(round[0]->content_topics ==
        std::vector<std::string>{std::string(combined_node::content_topic), std::string(publish_topic)});
  CHECK(round[0]->time_start == round[0]->at.wall - 5min - 20s);
  CHECK_FALSE(round[0]->include_data);
  stored.hold(said);
  it.clock.run_for(10s);
  CHECK(it.host.deliveries_of(hash) == 0);
  CHECK(it.host.outcomes().size() == 1);
  it.clock.run_for(20min);
  CHECK(presence_queries(it).empty());
  const auto later = content_queries(it, it.clock.steady() - 5min);
  CHECK(topics_of(later) == std::set<std::string>{std::string(combined_node::content_topic)});
}

TEST_CASE("[S3.5] [R35] between rounds S3 looks early at what it published alone, from its stamp less 20 s") {
  combined_node it;
  discover(it, 1, 4, {true, true, true, false});
  REQUIRE(it.subscribe());
  it.clock.run_for(10s);
  wr::message said;
  publish_on(it, publish_topic, said);
  const wr::steady_time sent = it.clock.steady();
  it.clock.run_for(10s);
  const auto early = content_queries(it, sent);
  REQUIRE(early.size() == 3);
  CHECK(times_of(it, early) == std::vector<wr::duration>{13s, 16s, 19s});
  for (const request* made : early) {
    CHECK(made->content_topics == std::vector<std::string>{std::string(publish_topic)});
    CHECK(made->time_start == wr::wall_time(wr::duration(said.timestamp)) - 20s);
    CHECK(made->time_end == made->at.wall + 20s);
    CHECK_FALSE(made->include_data);
  }
  CHECK(presence_queries(it).empty());
}

TEST_CASE("[S3.10] [S3.11] [S3.14] [S3.15] the one reply confirms what is ours and finds what is missing") {
  wr::options numbers;
  bool batched = true;
  SUBCASE("looked up in batches") {}
  SUBCASE("looked up upon the reply") {
    numbers.recovery.lookup_delay = 0s;
    batched = false;
  }
  combined_node it(numbers);
  discover(it, 1, 4, {true, true, true, false});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(57s);
  const wr::message known = it.make_message("known");
  push(it, 1, known);
  stored.hold(known);
  const wr::message_hash lost = stored.hold(it.make_message("lost"));
  wr::message said;
  const wr::message_hash own = publish_on(it, combined_node::content_topic, said);
  stored.hold(said);
  it.clock.run_for(3s);
  it.settle();
  REQUIRE(it.host.outcomes().size() == 1);
  CHECK(std::holds_alternative<wr::confirmed>(it.host.outcomes()[0].what.outcome));
  CHECK(it.host.outcomes()[0].what.hash == own);
  REQUIRE(told<wr::notice::missing>(it) == 1);
  CHECK(it.node.observer().all<wr::notice::missing>()[0].hash == lost);
  CHECK(it.host.deliveries_of(lost) == (batched ? 0 : 1));
  it.clock.run_for(5s);
  CHECK(it.host.deliveries_of(lost) == 1);
  CHECK(it.host.deliveries().size() == 2);
  CHECK(lookup_queries(it).size() == 1);
  CHECK(lookup_queries(it)[0]->hashes == std::vector<wr::message_hash>{lost});
}

TEST_CASE("[R14] strangers on a topic that is only published to are neither fetched nor delivered") {
  combined_node it;
  discover(it, 1, 4, {true, true, true, false});
  archive stored;
  serve(it, stored);
  wr::message said;
  publish_on(it, publish_topic, said);
  const wr::message_hash stranger = stored.hold(it.make_message("theirs", publish_topic));
  it.clock.run_for(2min);
  CHECK(it.host.deliveries_of(stranger) == 0);
  CHECK(it.host.deliveries().empty());
  CHECK(lookup_queries(it).empty());
  CHECK(told<wr::notice::missing>(it) == 0);
}

TEST_CASE("[S3.9] a reply over a range that does not cover the message says nothing about it") {
  wr::options numbers;
  numbers.confirmation.negative_replies_max = 1;
  combined_node it(numbers);
  discover(it, 1, 4, {true, true, true, false});
  wr::message old = it.make_message("stamped by its author", combined_node::content_topic);
  old.timestamp -= 400'000'000'000;  // before every window
  const auto id = it.node.publish(combined_node::topic, old);
  REQUIRE(id);
  it.clock.run_for(2s);
  REQUIRE(it.subscribe());  // a full round, which begins 320 s ago
  REQUIRE(content_queries(it).size() == 1);
  CHECK(it.host.outcomes().empty());
}

TEST_CASE("rounds go round the stores: whoever listed longest ago is next") {
  window_node it;
  std::uint32_t stores = 0;
  SUBCASE("two") { stores = 2; }
  SUBCASE("three") { stores = 3; }
  SUBCASE("eight") { stores = 8; }
  discover(it, 1, stores, stores_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(40min);
  const auto rounds = content_queries(it);
  REQUIRE(rounds.size() == 41);
  for (std::size_t at = stores; at < rounds.size(); ++at)
    CHECK(rounds[at]->peer == rounds[at - stores]->peer);
  CHECK(peers_of(rounds).size() == stores);
}

TEST_CASE("a range beyond the window is listed by three stores, and what one of them alone has is found") {
  window_node it;
  discover(it, 1, 3, stores_only);
  std::map<wr::peer_id, archive> stores;
  bool works = true;
  serve_while(works, it, stores);
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  works = false;
  it.clock.run_for(10s);
  const std::vector<wr::message_hash> lost = hold_at_one_each(it, stores);
  it.clock.run_for(1h);
  works = true;
  const wr::steady_time back = it.clock.steady();
  it.clock.run_for(6min);
  const auto rounds = content_queries(it, back);
  REQUIRE(rounds.size() == 6);
  const std::vector<const request*> beyond(rounds.begin(), rounds.begin() + 3);
  CHECK(peers_of(beyond).size() == 3);
  for (const request* made : beyond) CHECK(*made->time_start <= beyond.front()->at.wall - 1h);
  for (std::size_t at = 3; at < rounds.size(); ++at) {
    CHECK(rounds[at]->time_start == rounds[at]->at.wall - 5min - 20s);
  }
  for (const wr::message_hash& hash : lost) CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("what one of three stores has is found though rounds fail for longer than the window") {
  wt::scripted_node<forgiving_window> it;  // it asks all three, though they have failed
  discover(it, 1, 3, stores_only);
  std::map<wr::peer_id, archive> stores;
  bool works = true;
  serve_while(works, it, stores);
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  const std::vector<wr::message_hash> lost = hold_at_one_each(it, stores);
  for (int turn = 0; turn < 2; ++turn) {  // one success, then none for longer than the window
    works = true;
    it.clock.run_for(1min);
    works = false;
    it.clock.run_for(6min);
  }
  works = true;
  it.clock.run_for(2min);
  for (const wr::message_hash& hash : lost) CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("how many stores list a range beyond the window is an option") {
  wr::options numbers;
  numbers.recovery.stores_per_range = 1;
  window_node it(numbers);
  discover(it, 1, 3, stores_only);
  bool works = true;
  std::map<wr::peer_id, archive> stores;
  serve_while(works, it, stores);
  REQUIRE(it.subscribe());
  works = false;
  it.clock.run_for(1h + 1s);
  works = true;
  const wr::steady_time back = it.clock.steady();
  it.clock.run_for(2min);
  const auto rounds = content_queries(it, back);
  REQUIRE(rounds.size() == 2);
  CHECK(*rounds[0]->time_start < rounds[0]->at.wall - 1h);
  CHECK(*rounds[1]->time_start == rounds[1]->at.wall - 5min - 20s);
}

TEST_CASE("a user's own cadence and recovery are used: their beats, their ranges") {
  wt::scripted_node<own_beat> it;
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(150s);
  stored.hold(it.make_message("lost"));
  it.clock.run_for(200s);
  CHECK(times_of(it, content_queries(it)) == std::vector<wr::duration>{0s, 100s, 200s, 300s, 310s});
  for (const request* made : content_queries(it)) {
    CHECK(made->time_start == made->at.wall - 10min);
    CHECK(made->time_end == made->at.wall + 20s);
  }
}

TEST_CASE("an adaptive cadence asks more seldom while nothing is missing, more often after a loss") {
  wt::scripted_node<adaptive_window> it;
  discover(it, 1, 2, stores_only);
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(60s + 90s + 135s + 200s);
  const std::vector<wr::duration> quiet{0s, 60s, 150s, 285s};
  CHECK(times_of(it, content_queries(it)) == quiet);
  stored.hold(it.make_message("lost"));
  const wr::steady_time then = it.clock.steady();
  it.clock.run_for(5min);
  const auto times = times_of(it, content_queries(it, then));
  REQUIRE(times.size() >= 2);
  CHECK(times[0] == 285s + 202500ms);
  CHECK(times[1] > times[0] + 200s);  // chosen before the round saw the loss
  it.clock.run_for(3min);
  const auto more = times_of(it, content_queries(it, then));
  REQUIRE(more.size() >= 3);
  CHECK(more[2] - more[1] == (more[1] - more[0]) / 2);
}

TEST_CASE("a page without end fills the list of missing hashes, hides nothing of ours, and loses nothing") {
  wr::options numbers = exact_times();
  numbers.recovery.missing_max = 200;
  numbers.recovery.page_entries = 50;
  wt::scripted_node<combined_client> it(numbers);
  discover(it, 1, 3, {.lightpush = true, .filter = true});
  discover(it, 4, 4, stores_only);
  archive stored;
  serve(it, stored);
  std::optional<wr::message_hash> mine;
  // Its first listing names 20,000 hashes that nobody has, and our own message as the last of them.
  auto& endless = it.transport.expect(operation_kind::store_query);
  endless.where([&](const request& made) { return made.hashes.empty() && mine; });
  endless.answer_with([&](const request&) -> wt::any_reply<wr::message> {
    std::vector<wr::message_hash> listed(20'000);
    for (std::size_t number = 0; number < listed.size(); ++number) {
      for (std::size_t at = 0; at < 4; ++at)
        listed[number].bytes[at] = static_cast<std::byte>(number >> (8 * at));
      listed[number].bytes[31] = std::byte{1};
    }
    listed.push_back(*mine);
    return wt::store_lists<wr::message>(listed);
  });
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  const auto id = it.publish("mine");
  mine = it.node.status(*id)->hash;
  REQUIRE(mine);
  it.clock.run_for(5s);
  CHECK(it.host.outcome_as<wr::confirmed>(*id));
  CHECK(it.node.observer().count<wr::notice::missing>() == 200);
  const wr::message_hash lost = stored.hold(it.make_message("lost"));
  it.clock.run_for(10min);
  CHECK(it.host.deliveries_of(lost) == 1);
}

}  // namespace audit_tests
