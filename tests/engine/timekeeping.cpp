// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/timekeeping.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cache/samples.hpp"
#include "engine/receiving.hpp"

namespace timekeeping_tests {

using namespace receiving;

namespace {

using window_node = wt::scripted_node<window_client>;
using combined_node = wt::scripted_node<combined_client>;
using reconnect_node = wt::scripted_node<reconnect_client>;

/// Others talk for so long, a message every ten seconds with true timestamps; one in three is pushed to us.
template <class Node>
struct talk {
  explicit talk(Node& subject) : it(subject) {
    serve(it, stored);
    discover(it, 1, 2, filters_only);
    discover(it, 11, 13, stores_only);
    REQUIRE(it.subscribe());
  }
  void run(wr::duration length) {
    for (wr::duration passed{}; passed < length; passed += 10s) {
      const wr::message said = others_message(it, "message " + std::to_string(hashes.size()));
      hashes.push_back(stored.hold(said));
      if (hashes.size() % 3 == 0) push(it, 1, said);
      it.clock.run_for(10s);
    }
  }
  /// No message is lost, and none is shown twice.
  void check() const {
    std::size_t lost = 0;
    std::size_t twice = 0;
    for (const wr::message_hash& hash : hashes) {
      const std::size_t times = it.host.deliveries_of(hash);
      if (times == 0) ++lost;
      if (times > 1) ++twice;
    }
    CHECK(lost == 0);
    CHECK(twice == 0);
  }

