// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/audit_range.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/receiving.hpp"

namespace audit_range_tests {

using namespace receiving;

namespace {

using window_node = wt::scripted_node<window_client>;
using combined_node = wt::scripted_node<combined_client>;

constexpr std::string_view second_topic = "/test/1/second/proto";

/// All stores stop or go on answering.
struct store_switch {
  explicit store_switch(window_node& it, const archive& from) {
    it.transport.otherwise(operation_kind::store_query).answer_with([this, &from](const request& made) {
      return wt::any_reply<wr::message>(works ? from.answer(made) : wt::store_answer<wr::message>(503));
    });
  }
  bool works = true;
};

template <class Node>
wr::notice::window_recovered last_success(Node& it) {
  return it.node.observer().template all<wr::notice::window_recovered>().back();
}

/// Lets others talk for so long, one message every `gap`. `heard` says which of them a filter node pushes.
template <class Node, class Heard>
std::vector<wr::message_hash> talk(Node& it, archive& stored, wr::duration length, wr::duration gap,
                                   Heard heard) {
  std::vector<wr::message_hash> hashes;
  for (wr::duration passed{}; passed < length; passed += gap) {
    const wr::message said = others_message(it, "message " + std::to_string(it.clock.elapsed().count()));
    hashes.push_back(stored.hold(said));
    if (heard(hashes.size())) push(it, 1, said);
    it.clock.run_for(gap);
  }
  return hashes;
}
constexpr auto all = [](std::size_t) { return true; };
constexpr auto none = [](std::size_t) { return false; };

/// How many of the messages were delivered once, and how many more often.
template <class Node>
std::array<std::size_t, 2> once_and_more(const Node& it, const std::vector<wr::message_hash>& hashes) {
  std::array<std::size_t, 2> found{};
  for (const wr::message_hash& hash : hashes) {
    const std::size_t times = it.host.deliveries_of(hash);
    if (times == 1) ++found[0];
    if (times > 1) ++found[1];
  }
  return found;
}

}  // namespace

TEST_CASE("[S2.2] every range begins 5 min 20 s before its query and ends 20 s after it") {
  window_node it;
  discover(it, 1, 2, stores_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(30min);
  const auto queries = content_queries(it);
  REQUIRE(queries.size() == 31);
  for (const request* made : queries) {
    CHECK(made->time_start == made->at.wall - 5min - 20s);
    CHECK(made->time_end == made->at.wall + 20s);
  }
}

TEST_CASE("[S2.2] window and overlap are options") {
  wr::options numbers;
  numbers.recovery.window = 10min;
  numbers.recovery.overlap = 5s;
  window_node it(numbers);
  discover(it, 1, 1, stores_only);
  REQUIRE(it.subscribe());
  CHECK(content_queries(it).front()->time_start == it.clock.wall() - 10min - 5s);
  CHECK(content_queries(it).front()->time_end == it.clock.wall() + 5s);
}

TEST_CASE("[S2.4] [R12] after failures for longer than the window a range reaches back to the last success") {
  window_node it;
  discover(it, 1, 2, stores_only);
  archive stored;
  store_switch stores(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(10min);
  const wr::wall_time until = last_success(it).end;
  CHECK(until == it.clock.wall() + 20s);
  stores.works = false;
  const auto missed = talk(it, stored, 40min, 1min, none);
  stores.works = true;
  const wr::steady_time back = it.clock.steady();
  it.clock.run_for(2min);
  const auto after = content_queries(it, back);
  REQUIRE(!after.empty());
  CHECK(after.front()->time_start <= until);
  CHECK(after.front()->time_start == until - 40s - 2min);  // what only two rounds listed is listed once more
  CHECK(once_and_more(it, missed) == std::array<std::size_t, 2>{40, 0});
  CHECK(it.node.observer().count<wr::notice::window_shortened>() == 0);
}

TEST_CASE("[S2.4] a sender whose clock is 15 s slow is not lost at the beginning of a long outage") {
  window_node it;
  discover(it, 1, 2, stores_only);
  archive stored;
  store_switch stores(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(10min);  // a round has just succeeded
  stores.works = false;
  it.clock.run_for(2s);
  wr::message said = others_message(it, "my clock is slow");
  said.timestamp -= 15'000'000'000;
  const wr::message_hash hash = stored.hold(said);
  it.clock.run_for(20min);
  stores.works = true;
  it.clock.run_for(2min);
  CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("[R12] a new subscription does not shorten what is open for the others in the same query") {
  window_node it;
  discover(it, 1, 2, stores_only);
  archive stored;
  store_switch stores(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(1min);
  stores.works = false;
  const auto missed = talk(it, stored, 30min, 1min, none);
  stores.works = true;
  REQUIRE(it.subscribe({second_topic}));
  it.clock.run_for(1min);
  CHECK(once_and_more(it, missed) == std::array<std::size_t, 2>{30, 0});
}

TEST_CASE("a store that appears late is asked from the subscription on") {
  window_node it;
  discover(it, 1, 1, filters_only);
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  const wr::wall_time subscribed = it.clock.wall();
  const auto missed = talk(it, stored, 1h, 5min, none);
  CHECK(it.host.deliveries().empty());
  CHECK(it.transport.count(operation_kind::store_query) == 0);
  discover(it, 7, 7, stores_only);
  REQUIRE(content_queries(it).size() >= 1);
  CHECK(content_queries(it).front()->time_start == subscribed - 5min - 20s);
  it.clock.run_for(10s);
  CHECK(once_and_more(it, missed) == std::array<std::size_t, 2>{12, 0});
}

TEST_CASE("[R29] the extension is capped at 24 h by default, and the cut is told") {
  window_node it;
  discover(it, 1, 2, stores_only);
  archive stored;
  store_switch stores(it, stored);
  REQUIRE(it.subscribe());
  const wr::wall_time until = last_success(it).end;
  stores.works = false;
  it.clock.run_for(30h + 1s);
  stores.works = true;
  const wr::steady_time back = it.clock.steady();
  const std::size_t told = it.node.observer().count<wr::notice::window_shortened>();
  it.clock.run_for(1min);
  const auto after = content_queries(it, back);
  REQUIRE(!after.empty());
  CHECK(after.front()->time_start == after.front()->at.wall - 24h);
  REQUIRE(it.node.observer().count<wr::notice::window_shortened>() > told);
  const auto cut = it.node.observer().all<wr::notice::window_shortened>()[told];
  CHECK(cut.wanted == until - 40s);
  CHECK(cut.start == *after.front()->time_start);
  CHECK(cut.pubsub_topic == window_node::topic);
}

TEST_CASE("[R29] a range longer than 24 h is asked for in slices of at most 24 h that leave no gap") {
  wr::options numbers;
  numbers.recovery.longest_reach = 24h * 7;
  window_node it(numbers);
  discover(it, 1, 2, stores_only);
  archive stored;
  store_switch stores(it, stored);
  REQUIRE(it.subscribe());
  stores.works = false;
  const wr::wall_time until = last_success(it).end;
  const auto missed = talk(it, stored, 60h, 30min, none);
  it.clock.run_for(1s);
  stores.works = true;
  const wr::steady_time back = it.clock.steady();
  it.clock.run_for(2min);
  auto slices = content_queries(it, back);
  REQUIRE(!slices.empty());
  const wr::instant round = slices.front()->at;
  std::erase_if(slices, [&](const request* made) { return made->at != round || !made->cursor.empty(); });
  REQUIRE(slices.size() == 3);
  CHECK(slices[0]->time_start == until - 40s);
  for (std::size_t at = 0; at < slices.size(); ++at) {
    CHECK(*slices[at]->time_end - *slices[at]->time_start <= 24h);
    if (at > 0) CHECK(*slices[at]->time_start <= *slices[at - 1]->time_end);
  }
  CHECK(slices[2]->time_end == round.wall + 20s);
  CHECK(once_and_more(it, missed) == std::array<std::size_t, 2>{120, 0});
}

TEST_CASE("[S2.1] [S3.1] [R28] what was received is never shown again while the store lists it") {
  window_node it;
  discover(it, 1, 2, {.filter = true, .store = true});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  const auto hashes = talk(it, stored, 3h, 20s, all);
  CHECK(once_and_more(it, hashes) == std::array<std::size_t, 2>{hashes.size(), 0});
  CHECK(lookup_queries(it).empty());
  CHECK(it.node.observer().count<wr::notice::missing>() == 0);
}

TEST_CASE("[R28] hashes from before a long outage are kept as long as its range may list them") {
  window_node it;
  discover(it, 1, 2, {.filter = true, .store = true});
  archive stored;
  store_switch stores(it, stored);
  REQUIRE(it.subscribe());
  const auto before = talk(it, stored, 30min, 20s, all);
  stores.works = false;
  const auto heard = talk(it, stored, 2h, 1min, all);
  const auto missed = talk(it, stored, 2h, 1min, none);
  stores.works = true;
  const auto after = talk(it, stored, 30min, 20s, all);
  CHECK(once_and_more(it, before) == std::array<std::size_t, 2>{before.size(), 0});
  CHECK(once_and_more(it, heard) == std::array<std::size_t, 2>{heard.size(), 0});
  CHECK(once_and_more(it, missed) == std::array<std::size_t, 2>{missed.size(), 0});
  CHECK(once_and_more(it, after) == std::array<std::size_t, 2>{after.size(), 0});
  CHECK(it.node.observer().count<wr::notice::missing>() == missed.size());
}

TEST_CASE("[R28] a clock that is hours slow or fast shows nothing twice") {
  wr::duration skew{};
  SUBCASE("2 h slow") { skew = -2h; }
  SUBCASE("25 min slow") { skew = -25min; }
  SUBCASE("2 h fast") { skew = 2h; }
  window_node it;
  it.host.set_skew(skew);
  discover(it, 1, 2, {.filter = true, .store = true});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  const auto hashes = talk(it, stored, 6h, 1min, all);
  CHECK(once_and_more(it, hashes) == std::array<std::size_t, 2>{hashes.size(), 0});
  CHECK(it.node.observer().count<wr::notice::missing>() == 0);
}

TEST_CASE("a full seen set: the observer is told, audits reach back no further, nothing is shown twice") {
  wr::options numbers;
  numbers.seen.entries_max = 20;
  window_node it(numbers);
  discover(it, 1, 2, {.filter = true, .store = true});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(10min);
  const auto hashes = talk(it, stored, 10min, 5s, all);  // the set holds 100 s of them
  CHECK(it.node.observer().count<wr::notice::seen_evicted>() == 100);
  CHECK(once_and_more(it, hashes) == std::array<std::size_t, 2>{120, 0});
  CHECK(it.node.observer().count<wr::notice::window_shortened>() > 0);
  const auto cut = it.node.observer().all<wr::notice::window_shortened>().back();
  const request& last = *content_queries(it).back();
  CHECK(last.time_start == cut.start);
  CHECK(cut.wanted < cut.start);
  // The newest forgotten message was stamped 100 to 105 s ago.
  CHECK(last.at.wall - *last.time_start < 105s);
  CHECK(last.at.wall - *last.time_start >= 100s - 1ns);

  // A loss that lies within what is held is still found.
  const wr::message lost = others_message(it, "lost");
  const wr::message_hash hash = stored.hold(lost);
  const auto more = talk(it, stored, 2min, 5s, all);
  CHECK(it.host.deliveries_of(hash) == 1);
  CHECK(once_and_more(it, more) == std::array<std::size_t, 2>{24, 0});
}

TEST_CASE("[S3.10] the early looks of S3 show nothing twice either when the seen set is full") {
  wr::options numbers;
  numbers.seen.entries_max = 10;
  numbers.recovery.lookup_delay = 0s;
  combined_node it(numbers);
  discover(it, 1, 4, {true, true, true, false});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(1min);
  std::vector<wr::message_hash> hashes;
  for (int round = 0; round < 20; ++round) {
    REQUIRE(
        it.publish("mine " + std::to_string(round)));  // never stored, so it is looked for again and again
    const auto some = talk(it, stored, 6s, 300ms, all);
    hashes.insert(hashes.end(), some.begin(), some.end());
  }
  CHECK(once_and_more(it, hashes) == std::array<std::size_t, 2>{400, 0});
}

TEST_CASE("[R13] own messages with stamps that lie ahead are not shown when the seen set is full") {
  wr::options numbers;
  numbers.seen.entries_max = 4;
  window_node it(numbers);
  discover(it, 1, 2, {true, true, true, false});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  wr::duration apart{};
  SUBCASE("given in one breath") {}
  SUBCASE("by the application, whose clock is fast") { apart = 1s; }
  for (int number = 1; number <= 10; ++number) {
    wr::message mine = it.make_message("mine " + std::to_string(number));
    mine.timestamp = apart == 0s ? 0 : mine.timestamp + number * apart.count();
    REQUIRE(it.node.publish(it.topic, mine));
  }
  it.settle();
  const auto pushes = it.transport.requests(operation_kind::lightpush);
  REQUIRE(pushes.size() >= 10);
  for (const request* made : pushes) stored.hold(*made->message);
  it.clock.run_for(3min);
  CHECK(it.host.deliveries().empty());
}

TEST_CASE("after a clock that ran ahead was set right, audits go on, however short their reach is") {
  wr::options numbers;
  numbers.recovery.window = 2min;
  numbers.recovery.longest_reach = 2min + 20s;
  numbers.cadence.longest = 1min;
  numbers.seen.lifetime = 4min;
  window_node it(numbers);
  it.host.set_skew(20min);
  discover(it, 1, 2, {true, true, true, false});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  wr::message mine = it.make_message("mine");
  mine.timestamp = 0;  // stamped by the fast clock
  REQUIRE(it.node.publish(it.topic, mine));
  it.clock.run_for(30s);
  it.host.set_skew(0s);
  it.clock.run_for(8min);  // by now hashes of that time would be forgotten
  const wr::message_hash lost = stored.hold(others_message(it, "lost"));
  it.clock.run_for(2min);
  CHECK(it.host.deliveries_of(lost) == 1);
}

TEST_CASE("[R12] a range that may have been shown in full is not asked for, and stays open") {
  wr::options numbers;
  numbers.seen.entries_max = 20;
  window_node it(numbers);
  discover(it, 1, 2, {.filter = true, .store = true});
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  const auto hashes = talk(it, stored, 10min + 30s, 1s, all);
  const std::size_t successes = it.node.observer().count<wr::notice::window_recovered>();
  it.host.set_skew(-1h);  // by this clock all that was forgotten lies ahead
  const wr::steady_time jump = it.clock.steady();
  const auto more = talk(it, stored, 10min, 1s, all);
  CHECK(content_queries(it, jump).empty());
  CHECK(it.node.observer().count<wr::notice::window_recovered>() == successes);
  CHECK(it.node.observer().count<wr::notice::audit_failed>() >= 10);
  it.host.set_skew(0s);
  it.clock.run_for(2min);
  CHECK(it.node.observer().count<wr::notice::window_recovered>() > successes);
  CHECK(once_and_more(it, hashes) == std::array<std::size_t, 2>{630, 0});
  CHECK(once_and_more(it, more) == std::array<std::size_t, 2>{600, 0});
}

}  // namespace audit_range_tests
