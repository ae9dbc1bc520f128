// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/outage.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/receiving.hpp"

namespace outage_tests {

using namespace receiving;

namespace {

using reconnect_node = wt::scripted_node<reconnect_client>;

/// F4 beside relay.
struct relay_reconnect : wr::policies<wr::relay_only, wr::relay_reception, wr::on_reconnect,
                                      wr::accepted_is_enough, notice_log> {};

template <class Notice, class Node>
std::size_t told(Node& it) {
  return it.node.observer().template count<Notice>();
}

/// A network that can be away: nobody answers, and nothing tells so.
template <class Node>
struct silent_network {
  explicit silent_network(Node& it) {
    for (const operation_kind kind : {operation_kind::filter_ping, operation_kind::filter_subscribe,
                                      operation_kind::filter_unsubscribe, operation_kind::store_query}) {
      it.transport.expect(kind).always().where([this](const request&) { return away; }).drop();
    }
  }
  bool away = false;
};

/// Two filter nodes and two stores, subscribed, and past the recovery that follows the first SUBSCRIBE.
template <class Node>
void settle_in(Node& it) {
  discover(it, 1, 2, filters_only);
  discover(it, 11, 12, stores_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(20s);
}

}  // namespace

TEST_CASE("[F4.3] no store is asked while all is well; the first SUBSCRIBE ends the time without one") {
  reconnect_node it;
  discover(it, 1, 2, filters_only);
  discover(it, 11, 12, stores_only);
  it.clock.run_for(1h);
  CHECK(it.transport.requests().empty());
  it.transport.set_usual_delay(2s);
  REQUIRE(it.subscribe());
  const wr::wall_time subscribed = it.clock.wall();
  it.clock.run_for(1s);
  CHECK(content_queries(it).empty());
  it.clock.run_for(2h);
  REQUIRE(content_queries(it).size() == 1);
  CHECK(content_queries(it)[0]->time_start == subscribed - 20s);
  CHECK(content_queries(it)[0]->time_end == subscribed + 2s + 20s);
  CHECK(told<wr::notice::outage_began>(it) == 0);
}

TEST_CASE("[F4.1] [F4.3] [F4.4] [F4.5] [R4] offline and back: one query, from last contact to return") {
  reconnect_node it;
  settle_in(it);
  archive stored;
  serve(it, stored);
  it.clock.run_for(95s);  // pings at 60 s
  const wr::wall_time last_ping = it.clock.wall() - 55s;
  it.transport.sink().connectivity(false);
  it.clock.run_for(1min);
  CHECK(told<wr::notice::outage_began>(it) == 1);
  const wr::message_hash lost = stored.hold(others_message(it, "missed"));
  it.clock.run_for(29min);
  const std::size_t before = content_queries(it).size();
  CHECK(before == 1);
  it.transport.sink().connectivity(true);
  const wr::wall_time back = it.clock.wall();
  it.clock.run_for(1h);
  CHECK(told<wr::notice::outage_ended>(it) == 1);
  REQUIRE(content_queries(it).size() == before + 1);
  const request& made = *content_queries(it).back();
  CHECK(made.time_start == last_ping - 20s);
  CHECK(made.time_end == back + 20s);
  CHECK_FALSE(made.include_data);
  CHECK(it.host.deliveries_of(lost) == 1);
}

TEST_CASE("[R4] a message is a sign of life, by its receipt and not by its timestamp") {
  reconnect_node it;
  settle_in(it);
  it.clock.run_for(5s);
  wr::message ahead = it.make_message("from the future");
  ahead.timestamp += 3'600'000'000'000;
  push(it, 1, ahead);
  const wr::wall_time contact = it.clock.wall();
  it.clock.run_for(10s);
  it.transport.sink().connectivity(false);
  it.clock.run_for(10min);
  it.transport.sink().connectivity(true);
  it.clock.run_for(1min);
  REQUIRE(content_queries(it).size() == 2);
  CHECK(content_queries(it)[1]->time_start == contact - 20s);
}

TEST_CASE("[R4] an unwanted push is no sign of life") {
  reconnect_node it;
  settle_in(it);
  const wr::wall_time subscribed = it.clock.wall() - 20s;
  push(it, 1, it.make_message("not asked for", "/test/1/other/proto"));
  it.transport.sink().connectivity(false);
  it.clock.run_for(10min);
  it.transport.sink().connectivity(true);
  it.clock.run_for(1min);
  REQUIRE(content_queries(it).size() == 2);
  CHECK(content_queries(it)[1]->time_start == subscribed - 20s);
}

TEST_CASE("[F4.4] [R5] failed pings at all nodes are an outage, without any word from the transport") {
  reconnect_node it;
  settle_in(it);
  silent_network network(it);
  archive stored;
  serve(it, stored);
  it.clock.run_for(45s);  // a ping at 60 s was good
  const wr::wall_time last_ping = it.clock.wall() - 5s;
  network.away = true;
  it.clock.run_for(30s);
  const wr::message_hash lost = stored.hold(others_message(it, "missed"));
  it.clock.run_for(20s);
  CHECK(told<wr::notice::outage_began>(it) == 0);  // the pings of 120 s have not yet failed
  it.clock.run_for(20min);
  CHECK(told<wr::notice::outage_began>(it) == 1);
  CHECK(content_queries(it).size() == 1);  // not before the return
  network.away = false;
  it.clock.run_for(80s);  // the back-off has grown to a minute
  CHECK(told<wr::notice::outage_ended>(it) == 1);
  REQUIRE(content_queries(it).size() == 2);
  const request& made = *content_queries(it)[1];
  CHECK(made.time_start == last_ping - 20s);
  CHECK(made.time_end == made.at.wall + 20s);
  it.clock.run_for(10s);
  CHECK(it.host.deliveries_of(lost) == 1);
  it.clock.run_for(1h);
  CHECK(content_queries(it).size() == 2);
}

TEST_CASE("[R5] an outage of ours charges nobody: afterwards the same nodes are used") {
  reconnect_node it;
  settle_in(it);
  discover(it, 3, 6, filters_only);
  silent_network network(it);
  it.clock.run_for(45s);
  network.away = true;
  it.clock.run_for(10min);
  network.away = false;
  it.clock.run_for(90s);
  REQUIRE(told<wr::notice::outage_ended>(it) == 1);
  it.transport.sink().connectivity(false);
  it.clock.run_for(10s);
  it.transport.sink().connectivity(true);
  const wr::steady_time back = it.clock.steady();
  it.settle();
  std::set<wr::peer_id> used;
  for (const request* made : it.transport.requests(operation_kind::filter_subscribe)) {
    if (made->at.steady >= back) used.insert(*made->peer);
  }
  CHECK(used.size() == 2);
}

TEST_CASE("[R5] one node of two that fails is replaced; that is no outage") {
  reconnect_node it;
  settle_in(it);
  discover(it, 3, 3, filters_only);
  it.transport.expect(operation_kind::filter_ping).at(peer(1)).always().drop();
  it.transport.expect(operation_kind::filter_subscribe).at(peer(1)).always().drop();
  it.clock.run_for(1h);
  CHECK(told<wr::notice::peer_replaced>(it) == 1);
  CHECK(told<wr::notice::outage_began>(it) == 0);
  CHECK(content_queries(it).size() == 1);
}

TEST_CASE("[R5] recover_on_any_loss: a single node's gap is recovered when another stands in for it") {
  wr::options numbers = exact_times();
  numbers.recovery.recover_on_any_loss = true;
  reconnect_node it(numbers);
  settle_in(it);
  discover(it, 3, 3, filters_only);
  wr::wall_time last_good{};
  SUBCASE("its pings fail") {
    it.clock.run_for(45s);
    last_good = it.clock.wall() - 5s;
    it.transport.expect(operation_kind::filter_ping).at(peer(1)).always().drop();
    it.transport.expect(operation_kind::filter_subscribe).at(peer(1)).always().drop();
    it.clock.run_for(40s);
    push(it, 2, it.make_message("the other node goes on"));
    it.clock.run_for(29s);
    CHECK(content_queries(it).size() == 1);  // SUBSCRIBE at the same node has not failed yet
    it.clock.run_for(1s);
  }
  SUBCASE("it leaves") {
    it.clock.run_for(45s);
    last_good = it.clock.wall() - 5s;
    it.transport.sink().peer_left(peer(1));
    it.settle();
  }
  REQUIRE(requests_at(it, operation_kind::filter_subscribe, 3).size() == 1);
  REQUIRE(content_queries(it).size() == 2);
  CHECK(content_queries(it)[1]->time_start == last_good - 20s);
  CHECK(content_queries(it)[1]->at.steady == it.clock.steady());
  CHECK(told<wr::notice::outage_began>(it) == 0);
  it.clock.run_for(1h);
  CHECK(content_queries(it).size() == 2);
}

TEST_CASE("[R5] recover_on_any_loss: a node lost amid a recovery is recovered by another one") {
  wr::options numbers = exact_times();
  numbers.recovery.recover_on_any_loss = true;
  reconnect_node it(numbers);
  discover(it, 1, 3, filters_only);
  discover(it, 11, 11, stores_only);
  it.transport.expect(operation_kind::store_query).after(10s);
  it.transport.otherwise(operation_kind::filter_subscribe).after(4s);
  REQUIRE(it.subscribe());
  it.clock.run_for(6s);
  REQUIRE(content_queries(it).size() == 1);
  it.transport.sink().peer_left(*it.transport.requests(operation_kind::filter_subscribe)[0]->peer);
  it.clock.run_for(1min);
  CHECK(content_queries(it).size() == 2);
  CHECK(told<wr::notice::window_recovered>(it) == 2);
}

TEST_CASE("[R4] [R12] a recovery that fails is tried again with the same start, until it succeeds in full") {
  reconnect_node it(exact_times());
  settle_in(it);
  archive stored;
  serve(it, stored);
  const wr::message_hash lost = stored.hold(others_message(it, "missed"));
  bool broken = true;
  const bool bodies = [] {
    bool chosen = false;
    SUBCASE("queries fail") {}
    SUBCASE("look-ups fail") { chosen = true; }
    return chosen;
  }();
  it.transport.expect(operation_kind::store_query)
      .always()
      .where([&](const request& made) { return broken && made.is_lookup() == bodies; })
      .reply(wt::store_answer<wr::message>(503));
  it.transport.sink().connectivity(false);
  it.clock.run_for(10min);
  it.transport.sink().connectivity(true);
  const wr::steady_time back = it.clock.steady();
  it.clock.run_for(2min);
  const auto tries = content_queries(it, back);
  CHECK(tries.size() >= 4);
  CHECK(tries.size() <= 20);  // it backs off
  for (const request* made : tries) CHECK(made->time_start == tries[0]->time_start);
  CHECK(told<wr::notice::window_recovered>(it) == 1);  // the one after the first SUBSCRIBE
  CHECK(told<wr::notice::audit_failed>(it) >= 2);
  broken = false;
  it.clock.run_for(2min);
  CHECK(told<wr::notice::window_recovered>(it) == 2);
  CHECK(it.host.deliveries_of(lost) == 1);
  const std::size_t total = it.transport.count(operation_kind::store_query);
  it.clock.run_for(1h);
  CHECK(it.transport.count(operation_kind::store_query) == total);
}

TEST_CASE("[R4] an outage that begins before the last one is recovered leaves one range from the first on") {
  reconnect_node it(exact_times());
  settle_in(it);
  archive stored;
  serve(it, stored);
  const wr::wall_time first_contact = it.clock.wall() - 20s;
  it.transport.sink().connectivity(false);
  it.clock.run_for(5min);
  const wr::message_hash first = stored.hold(others_message(it, "missed in the first"));
  it.transport.expect(operation_kind::store_query).hold();
  it.transport.sink().connectivity(true);
  it.clock.run_for(2s);
  it.transport.sink().connectivity(false);
  it.clock.run_for(5min);
  const wr::message_hash second = stored.hold(others_message(it, "missed in the second"));
  it.transport.sink().connectivity(true);
  it.clock.run_for(2min);
  CHECK(content_queries(it).back()->time_start == first_contact - 20s);
  CHECK(it.host.deliveries_of(first) == 1);
  CHECK(it.host.deliveries_of(second) == 1);
}

TEST_CASE("[F4.1] a legacy store recovers too") {
  reconnect_node it;
  discover(it, 1, 2, filters_only);
  discover(it, 11, 11, legacy_store_only);
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.clock.run_for(20s);
  it.transport.sink().connectivity(false);
  const wr::message_hash lost = stored.hold(others_message(it, "missed"));
  it.clock.run_for(10min);
  it.transport.sink().connectivity(true);
  it.clock.run_for(1min);
  CHECK(it.host.deliveries_of(lost) == 1);
}

TEST_CASE("[F4.1] [F4.3] relay alone: losing every relay peer is an outage, one that returns ends it") {
  wt::scripted_node<relay_reconnect, wr::message, wr::capability_set{.relay = true, .store = true}> it;
  discover(it, 11, 11, stores_only);
  archive stored;
  serve(it, stored);
  REQUIRE(it.subscribe());
  it.transport.sink().relay_peers(reconnect_node::topic, 4);
  it.clock.run_for(1min);
  const std::size_t before = content_queries(it).size();
  const wr::message said = it.make_message("a sign of life");
  stored.hold(said);
  it.transport.sink().relay_message(reconnect_node::topic, said);
  it.settle();
  const wr::wall_time contact = it.clock.wall();
  it.clock.run_for(10s);
  it.transport.sink().relay_peers(reconnect_node::topic, 0);
  const wr::message_hash lost = stored.hold(others_message(it, "missed"));
  it.clock.run_for(10min);
  CHECK(content_queries(it).size() == before);
  it.transport.sink().relay_peers(reconnect_node::topic, 1);
  it.clock.run_for(1min);
  REQUIRE(content_queries(it).size() == before + 1);
  CHECK(content_queries(it).back()->time_start == contact - 20s);
  CHECK(it.host.deliveries_of(lost) == 1);
  CHECK(it.host.deliveries().size() == 2);
}

TEST_CASE("a pause is an outage of our own making, and is recovered like one") {
  reconnect_node it;
  settle_in(it);
  archive stored;
  serve(it, stored);
  const wr::wall_time contact = it.clock.wall() - 20s;
  it.node.pause();
  it.clock.run_for(1min);
  const wr::message_hash lost = stored.hold(others_message(it, "missed"));
  it.clock.run_for(1h);
  it.node.resume();
  it.clock.run_for(1min);
  REQUIRE(content_queries(it).size() == 2);
  CHECK(content_queries(it)[1]->time_start == contact - 20s);
  CHECK(it.host.deliveries_of(lost) == 1);
}

TEST_CASE("without a subscription nothing is missed: no outage, no query") {
  reconnect_node it;
  settle_in(it);
  const std::array topics{reconnect_node::content_topic};
  REQUIRE(it.node.unsubscribe(reconnect_node::topic, topics));
  it.clock.run_for(1min);
  const std::size_t before = content_queries(it).size();
  it.transport.sink().connectivity(false);
  it.clock.run_for(10min);
  it.transport.sink().connectivity(true);
  it.clock.run_for(10min);
  CHECK(told<wr::notice::outage_began>(it) == 0);
  CHECK(content_queries(it).size() == before);
}

TEST_CASE("what was heard before and after an outage is not shown again by its recovery") {
  reconnect_node it;
  settle_in(it);
  archive stored;
  serve(it, stored);
  std::vector<wr::message_hash> heard;
  const auto say = [&](const char* text) {
    const wr::message said = others_message(it, text);
    heard.push_back(stored.hold(said));
    push(it, 1, said);
    it.clock.run_for(5s);
  };
  for (int number = 0; number < 4; ++number) say("before");
  it.transport.sink().connectivity(false);
  it.clock.run_for(2h);
  it.transport.sink().connectivity(true);
  for (int number = 0; number < 4; ++number) say("after");
  it.clock.run_for(1min);
  for (const wr::message_hash& hash : heard) CHECK(it.host.deliveries_of(hash) == 1);
  CHECK(told<wr::notice::missing>(it) == 0);
}

}  // namespace outage_tests