  Node& it;
  archive stored;
  std::vector<wr::message_hash> hashes;
};

template <class Notice, class Node>
std::size_t told(Node& it) {
  return it.node.observer().template count<Notice>();
}

}  // namespace

TEST_CASE("a wall clock that keeps pace with the steady one never jumps") {
  window_node it;
  talk others(it);
  others.run(1h);
  CHECK(told<wr::notice::clock_jumped>(it) == 0);
}

TEST_CASE("a wall clock that is set is noticed, with by how much, from options.clock_jump on") {
  wr::options numbers;
  wr::duration limit = 2s;
  SUBCASE("2 s by default") {}
  SUBCASE("10 ms") { numbers.clock_jump = limit = 10ms; }
  window_node it(numbers);
  discover(it, 1, 1, filters_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(1min);
  for (const wr::duration by :
       {limit, -limit, limit + 1ns, -limit - 1ns, wr::duration(100h), wr::duration(-7h)}) {
    const std::size_t before = told<wr::notice::clock_jumped>(it);
    it.host.set_skew(it.host.skew() + by);
    it.clock.run_for(1min);
    const bool jump = by > limit || -by > limit;
    REQUIRE(told<wr::notice::clock_jumped>(it) == before + (jump ? 1 : 0));
    if (jump) CHECK(it.node.observer().all<wr::notice::clock_jumped>().back().by == by);
  }
}

TEST_CASE("deadlines follow the steady clock: a jump neither fires nor delays them") {
  window_node it;
  discover(it, 1, 1, filters_only);
  discover(it, 2, 2, stores_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(90s);
  it.host.set_skew(5h);
  it.clock.run_for(1min);
  it.host.set_skew(-5h);
  it.clock.run_for(90s);
  CHECK(times_of(it, it.transport.requests(operation_kind::filter_ping)) ==
        std::vector<wr::duration>{1min, 2min, 3min, 4min});
  CHECK(times_of(it, content_queries(it)) == std::vector<wr::duration>{0s, 1min, 2min, 3min, 4min});
}

TEST_CASE("after a jump all that the old clock audited is listed again, as far as hashes are remembered") {
  window_node it;
  talk others(it);
  others.run(10min);
  wr::duration by{};
  SUBCASE("forward") { by = 3h; }
  SUBCASE("back") { by = -3h; }
  it.clock.run_for(1s);
  it.host.set_skew(by);
  const wr::steady_time jump = it.clock.steady();
  it.clock.run_for(2min);
  REQUIRE(!content_queries(it, jump).empty());
  const request& made = *content_queries(it, jump)[0];
  CHECK(*made.time_start <= made.at.wall + by - 10min - 5min - 20s);
  CHECK(made.time_end == made.at.wall + by + 20s);
}

TEST_CASE("[S2.4] no jump loses a window or shows anything twice") {
  window_node it;
  talk others(it);
  others.run(10min);
  SUBCASE("an hour forward and back") {
    it.host.set_skew(1h);
    others.run(10min);
    it.host.set_skew(0s);
  }
  SUBCASE("an hour back and forward") {
    it.host.set_skew(-1h);
    others.run(10min);
    it.host.set_skew(0s);
  }
  SUBCASE("30 minutes back, for longer than that") {
    it.host.set_skew(-30min);
    others.run(90min);
    it.host.set_skew(0s);
  }
  SUBCASE("wrong from the start, then right: it was behind") {
    it.host.set_skew(-15min);
    others.run(12min);
    it.host.set_skew(0s);
  }
  SUBCASE("several jumps") {
    for (const wr::duration skew :
         {wr::duration(7min), wr::duration(-9min), wr::duration(2h), wr::duration(0)}) {
      it.host.set_skew(skew);
      others.run(3min);
    }
  }
  SUBCASE("small jumps") {
    for (const wr::duration skew :
         {wr::duration(3s), wr::duration(-4s), wr::duration(10s), wr::duration(0)}) {
      it.host.set_skew(skew);
      others.run(5min);
    }
  }
  others.run(10min);
  it.clock.run_for(5min);
  others.check();
}

TEST_CASE("[S2.4] a jump while offline loses nothing of the time offline and shows nothing twice") {
  window_node it;
  talk others(it);
  others.run(10min);
  it.transport.sink().connectivity(false);
  const auto away = [&](wr::duration length) {
    for (wr::duration passed{}; passed < length; passed += 10s) {
      others.hashes.push_back(
          others.stored.hold(others_message(it, "missed " + std::to_string(passed.count()))));
      it.clock.run_for(10s);
    }
  };
  away(5min);
  SUBCASE("forward") { it.host.set_skew(2h); }
  SUBCASE("back") { it.host.set_skew(-2h); }
  SUBCASE("forward and back") {
    it.host.set_skew(2h);
    away(10min);
    it.host.set_skew(0s);
  }
  SUBCASE("back and forward") {
    it.host.set_skew(-2h);
    away(10min);
    it.host.set_skew(0s);
  }
  away(40min);
  const bool right = it.host.skew() == 0s;
  it.transport.sink().connectivity(true);
  others.run(2min);
  if (!right) {
    it.host.set_skew(0s);  // the network sets the clock
    others.run(2min);
  }
  it.clock.run_for(5min);
  others.check();
}

TEST_CASE("[R4] F4: a jump during an outage still covers the outage") {
  reconnect_node it;
  talk others(it);
  it.clock.run_for(1min);
  wr::duration by{};
  SUBCASE("forward") { by = 2h; }
  SUBCASE("back") { by = -2h; }
  it.transport.sink().connectivity(false);
  it.clock.run_for(5min);
  const wr::wall_time gone = it.clock.wall() - 5min;
  it.host.set_skew(by);
  it.clock.run_for(5min);
  it.transport.sink().connectivity(true);
  const wr::steady_time back = it.clock.steady();
  it.clock.run_for(1min);
  REQUIRE(content_queries(it, back).size() == 1);
  const request& made = *content_queries(it, back)[0];
  // Whichever clock is right: by the new one the outage began 10 minutes ago.
  CHECK(*made.time_start <= gone + by - 20s);
  CHECK(made.time_end == made.at.wall + by + 20s);
  if (by > 0s) CHECK(*made.time_start <= gone - 20s);
}

TEST_CASE("[R4] F4: a jump back before SUBSCRIBE was answered asks no range that ends before it begins") {
  reconnect_node it;
  it.transport.otherwise(operation_kind::filter_subscribe).after(5s);
  discover(it, 1, 2, filters_only);
  discover(it, 11, 11, stores_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  it.host.set_skew(-1h);
  it.clock.run_for(1min);
  REQUIRE(content_queries(it).size() == 1);
  const request& made = *content_queries(it)[0];
  CHECK(*made.time_start < *made.time_end);
  CHECK(*made.time_start <= made.at.wall - 1h - 5s - 20s);
}

TEST_CASE("[S3.5] messages in flight when the clock jumps get one outcome, and are not shown as others'") {
  combined_node it;
  archive stored;
  serve(it, stored);
  discover(it, 1, 4, {true, true, true, false});
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  wr::duration by{};
  SUBCASE("forward") { by = 1h; }
  SUBCASE("back") { by = -1h; }
  SUBCASE("a little back") { by = -10s; }
  std::vector<wr::request_id> requests;
  for (int number = 0; number < 5; ++number) {
    wr::message said = it.make_message("mine " + std::to_string(number));
    stored.hold(said);
    const auto id = it.node.publish(combined_node::topic, said);
    REQUIRE(id);
    requests.push_back(*id);
  }
  it.clock.run_for(1s);
  it.host.set_skew(by);
  it.clock.run_for(5min);
  it.host.set_skew(0s);
  it.clock.run_for(10min);
  for (const wr::request_id each : requests) CHECK(it.host.outcomes_of(each).size() == 1);
  CHECK(it.host.deliveries().empty());
  CHECK(told<wr::notice::missing>(it) == 0);
}

TEST_CASE("[R12] a round during which the clock jumped is no success: that clock is gone") {
  window_node it;
  discover(it, 1, 1, stores_only);
  it.transport.expect(operation_kind::store_query).after(10s);
  REQUIRE(it.subscribe());
  it.clock.run_for(5s);
  it.host.set_skew(-1h);
  it.clock.run_for(30s);
  CHECK(told<wr::notice::window_recovered>(it) == 0);
  CHECK(told<wr::notice::audit_failed>(it) == 1);
  it.clock.run_for(1min);
  CHECK(told<wr::notice::window_recovered>(it) == 1);
}

TEST_CASE("a steady time that runs back counts as standing still") {
  wt::fast_hasher hasher;
  wr::engine<window_client, wr::message, wt::fast_hasher> engine(wr::options{}, hasher);
  const wr::instant start{wr::steady_time(100s), wr::wall_time(1'700'000'000s)};
  const std::array topics{std::string_view("/test/1/chat/proto")};
  REQUIRE(engine.subscribe("/waku/2/rs/1/0", topics, start));
  engine.tick(start + 10s);
  engine.tick({wr::steady_time(105s), start.wall + 5s});  // both went back together
  CHECK(engine.observer().count<wr::notice::clock_jumped>() == 0);
  engine.handle(wr::peer_appeared{peer(1), filters_only, {}}, {wr::steady_time(50s), start.wall - 50s});
  engine.tick({wr::steady_time(50s), start.wall - 50s});
  int subscribes = 0;
  while (engine.poll([&](const auto& action) {
    subscribes += std::is_same_v<std::remove_cvref_t<decltype(action)>, wr::filter_subscribe_request> ? 1 : 0;
  })) {
  }
  CHECK(subscribes == 1);
  CHECK(engine.observer().count<wr::notice::clock_jumped>() == 0);
}

TEST_CASE("random jumps, outages and losses: nothing is lost that a store keeps, nothing is shown twice") {
  const std::uint64_t seed = samples::seed();
  INFO("WAKU_SEED=" << seed);
  for (std::uint64_t run = 0; run < 16; ++run) {
    CAPTURE(run);
    wr::random_source random(seed + run);
    window_node it;
    talk others(it);
    bool online = true;
    for (int step = 0; step < 25; ++step) {
      switch (random.below(3)) {
        case 0: {  // from right to wrong, and from wrong to right
          const auto wrong = std::chrono::seconds(random.below(7'200)) - std::chrono::seconds(3'600);
          it.host.set_skew(it.host.skew() == 0s ? wr::duration(wrong) : 0s);
          break;
        }
        case 1:
          online = !online;
          it.transport.sink().connectivity(online);
          break;
        default: break;
      }
      others.run(std::chrono::seconds(10 * (1 + random.below(30))));
    }
    it.host.set_skew(0s);
    it.transport.sink().connectivity(true);
    others.run(2min);
    it.clock.run_for(5min);
    others.check();
  }
}

TEST_CASE("[S2.4] a wall clock at either end of its range, and one that is set from there, stops nothing") {
  const std::chrono::seconds wrong[] = {-7'000'000'000s, -1s, 0s,
                                        9'223'371'000s};  // years 1748, 1969, 1970, 2262
  for (const auto& first : wrong) {
    CAPTURE(first.count());
    combined_node it;
    const wr::wall_time right = it.clock.wall();
    it.clock.step_wall(wr::wall_time(first) - right);
    discover(it, 1, 2, {.lightpush = true, .filter = true});
    discover(it, 11, 12, stores_only);
    REQUIRE(it.subscribe());
    const auto id = it.publish("by the wrong clock");
    it.clock.run_for(65s);
    CHECK(it.host.outcomes_of(*id).size() == 1);
    for (const request* each : it.transport.requests(operation_kind::store_query)) {
      CHECK(*each->time_start < *each->time_end);
    }
    it.clock.step_wall(right - it.clock.wall());
    archive stored;
    serve(it, stored);
    const wr::message_hash lost = stored.hold(others_message(it, "by the right clock"));
    it.clock.run_for(65s);
    CHECK(it.host.deliveries_of(lost) == 1);
  }
}

TEST_CASE(
    "[R28] old hashes leave a few with each call, and a jump of the clock keeps those that have not left "
    "yet") {
  wt::fast_hasher hasher;
  using state_type = wr::engine_state<wr::checked_policies<window_client, wr::all_capabilities>, wr::message,
                                      wt::fast_hasher>;
  state_type state(wr::options{}, hasher, {});
  wr::timekeeping<state_type> time(state);
  wr::instant now{wr::steady_time(1h), wr::wall_time(std::chrono::hours(480'000))};
  time.enter(now);
  REQUIRE(state.topic_number("/waku/2/rs/1/0") == 0);
  for (std::uint64_t number = 0; number < 100; ++number)
    REQUIRE(state.remember(samples::hash_number(number), state.now.wall));
  now = now + (state.numbers.seen.lifetime + 1min);
  time.enter(now);
  CHECK(state.seen.size() == 68);
  time.enter(now);
  CHECK(state.seen.size() == 36);
  SUBCASE("without a jump all leave") {
    time.enter(now);
    time.enter(now);
    CHECK(state.seen.empty());
  }
  SUBCASE("what the old clock audited is audited anew, so it is needed") {
    now.wall += 1min;
    time.enter(now);
    time.enter(now + 20s);
    CHECK(state.seen.size() == 36);
  }
}

}  // namespace timekeeping_tests
