// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/persistence.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cache/samples.hpp"
#include "engine/receiving.hpp"

namespace persistence_tests {

using namespace receiving;

namespace {

/// A host that lets the application save a snapshot when the node says that there is something new.
struct saving_host : wt::test_host<> {
  using wt::test_host<>::test_host;
  void persist() {
    if (on_persist) on_persist();
  }
  std::function<void()> on_persist;
};

/// One run of a program: a node with its transport and host, from start to end.
template <class Policies>
struct life {
  using node_type = wr::node<Policies, wt::mock_transport<>, wr::message, saving_host>;
  using snapshot_type = typename node_type::snapshot_type;
  static constexpr std::string_view topic = "/waku/2/rs/1/0";
  static constexpr std::string_view content_topic = "/test/1/chat/proto";

  explicit life(wt::virtual_clock& shared, wr::options numbers = {})
      : clock(shared), transport(shared), host(shared), node(transport, host, numbers) {
    host.drive(node);
  }
  ~life() { host.release(); }

  void settle() { clock.run_for(0s); }
  wr::result<void> subscribe() {
    const std::array topics{content_topic};
    const auto answer = node.subscribe(topic, topics);
    settle();
    return answer;
  }
  [[nodiscard]] wr::message make_message(std::string_view text, std::string_view on = content_topic) const {
    wr::message made;
    for (const char letter : text) made.payload.push_back(static_cast<std::byte>(letter));
    made.content_topic = on;
    made.timestamp = host.now().wall.time_since_epoch().count();
    return made;
  }
  void restore(const snapshot_type& from) {
    REQUIRE(node.restore(from));
    settle();
  }

