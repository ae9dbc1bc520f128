// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/engine.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/receiving.hpp"

namespace reconfigure_tests {

using namespace receiving;

namespace {

using combined_node = wt::scripted_node<combined_client>;
using window_node = wt::scripted_node<window_client>;

std::set<std::string> names_of(const std::vector<wr::option_error>& errors) {
  std::set<std::string> names;
  for (const wr::option_error& each : errors) names.emplace(each.option);
  return names;
}

}  // namespace

TEST_CASE("reconfigure names every number that is out of range, and changes none") {
  window_node it;
  discover(it, 1, 3, {.filter = true, .store = true});
  REQUIRE(it.subscribe());
  wr::options wrong = it.node.numbers();
  wrong.redundancy.subscribe_targets = 9;
  wrong.recovery.window = 0s;
  wrong.recovery.slice = 25h;
  wrong.recovery.page_entries = 101;
  wrong.recovery.topics_per_query = 11;
  wrong.recovery.lookup_hashes = 51;
  wrong.recovery.nodes_per_query = 0;
  wrong.cadence.growth = std::numeric_limits<double>::quiet_NaN();
  wrong.subscription.topics_per_request = 101;
  wrong.subscription.ping_interval = -1s;
  wrong.subscription.request_spacing = -1ns;
  wrong.timeout.store = 0s;
  wrong.pool.floor = 0;
  wrong.seen.lifetime = 1s;
  wrong.clock_jump = 0s;
  wrong.retransmit.resend_age_max = 20s;
  const auto names = names_of(it.node.reconfigure(wrong));
  for (const std::string_view each :
       {"redundancy.subscribe_targets", "recovery.window", "recovery.slice", "recovery.page_entries",
        "recovery.topics_per_query", "recovery.lookup_hashes", "recovery.nodes_per_query", "cadence.growth",
        "subscription.topics_per_request", "subscription.ping_interval", "subscription.request_spacing",
        "timeout.store", "pool.floor", "seen.lifetime", "clock_jump", "retransmit.resend_age_max"}) {
    CAPTURE(each);
    CHECK(names.contains(std::string(each)));
  }
  CHECK(it.node.numbers().recovery.window == 5min);
  CHECK(it.node.numbers().redundancy.subscribe_targets == 2);
  it.clock.run_for(2min);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 2);
  CHECK(content_queries(it).size() == 3);
}

TEST_CASE("sizes and seed are fixed at construction: reconfigure says so, beside all else that is wrong") {
  window_node it;
  wr::options changed = it.node.numbers();
  changed.outgoing.messages_max = 7;
  changed.seen.entries_max = 9;
  changed.seed = 1234;
  changed.timeout.ping = 0s;
  changed.subscription.ping_interval = 30s;
  const auto errors = it.node.reconfigure(changed);
  CHECK(names_of(errors) ==
        std::set<std::string>{"outgoing.messages_max", "seen.entries_max", "seed", "timeout.ping"});
  for (const auto& each : errors) {
    if (each.option != "timeout.ping") CHECK(each.problem == "is fixed at construction");
  }
  CHECK(it.node.numbers().subscription.ping_interval == 1min);
}

TEST_CASE("[G5] [F2.1] more subscribe targets are taken up at once, and surplus ones are left") {
  window_node it(exact_times());
  discover(it, 1, 6, filters_only);
  REQUIRE(it.subscribe());
  wr::options numbers = it.node.numbers();
  numbers.redundancy.subscribe_targets = 5;
  CHECK(it.node.reconfigure(numbers).empty());
  it.settle();
  CHECK(peers_of(it.transport.requests(operation_kind::filter_subscribe)).size() == 5);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 5);
  it.clock.run_for(30s);

  numbers.redundancy.subscribe_targets = 1;
  CHECK(it.node.reconfigure(numbers).empty());
  it.clock.run_for(30s);
  CHECK(peers_of(it.transport.requests(operation_kind::filter_unsubscribe)).size() == 4);
  CHECK(it.transport.count(operation_kind::filter_unsubscribe) == 4);
  const wr::steady_time then = it.clock.steady() + 1ns;
  it.clock.run_for(3min);
  std::set<wr::peer_id> pinged;
  for (const request* made : it.transport.requests(operation_kind::filter_ping)) {
    if (made->at.steady >= then) pinged.insert(*made->peer);
  }
  CHECK(pinged.size() == 1);
  CHECK(it.node.observer().count<wr::notice::peer_replaced>() == 0);
  CHECK(it.node.observer().count<wr::notice::outage_began>() == 0);
}

TEST_CASE("surplus filter nodes are left the unhealthy first") {
  window_node it(exact_times());
  discover(it, 1, 3, filters_only);
  wr::options numbers = it.node.numbers();
  numbers.redundancy.subscribe_targets = 3;
  numbers.subscription.ping_failures_max = 10;
  REQUIRE(it.node.reconfigure(numbers).empty());
  REQUIRE(it.subscribe());
  it.transport.expect(operation_kind::filter_ping).at(peer(2)).reply(wt::filter_answer(404));
  it.transport.expect(operation_kind::filter_subscribe).at(peer(2)).hold();
  it.clock.run_for(61s);
  numbers.redundancy.subscribe_targets = 2;
  REQUIRE(it.node.reconfigure(numbers).empty());
  it.clock.run_for(2min);
  CHECK(requests_at(it, operation_kind::filter_ping, 1).size() == 3);
  CHECK(requests_at(it, operation_kind::filter_ping, 2).size() == 1);
  CHECK(requests_at(it, operation_kind::filter_ping, 3).size() == 3);
}

TEST_CASE("intervals and timeouts are those of the moment: new ones count from the next beat on") {
  window_node it(exact_times());
  discover(it, 1, 1, {.filter = true, .store = true});
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  wr::options numbers = it.node.numbers();
  numbers.subscription.ping_interval = 20s;
  numbers.cadence.interval = 30s;
  REQUIRE(it.node.reconfigure(numbers).empty());
  it.clock.run_for(90s);
  CHECK(times_of(it, it.transport.requests(operation_kind::filter_ping)) ==
        std::vector<wr::duration>{60s, 80s, 100s, 120s});
  CHECK(times_of(it, content_queries(it)) == std::vector<wr::duration>{0s, 60s, 90s, 120s});
  numbers.timeout.store = 1s;
  REQUIRE(it.node.reconfigure(numbers).empty());
  it.transport.otherwise(operation_kind::store_query).drop();
  it.clock.run_for(31500ms);
  CHECK(it.transport.last(operation_kind::store_query).cancelled);
}

TEST_CASE("[S2.2] a new window is asked for from the next round on") {
  window_node it(exact_times());
  discover(it, 1, 1, stores_only);
  REQUIRE(it.subscribe());
  wr::options numbers = it.node.numbers();
  numbers.recovery.window = 15min;
  numbers.recovery.overlap = 10s;
  REQUIRE(it.node.reconfigure(numbers).empty());
  it.clock.run_for(1min);
  const request& made = *content_queries(it).back();
  CHECK(made.time_start == made.at.wall - 15min - 10s);
  CHECK(made.time_end == made.at.wall + 10s);
}

TEST_CASE("strict pushes can be switched while running") {
  window_node it(exact_times());
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  push(it, 9, it.make_message("lax"));
  wr::options numbers = it.node.numbers();
  numbers.subscription.strict_pushes = true;
  REQUIRE(it.node.reconfigure(numbers).empty());
  push(it, 9, it.make_message("strict"));
  CHECK(it.host.deliveries().size() == 1);
}

TEST_CASE("a lower limit of topics leaves what is subscribed and refuses more") {
  window_node it(exact_times());
  discover(it, 1, 1, filters_only);
  REQUIRE(subscribe_all(it, many_topics(50)));
  wr::options numbers = it.node.numbers();
  numbers.subscription.topics_max = 10;
  REQUIRE(it.node.reconfigure(numbers).empty());
  it.clock.run_for(10s);
  CHECK(it.transport.count(operation_kind::filter_unsubscribe) == 0);
  const std::array more{std::string_view("/test/1/more/proto")};
  const auto refusal = it.node.subscribe(window_node::topic, more);
  REQUIRE_FALSE(refusal);
  CHECK(refusal.error() == wr::errc::too_many_topics);
  CHECK(subscribe_all(it, many_topics(50)));  // nothing new in it
}

TEST_CASE("reconfigure amid look-ups and pages does no harm") {
  wr::options numbers;
  numbers.recovery.page_entries = 20;
  window_node it(numbers);
  discover(it, 1, 3, stores_only);
  it.transport.set_usual_delay(300ms);
  archive stored;
  serve(it, stored);
  std::vector<wr::message_hash> lost;
  for (int number = 0; number < 90; ++number) {
    lost.push_back(stored.hold(it.make_message("lost " + std::to_string(number))));
  }
  REQUIRE(it.subscribe());
  const std::array<std::uint32_t, 4> sizes{7, 100, 1, 33};
  for (int step = 0; step < 40; ++step) {
    it.clock.run_for(350ms);
    numbers.recovery.page_entries = sizes[static_cast<std::size_t>(step) % sizes.size()];
    numbers.recovery.lookup_hashes = 1 + static_cast<std::uint32_t>(step) % 50;
    numbers.recovery.nodes_per_query = 1 + static_cast<std::uint32_t>(step) % 8;
    numbers.recovery.missing_max = 10 + static_cast<std::size_t>(step) * 10;
    REQUIRE(it.node.reconfigure(numbers).empty());
  }
  it.clock.run_for(5min);
  for (const wr::message_hash& hash : lost) CHECK(it.host.deliveries_of(hash) == 1);
}

TEST_CASE("[S3.5] the settling delay and the early interval of the moment rule the next look") {
  combined_node it(exact_times());
  discover(it, 1, 4, {true, true, true, false});
  wr::options numbers = it.node.numbers();
  numbers.confirmation.settling = 1s;
  numbers.confirmation.early_interval = 2s;
  REQUIRE(it.node.reconfigure(numbers).empty());
  REQUIRE(it.publish("mine"));
  it.clock.run_for(6s);
  CHECK(times_of(it, content_queries(it)) == std::vector<wr::duration>{1s, 3s, 5s});
}

TEST_CASE("a node that was stopped takes new numbers and does nothing: it asks for no wake") {
  window_node it;
  discover(it, 1, 3, {.filter = true, .store = true});
  REQUIRE(it.subscribe());
  it.node.stop();
  it.clock.run_for(1s);
  const std::size_t wakes = it.host.wakes();
  wr::options numbers = it.node.numbers();
  numbers.redundancy.subscribe_targets = 3;
  CHECK(it.node.reconfigure(numbers).empty());
  CHECK(it.node.numbers().redundancy.subscribe_targets == 3);
  for (int step = 0; step < 10; ++step) it.clock.step();
  CHECK(it.host.wakes() == wakes + 1);
  CHECK(it.clock.waiting() == 0);
}

}  // namespace reconfigure_tests