  wt::virtual_clock& clock;
  wt::mock_transport<> transport;
  saving_host host;
  node_type node;
};

/// Relay, and nothing that confirms or recovers.
struct relay_alone
    : wr::policies<wr::relay_only, wr::relay_reception, wr::accepted_is_enough, wr::no_recovery, notice_log> {
};

using window_life = life<window_client>;
using combined_life = life<combined_client>;
using reconnect_life = life<reconnect_client>;

/// What an application keeps over all of its lives.
struct memory {
  template <class Life>
  void note(const Life& over) {
    for (const auto& each : over.host.deliveries()) ++shown[each.what.hash];
    for (const auto& each : over.host.outcomes()) ++outcomes[each.what.request];
  }
  [[nodiscard]] std::size_t times_shown(const wr::message_hash& hash) const {
    const auto found = shown.find(hash);
    return found == shown.end() ? 0 : found->second;
  }
  std::map<wr::message_hash, std::size_t> shown;
  std::map<wr::request_id, std::size_t> outcomes;
};

template <class Life>
void meet_peers(Life& it) {
  discover(it, 1, 2, filters_only);
  discover(it, 11, 13, stores_only);
}
/// Others talk for so long; every third message is pushed.
template <class Life>
void talk(Life& it, archive& stored, std::vector<wr::message_hash>& hashes, wr::duration length) {
  for (wr::duration passed{}; passed < length; passed += 10s) {
    const wr::message said = others_message(it, "message " + std::to_string(hashes.size()));
    hashes.push_back(stored.hold(said));
    if (hashes.size() % 3 == 0) push(it, 1, said);
    it.clock.run_for(10s);
  }
}
/// Nobody listens.
void talk_to_nobody(wt::virtual_clock& clock, archive& stored, std::vector<wr::message_hash>& hashes,
                    wr::duration length) {
  for (wr::duration passed{}; passed < length; passed += 10s) {
    wr::message said;
    said.payload.resize(8, static_cast<std::byte>(hashes.size()));
    said.content_topic = window_life::content_topic;
    said.timestamp = clock.wall().time_since_epoch().count();
    hashes.push_back(stored.hold(said));
    clock.run_for(10s);
  }
}

/// A life in which others talk for five minutes, and what it leaves behind.
window_life::snapshot_type talked_about(wt::virtual_clock& clock, archive& stored,
                                        std::vector<wr::message_hash>& hashes, memory& all,
                                        const wr::options& numbers) {
  window_life first(clock, numbers);
  serve(first, stored);
  meet_peers(first);
  REQUIRE(first.subscribe());
  talk(first, stored, hashes, 5min);
  clock.run_for(70s);
  all.note(first);
  return first.node.snapshot();
}

template <class Notice, class Life>
std::size_t told(Life& it) {
  return it.node.observer().template count<Notice>();
}

}  // namespace

TEST_CASE("restart: what was shown is not shown again, what was missed meanwhile is recovered") {
  wt::virtual_clock clock;
  archive stored;
  std::vector<wr::message_hash> hashes;
  memory all;
  window_life::snapshot_type kept;
  {
    window_life first(clock);
    serve(first, stored);
    meet_peers(first);
    REQUIRE(first.subscribe());
    talk(first, stored, hashes, 30min);
    kept = first.node.snapshot();
    all.note(first);
  }
  talk_to_nobody(clock, stored, hashes, 2h);
  window_life second(clock);
  serve(second, stored);
  second.restore(kept);
  meet_peers(second);
  talk(second, stored, hashes, 10min);
  clock.run_for(3min);
  all.note(second);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
  CHECK(hashes.size() == 180 + 720 + 60);
}

TEST_CASE("[R12] after a restart the first range reaches back to the last success of the life before") {
  wt::virtual_clock clock;
  wr::wall_time until{};
  window_life::snapshot_type kept;
  {
    window_life first(clock);
    meet_peers(first);
    REQUIRE(first.subscribe());
    clock.run_for(90s);
    until = first.node.observer().all<wr::notice::window_recovered>().back().end;
    kept = first.node.snapshot();
  }
  clock.run_for(3h);
  window_life second(clock);
  second.restore(kept);
  meet_peers(second);
  REQUIRE(!content_queries(second).empty());
  // What only the last round of the life before listed is listed further on.
  CHECK(content_queries(second)[0]->time_start == until - 40s - 1min);
}

TEST_CASE("after a restart the whole set is subscribed again, at the nodes of the new life") {
  wt::virtual_clock clock;
  const auto names = many_topics(120);
  window_life::snapshot_type kept;
  {
    window_life first(clock);
    meet_peers(first);
    REQUIRE(subscribe_all(first, names));
    clock.run_for(10s);
    kept = first.node.snapshot();
  }
  window_life second(clock);
  second.restore(kept);
  discover(second, 5, 6, filters_only);
  clock.run_for(5s);
  const auto made = second.transport.requests(operation_kind::filter_subscribe);
  CHECK(made.size() == 4);
  CHECK(topics_of(made) == std::set<std::string>(names.begin(), names.end()));
  CHECK(peers_of(made) == std::set{peer(5), peer(6)});
}

TEST_CASE("[R4] F4: a restart is an outage: one query, from the last sign of life of the life before") {
  wt::virtual_clock clock;
  archive stored;
  std::vector<wr::message_hash> hashes;
  memory all;
  wr::wall_time contact{};
  reconnect_life::snapshot_type kept;
  {
    reconnect_life first(clock);
    serve(first, stored);
    meet_peers(first);
    REQUIRE(first.subscribe());
    clock.run_for(45s);
    const wr::message said = others_message(first, "heard");
    hashes.push_back(stored.hold(said));
    push(first, 1, said);
    contact = clock.wall();
    clock.run_for(10s);
    SUBCASE("taken while all was well") {}
    SUBCASE("taken amid an outage") {
      first.transport.sink().connectivity(false);
      clock.run_for(30min);
    }
    kept = first.node.snapshot();
    all.note(first);
  }
  talk_to_nobody(clock, stored, hashes, 1h);
  reconnect_life second(clock);
  serve(second, stored);
  second.restore(kept);
  meet_peers(second);
  clock.run_for(1min);
  REQUIRE(content_queries(second).size() >= 1);
  CHECK(content_queries(second)[0]->time_start == contact - 20s);
  std::size_t rounds = 0;
  for (const request* made : content_queries(second)) rounds += made->cursor.empty() ? 1 : 0;
  CHECK(rounds == 1);
  all.note(second);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
}

TEST_CASE("F4: an outage whose recovery had not succeeded is recovered after the restart") {
  wt::virtual_clock clock;
  archive stored;
  std::vector<wr::message_hash> hashes;
  memory all;
  reconnect_life::snapshot_type kept;
  {
    reconnect_life first(clock);
    meet_peers(first);
    REQUIRE(first.subscribe());
    clock.run_for(1min);
    first.transport.sink().connectivity(false);
    talk_to_nobody(clock, stored, hashes, 20min);
    first.transport.otherwise(operation_kind::store_query).reply(wt::store_answer<wr::message>(503));
    first.transport.sink().connectivity(true);
    clock.run_for(5min);  // healthy again, pings are good, and the stores fail
    kept = first.node.snapshot();
    all.note(first);
  }
  reconnect_life second(clock);
  serve(second, stored);
  second.restore(kept);
  meet_peers(second);
  clock.run_for(1min);
  all.note(second);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
}

TEST_CASE("deliveries that were decided and not handed over are handed over after the restart, once") {
  wt::virtual_clock clock;
  std::optional<window_life::snapshot_type> kept;
  memory all;
  std::vector<wr::message_hash> hashes;
  window_life first(clock);
  meet_peers(first);
  first.transport.expect(operation_kind::store_query).reply(wt::store_answer<wr::message>());
  REQUIRE(first.subscribe());
  // A legacy page hands over five bodies at a time; the program ends while it shows the second.
  archive stored;
  for (int number = 0; number < 5; ++number) {
    hashes.push_back(stored.hold(first.make_message("burst " + std::to_string(number))));
  }
  for (std::uint32_t number = 11; number <= 13; ++number) first.transport.sink().peer_left(peer(number));
  serve(first, stored);
  discover(first, 21, 21, legacy_store_only);
  first.host.on_received = [&](const auto& delivered) {
    if (kept) return;
    ++all.shown[delivered.what.hash];
    if (all.shown.size() == 2) kept = first.node.snapshot();
  };
  clock.run_for(61s);
  REQUIRE(kept.has_value());
  CHECK(kept->deliveries.size() == 3);
  window_life second(clock);
  second.restore(*kept);
  CHECK(second.host.deliveries().size() == 3);
  all.note(second);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
}

TEST_CASE("outcomes that were decided and not told are told after the restart, once, with the same verdict") {
  wt::virtual_clock clock;
  std::optional<combined_life::snapshot_type> kept;
  std::map<wr::request_id, wr::outcome> told_first;
  std::vector<wr::request_id> requests;
  combined_life first(clock);
  archive stored;
  serve(first, stored);
  discover(first, 1, 4, {true, true, true, false});
  for (int number = 0; number < 4; ++number) {
    wr::message said = first.make_message("mine " + std::to_string(number));
    stored.hold(said);
    const auto id = first.node.publish(combined_life::topic, said);
    REQUIRE(id);
    requests.push_back(*id);
  }
  first.host.on_finished = [&](const auto& ended) {
    if (kept) return;
    told_first[ended.what.request] = ended.what.outcome;
    kept = first.node.snapshot();
  };
  clock.run_for(10s);
  REQUIRE(kept.has_value());
  CHECK(kept->reports.size() == 1);  // two of four were stored by a node that they were not handed to
  combined_life second(clock);
  second.restore(*kept);
  REQUIRE(second.host.outcomes().size() == 1);
  CHECK(std::holds_alternative<wr::confirmed>(second.host.outcomes()[0].what.outcome));
  clock.run_for(10min);
  std::set<wr::request_id> all{told_first.begin()->first};
  for (const auto& each : second.host.outcomes()) all.insert(each.what.request);
  CHECK(second.host.outcomes().size() == 3);
  CHECK(all == std::set<wr::request_id>(requests.begin(), requests.end()));
}

TEST_CASE("a snapshot amid listing, the look-up's delay or the look-up loses and repeats nothing") {
  wt::virtual_clock clock;
  archive stored;
  memory all;
  wr::duration moment{};
  SUBCASE("amid the listing") { moment = 500ms; }
  SUBCASE("in the delay before the look-up") { moment = 3s; }
  SUBCASE("amid the look-up") { moment = 6500ms; }
  SUBCASE("after it") { moment = 8s; }
  std::vector<wr::message_hash> hashes;
  window_life::snapshot_type kept;
  {
    window_life first(clock);
    serve(first, stored);
    first.transport.set_usual_delay(1s);
    meet_peers(first);
    for (int number = 0; number < 30; ++number) {
      hashes.push_back(stored.hold(first.make_message("lost " + std::to_string(number))));
    }
    REQUIRE(first.subscribe());
    clock.run_for(moment);
    kept = first.node.snapshot();
    all.note(first);
  }
  CHECK(all.shown.size() == (moment >= 7s ? 30 : 0));
  clock.run_for(1min);
  window_life second(clock);
  serve(second, stored);
  second.restore(kept);
  meet_peers(second);
  clock.run_for(2min);
  all.note(second);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
}

TEST_CASE("[S3.2] a message that was in flight gets its one outcome after the restart, and is not shown") {
  wt::virtual_clock clock;
  archive stored;
  combined_life::snapshot_type kept;
  std::optional<wr::request_id> id;
  wr::message said;
  {
    combined_life first(clock);
    serve(first, stored);
    discover(first, 1, 4, {true, true, true, false});
    REQUIRE(first.subscribe());
    first.transport.otherwise(operation_kind::lightpush).hold();
    said = first.make_message("mine");
    const auto accepted = first.node.publish(combined_life::topic, said);
    REQUIRE(accepted);
    id = *accepted;
    clock.run_for(1s);
    kept = first.node.snapshot();
    CHECK(first.host.outcomes().empty());
  }
  stored.hold(said);  // it had arrived, though no reply told so
  clock.run_for(5s);
  combined_life second(clock);
  serve(second, stored);
  second.restore(kept);
  discover(second, 1, 4, {true, true, true, false});
  clock.run_for(5min);
  REQUIRE(second.host.outcomes().size() == 1);
  CHECK(second.host.outcomes()[0].what.request == *id);
  CHECK(std::holds_alternative<wr::confirmed>(second.host.outcomes()[0].what.outcome));
  CHECK(second.host.deliveries().empty());
  CHECK(lookup_queries(second).empty());
  // And no later request takes its number.
  const auto next = second.node.publish(combined_life::topic, second.make_message("another"));
  REQUIRE(next);
  CHECK(*next != *id);
}

TEST_CASE("a listing that was still to be repeated after a clock jump is repeated after the restart") {
  wt::virtual_clock clock;
  archive stored;
  std::vector<wr::message_hash> hashes;
  memory all;
  window_life::snapshot_type kept;
  {
    window_life first(clock);
    serve(first, stored);
    first.host.set_skew(2h);  // wrong from the start
    meet_peers(first);
    REQUIRE(first.subscribe());
    talk(first, stored, hashes, 15min);
    first.transport.otherwise(operation_kind::store_query).reply(wt::store_answer<wr::message>(503));
    first.host.set_skew(0s);
    talk(first, stored, hashes, 1min);
    REQUIRE(told<wr::notice::clock_jumped>(first) == 1);
    kept = first.node.snapshot();
    all.note(first);
  }
  window_life second(clock);
  serve(second, stored);
  second.restore(kept);
  meet_peers(second);
  clock.run_for(3min);
  all.note(second);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
}

TEST_CASE("a clock that was set between two lives: nothing of the window is lost, nothing is shown twice") {
  wt::virtual_clock clock;
  archive stored;
  std::vector<wr::message_hash> hashes;
  memory all;
  wr::duration first_skew{};
  wr::duration second_skew{};
  SUBCASE("it was an hour ahead") { first_skew = 1h; }
  SUBCASE("it was an hour behind") { first_skew = -1h; }
  SUBCASE("it is set an hour back") { second_skew = -1h; }
  SUBCASE("it is set an hour forward") { second_skew = 1h; }
  window_life::snapshot_type kept;
  {
    window_life first(clock);
    first.host.set_skew(first_skew);
    serve(first, stored);
    meet_peers(first);
    REQUIRE(first.subscribe());
    for (int number = 0; number < 60; ++number) {  // every message is pushed
      const wr::message said = others_message(first, "message " + std::to_string(number));
      hashes.push_back(stored.hold(said));
      push(first, 1, said);
      clock.run_for(10s);
    }
    kept = first.node.snapshot();
    all.note(first);
  }
  talk_to_nobody(clock, stored, hashes, 3min);
  window_life second(clock);
  second.host.set_skew(second_skew);
  serve(second, stored);
  second.restore(kept);
  meet_peers(second);
  clock.run_for(2min);
  if (second_skew != 0s) {
    second.host.set_skew(0s);
    clock.run_for(3min);
  }
  all.note(second);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
}

TEST_CASE(
    "a clock that was set back before a restart and right after it: a full seen set shows nothing twice") {
  wt::virtual_clock clock;
  archive stored;
  std::vector<wr::message_hash> hashes;
  memory all;
  wr::options numbers;
  numbers.seen.entries_max = 10;
  window_life::snapshot_type kept;
  const auto hear = [&](window_life& it) {
    for (int number = 0; number < 30; ++number) {
      const wr::message said = others_message(it, "message " + std::to_string(hashes.size()));
      hashes.push_back(stored.hold(said));
      push(it, 1, said);
      clock.run_for(1s);
    }
    all.note(it);
  };
  {
    window_life first(clock, numbers);
    meet_peers(first);
    REQUIRE(first.subscribe());
    first.host.set_skew(-1h);
    hear(first);
    kept = first.node.snapshot();
  }
  window_life second(clock, numbers);
  second.host.set_skew(-1h);
  serve(second, stored);
  second.restore(kept);
  meet_peers(second);
  hear(second);
  second.host.set_skew(0s);
  clock.run_for(3min);
  memory later;
  later.note(second);
  CHECK(later.shown.size() == 30);
  for (const auto& [hash, times] : later.shown) CHECK(times == 1);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
}

TEST_CASE("a message that was published again and waits is not shown again after the restart") {
  using relay_life = life<relay_alone>;
  wr::options numbers;
  numbers.publish.deliver_own = true;
  wt::virtual_clock clock;
  relay_life::snapshot_type kept;
  wr::message mine;
  {
    relay_life first(clock, numbers);
    first.transport.sink().relay_peers(relay_life::topic, 3);
    REQUIRE(first.subscribe());
    mine = first.make_message("mine");
    REQUIRE(first.node.publish(relay_life::topic, mine));
    clock.run_for(1s);
    REQUIRE(first.host.deliveries().size() == 1);
    REQUIRE(first.host.outcomes().size() == 1);
    first.transport.sink().relay_peers(relay_life::topic, 0);
    first.settle();
    REQUIRE(first.node.publish(relay_life::topic, mine));  // as after an end that is unknown
    first.settle();
    kept = first.node.snapshot();
  }
  relay_life second(clock, numbers);
  REQUIRE(second.node.restore(kept));
  second.transport.sink().relay_peers(relay_life::topic, 3);
  clock.run_for(1s);
  CHECK(second.transport.count(operation_kind::relay_publish) == 1);
  CHECK(second.host.deliveries().empty());
}

TEST_CASE("a message that is past its deadline after the restart is not sent, and gets its outcome") {
  using relay_life = life<relay_alone>;
  wt::virtual_clock clock;
  relay_life::snapshot_type kept;
  {
    relay_life first(clock);
    REQUIRE(first.node.publish(relay_life::topic, first.make_message("waits for a route")));
    clock.run_for(1s);
    REQUIRE(first.transport.count(operation_kind::relay_publish) == 0);
    kept = first.node.snapshot();
  }
  clock.run_for(10min);
  relay_life second(clock);
  REQUIRE(second.node.restore(kept));
  second.transport.sink().relay_peers(relay_life::topic, 3);  // known before the first deadline is looked at
  clock.run_for(1min);
  CHECK(second.transport.count(operation_kind::relay_publish) == 0);
  REQUIRE(second.host.outcomes().size() == 1);
  CHECK(std::get<wr::failed>(second.host.outcomes()[0].what.outcome).why == wr::failed_why::no_route);
}

TEST_CASE("a snapshot of a larger seen set shows nothing twice in a smaller one") {
  wt::virtual_clock clock;
  archive stored;
  std::vector<wr::message_hash> hashes;
  memory all;
  const auto kept = talked_about(clock, stored, hashes, all, {});
  CHECK(kept.seen.size() == 30);
  wr::options numbers;
  numbers.seen.entries_max = 10;
  window_life second(clock, numbers);
  serve(second, stored);
  second.restore(kept);
  meet_peers(second);
  clock.run_for(5min);
  all.note(second);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
  CHECK(told<wr::notice::window_shortened>(second) >= 1);
}

TEST_CASE("restored hashes that leave for want of room count as evicted, however old, and nothing is shown twice") {
  wt::virtual_clock clock;
  archive stored;
  std::vector<wr::message_hash> hashes;
  memory all;
  wr::options numbers;
  numbers.seen.entries_max = 30;
  const auto kept = talked_about(clock, stored, hashes, all, numbers);
  REQUIRE(kept.seen.size() == 30);
  clock.run_for(10h);
  window_life second(clock, numbers);
  serve(second, stored);
  meet_peers(second);  // before the restart is known of, so by then old hashes have been looked for
  second.settle();
  second.restore(kept);
  for (int number = 0; number < 10; ++number) {
    const wr::message said = others_message(second, "later " + std::to_string(number));
    hashes.push_back(stored.hold(said));
    push(second, 1, said);
  }
  second.settle();
  CHECK(told<wr::notice::seen_evicted>(second) > 0);
  clock.run_for(10min);
  all.note(second);
  for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
}

TEST_CASE("[R3] without a recovery policy a restored node asks no store") {
  wt::virtual_clock clock;
  life<filter_client>::snapshot_type kept;
  {
    life<filter_client> first(clock);
    meet_peers(first);
    REQUIRE(first.subscribe());
    clock.run_for(1min);
    kept = first.node.snapshot();
  }
  clock.run_for(1h);
  life<filter_client> second(clock);
  second.restore(kept);
  meet_peers(second);
  clock.run_for(1h);
  CHECK(second.transport.count(operation_kind::store_query) == 0);
  CHECK(second.transport.count(operation_kind::filter_subscribe) == 2);
}

TEST_CASE("restore is for a node that has done nothing yet, and whose buffer holds what comes") {
  wt::virtual_clock clock;
  combined_life first(clock);
  for (int number = 0; number < 3; ++number) {
    REQUIRE(first.node.publish(combined_life::topic, first.make_message(std::to_string(number))));
  }
  const auto kept = first.node.snapshot();
  const auto refused = [&](combined_life& by) {
    const auto answer = by.node.restore(kept);
    REQUIRE_FALSE(answer);
    return answer.error();
  };
  CHECK(refused(first) == wr::errc::not_empty);
  combined_life subscribed(clock);
  REQUIRE(subscribed.subscribe());
  CHECK(refused(subscribed) == wr::errc::not_empty);
  combined_life stopped(clock);
  stopped.node.stop();
  CHECK(refused(stopped) == wr::errc::not_empty);
  wr::options numbers;
  numbers.outgoing.messages_max = 2;
  combined_life small(clock, numbers);
  CHECK(refused(small) == wr::errc::buffer_full);
  CHECK(small.node.pending() == 0);
  combined_life fresh(clock);
  CHECK(fresh.node.restore(kept));
  CHECK(fresh.node.pending() == 3);
  CHECK(refused(fresh) == wr::errc::not_empty);
}

TEST_CASE(
    "a crash: the snapshot saved at the latest persist() loses and repeats nothing of what was polled") {
  const std::uint64_t seed = samples::seed();
  INFO("WAKU_SEED=" << seed);
  for (std::uint64_t run = 0; run < 6; ++run) {
    CAPTURE(run);
    wr::random_source random(seed + run);
    wt::virtual_clock clock;
    archive stored;
    std::vector<wr::message_hash> hashes;
    std::set<wr::request_id> published;
    std::set<wr::message_hash> own;
    memory all;
    std::optional<combined_life::snapshot_type> kept;
    for (int number = 0; number < 6; ++number) {
      combined_life it(clock);
      it.host.on_persist = [&] { kept = it.node.snapshot(); };
      serve(it, stored);
      it.transport.set_usual_delay(std::chrono::milliseconds(random.below(1'500)));
      it.transport.expect(operation_kind::store_query)
          .always()
          .where([&](const request&) { return random.below(5) == 0; })
          .reply(wt::store_answer<wr::message>(503));
      it.transport.expect(operation_kind::lightpush)
          .always()
          .where([&](const request&) { return random.below(4) == 0; })
          .drop();
      if (kept) {
        it.restore(*kept);
      } else {
        REQUIRE(it.subscribe());
      }
      discover(it, 1, 4, {true, true, true, false});
      const std::uint64_t steps = 1 + random.below(20);
      for (std::uint64_t step = 0; step < steps; ++step) {
        talk(it, stored, hashes, 10s);
        if (random.below(3) != 0) continue;
        const wr::message said = it.make_message("mine " + std::to_string(clock.elapsed().count()));
        const auto id = it.node.publish(combined_life::topic, said);
        REQUIRE(id);
        published.insert(*id);
        own.insert(wt::fast_hasher{}(wr::hashed_parts(combined_life::topic, said)));
        if (random.below(4) != 0) stored.hold(said);
        clock.run_for(std::chrono::milliseconds(random.below(9'000)));
      }
      all.note(it);
    }
    talk_to_nobody(clock, stored, hashes, std::chrono::seconds(random.below(3'600)));
    combined_life last(clock);
    serve(last, stored);
    last.restore(*kept);
    discover(last, 1, 4, {true, true, true, false});
    clock.run_for(6min);
    all.note(last);
    for (const wr::message_hash& hash : hashes) CHECK(all.times_shown(hash) == 1);
    for (const wr::request_id each : published) CHECK(all.outcomes[each] == 1);
    for (const wr::message_hash& hash : own) CHECK(all.times_shown(hash) == 0);
  }
}

TEST_CASE(
    "a snapshot with numbers and repetitions that no engine writes is taken in, and the node works on") {
  using limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t odd : {limits::min(), std::int64_t{-1}, std::int64_t{0}, limits::max()}) {
    CAPTURE(odd);
    const wr::duration length(odd);
    const wr::wall_time at(length);
    wt::virtual_clock clock;
    combined_life it(clock);
    combined_life::snapshot_type given;
    given.taken_at = given.last_stamp = given.latest_clock = at;
    given.newest_forgotten = odd < 0 ? at : clock.wall() - 10min;
    const wr::message own = it.make_message("own");
    for (const std::uint64_t number : {1U, 2U}) {
      given.outgoing.emplace_back();
      given.outgoing.back().request = wr::request_id{number};
      given.outgoing.back().pubsub_topic = combined_life::topic;
      given.outgoing.back().message = own;  // twice the same
      given.outgoing.back().stamped = true;
      given.outgoing.back().age = length;
    }
    // Out of order.
    given.seen = {
        {samples::hash_number(1), 5s}, {samples::hash_number(2), length}, {samples::hash_number(3), 9s}};
    given.receipts = {{5s, at}, {length, at}, {9s, clock.wall()}};
    given.subscriptions = {{std::string(it.topic), std::string(it.content_topic), at, at, at}};
    REQUIRE(it.node.restore(given));
    archive stored;
    serve(it, stored);
    meet_peers(it);
    const wr::message_hash lost = stored.hold(it.make_message("lost"));
    clock.run_for(2min);
    CHECK(it.host.outcomes_of(wr::request_id{1}).size() == 1);
    CHECK(it.host.deliveries_of(lost) == 1);
    CHECK(it.node.snapshot().outgoing.empty());
  }
}

}  // namespace persistence_tests
