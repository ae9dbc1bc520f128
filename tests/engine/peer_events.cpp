// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/peer_events.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/receiving.hpp"

namespace peer_events_tests {

using namespace receiving;

namespace {

using window_node = wt::scripted_node<window_client>;

constexpr wr::peer_protocols everything{true, true, true, false};

template <class Notice, class Node>
std::size_t told(Node& it) {
  return it.node.observer().template count<Notice>();
}
wr::options one_target() {
  wr::options numbers = exact_times();
  numbers.redundancy.subscribe_targets = 1;
  return numbers;
}

}  // namespace

TEST_CASE("[F1.1] a peer that is reported again with other protocols is what the latest report says") {
  window_node it(one_target());
  discover(it, 1, 1, everything);
  REQUIRE(it.subscribe());
  REQUIRE(requests_at(it, operation_kind::filter_subscribe, 1).size() == 1);
  discover(it, 1, 1, stores_only);  // it serves filter no more
  const std::size_t before = it.transport.count(operation_kind::filter_subscribe);
  it.clock.run_for(10min);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == before);
  CHECK(it.transport.count(operation_kind::filter_ping) == 0);
  CHECK(told<wr::notice::outage_began>(it) == 1);
  discover(it, 1, 1, everything);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == before + 1);
  CHECK(told<wr::notice::outage_ended>(it) == 1);
}

TEST_CASE("a peer that is merely reported again goes on as it was: no second SUBSCRIBE, no missed ping") {
  window_node it(one_target());
  discover(it, 1, 1, everything);
  REQUIRE(it.subscribe());
  for (int again = 0; again < 20; ++again) {
    it.clock.run_for(7s);
    discover(it, 1, 1, everything);
  }
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 1);
  CHECK(times_of(it, it.transport.requests(operation_kind::filter_ping)) ==
        std::vector<wr::duration>{1min, 2min});
  CHECK(content_queries(it).size() == 3);
}

TEST_CASE("[R36] a peer whose shards change serves the new ones and is left on the old ones") {
  constexpr std::string_view other_shard = "/waku/2/rs/1/7";
  window_node it(one_target());
  const std::array here{window_node::topic};
  const std::array there{other_shard};
  it.transport.sink().peer_appeared(peer(1), filters_only, here);
  it.transport.sink().peer_appeared(peer(2), filters_only, there);
  REQUIRE(it.subscribe());
  REQUIRE(requests_at(it, operation_kind::filter_subscribe, 1).size() == 1);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 2).empty());
  it.transport.sink().peer_appeared(peer(1), filters_only, there);
  it.transport.sink().peer_appeared(peer(2), filters_only, here);
  it.settle();
  CHECK(requests_at(it, operation_kind::filter_subscribe, 2).size() == 1);
  it.clock.run_for(5min);
  CHECK(requests_at(it, operation_kind::filter_ping, 1).empty());
  CHECK(requests_at(it, operation_kind::filter_ping, 2).size() == 5);
}

TEST_CASE("[F1.3] a filter node that leaves is replaced at once; what was under way at it is cancelled") {
  window_node it(one_target());
  discover(it, 1, 2, filters_only);
  it.transport.expect(operation_kind::filter_subscribe).hold();
  REQUIRE(it.subscribe());
  const request first = *it.transport.requests(operation_kind::filter_subscribe)[0];
  it.transport.sink().peer_left(*first.peer);
  it.settle();
  const auto made = it.transport.requests(operation_kind::filter_subscribe);
  REQUIRE(made.size() == 2);
  CHECK(made[0]->cancelled);
  CHECK(made[1]->peer != first.peer);
  it.transport.answer(first.operation, wt::filter_answer(200));  // too late
  it.settle();
  CHECK(told<wr::notice::stray_reply>(it) == 1);
  it.clock.run_for(10min);
  CHECK(requests_at(it, operation_kind::filter_ping, static_cast<std::uint32_t>(*first.peer)).empty());
  CHECK(told<wr::notice::peer_ejected>(it) == 0);
}

TEST_CASE("a peer that left and is found again is used again") {
  window_node it(one_target());
  discover(it, 1, 1, everything);
  REQUIRE(it.subscribe());
  it.transport.sink().peer_left(peer(1));
  it.clock.run_for(10min);
  const std::size_t before = it.transport.requests().size();
  it.clock.run_for(10min);
  CHECK(it.transport.requests().size() == before);
  discover(it, 1, 1, everything);
  CHECK(it.transport.last(operation_kind::filter_subscribe).at.steady == it.clock.steady());
  CHECK(it.transport.last(operation_kind::store_query).at.steady == it.clock.steady());
}

TEST_CASE("a peer that leaves without ever having come is no event") {
  window_node it;
  discover(it, 1, 2, everything);
  REQUIRE(it.subscribe());
  const std::size_t before = it.transport.requests().size();
  it.transport.sink().peer_left(peer(77));
  it.settle();
  CHECK(it.transport.requests().size() == before);
}

TEST_CASE("offline: nothing is sent for as long as it lasts, what arrives is shown, nobody is charged") {
  window_node it(exact_times());
  discover(it, 1, 3, everything);
  it.transport.expect(operation_kind::filter_subscribe).times(2).hold();
  it.transport.expect(operation_kind::store_query).hold();
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  const std::size_t before = it.transport.requests().size();
  it.transport.sink().connectivity(false);
  it.settle();
  for (const request* made : it.transport.requests(operation_kind::filter_subscribe)) CHECK(made->cancelled);
  it.transport.fail(it.transport.last(operation_kind::store_query).operation,
                    wr::transport_error::connection_lost);
  it.transport.sink().connectivity(false);  // told twice
  push(it, 1, it.make_message("was under way"));
  it.clock.run_for(3h);
  CHECK(it.transport.requests().size() == before);
  CHECK(it.host.deliveries().size() == 1);
  CHECK(told<wr::notice::peer_ejected>(it) == 0);
}

TEST_CASE("back online: the full set is installed anew at the same nodes, which were not charged") {
  window_node it(exact_times());
  discover(it, 1, 5, everything);
  REQUIRE(it.subscribe());
  const auto used = peers_of(it.transport.requests(operation_kind::filter_subscribe));
  it.clock.run_for(90s);
  it.transport.sink().connectivity(false);
  it.clock.run_for(1h);
  const wr::steady_time back = it.clock.steady();
  it.transport.sink().connectivity(true);
  it.clock.run_for(1s);
  std::set<wr::peer_id> now_used;
  for (const request* made : it.transport.requests(operation_kind::filter_subscribe)) {
    if (made->at.steady < back) continue;
    now_used.insert(*made->peer);
    CHECK(made->content_topics == std::vector<std::string>{std::string(window_node::content_topic)});
  }
  CHECK(now_used == used);
  CHECK(told<wr::notice::outage_began>(it) == 1);
  CHECK(told<wr::notice::outage_ended>(it) == 1);
  it.transport.sink().connectivity(true);  // told twice
  it.clock.run_for(1s);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 4);
}

TEST_CASE("[R5] what was charged since anybody answered last is taken back when we turn out to be offline") {
  window_node it(exact_times());
  discover(it, 1, 2, filters_only);
  discover(it, 11, 12, stores_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(30s);
  it.transport.otherwise(operation_kind::store_query).fail(wr::transport_error::dial_failed);
  it.clock.run_for(31s);  // the round fails at both stores, while pings are still good
  it.transport.otherwise(operation_kind::filter_ping).fail(wr::transport_error::connection_lost);
  it.transport.otherwise(operation_kind::filter_subscribe).fail(wr::transport_error::dial_failed);
  it.clock.run_for(60s);  // everything fails
  const std::size_t charged = told<wr::notice::peer_ejected>(it);
  CHECK(charged >= 4);
  it.transport.sink().connectivity(false);
  it.clock.run_for(1s);
  for (const operation_kind kind :
       {operation_kind::store_query, operation_kind::filter_ping, operation_kind::filter_subscribe}) {
    it.transport.otherwise(kind);
  }
  it.transport.sink().connectivity(true);
  const wr::steady_time back = it.clock.steady();
  it.clock.run_for(5s);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 1, back).size() == 1);
  CHECK(requests_at(it, operation_kind::filter_subscribe, 2, back).size() == 1);
  CHECK(content_queries(it, back).size() >= 1);
  CHECK(told<wr::notice::window_recovered>(it) == 2);
}

TEST_CASE("paused and offline at once: only when both have ended is anything sent") {
  window_node it(exact_times());
  discover(it, 1, 2, everything);
  REQUIRE(it.subscribe());
  it.clock.run_for(1s);
  bool pause_ends_last = true;
  SUBCASE("the pause ends last") {}
  SUBCASE("the network comes last") { pause_ends_last = false; }
  it.node.pause();
  it.transport.sink().connectivity(false);
  it.clock.run_for(10min);
  const std::size_t before = it.transport.requests().size();
  if (pause_ends_last) {
    it.transport.sink().connectivity(true);
  } else {
    it.node.resume();
  }
  it.clock.run_for(10min);
  CHECK(it.transport.requests().size() == before);
  if (pause_ends_last) {
    it.node.resume();
  } else {
    it.transport.sink().connectivity(true);
  }
  it.clock.run_for(1s);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 4);
  CHECK(content_queries(it).size() == 2);
}

TEST_CASE("pausing twice, resuming twice, and resuming without a pause change nothing") {
  window_node it(exact_times());
  discover(it, 1, 2, everything);
  REQUIRE(it.subscribe());
  const std::size_t before = it.transport.requests().size();
  it.node.resume();
  it.clock.run_for(1s);
  CHECK(it.transport.requests().size() == before);
  it.node.pause();
  it.node.pause();
  it.clock.run_for(10min);
  CHECK(it.transport.requests().size() == before);
  it.node.resume();
  it.node.resume();
  it.clock.run_for(1s);
  CHECK(it.transport.requests().size() == before + 3);  // two SUBSCRIBEs and one round
}

TEST_CASE("pushes that come in a pause are shown") {
  window_node it;
  discover(it, 1, 2, everything);
  REQUIRE(it.subscribe());
  it.node.pause();
  it.clock.run_for(1s);
  push(it, 1, it.make_message("still heard"));
  CHECK(it.host.deliveries().size() == 1);
}

TEST_CASE("[R32] stop cancels what is under way, and nothing is sent, shown or told afterwards") {
  window_node it(exact_times());
  discover(it, 1, 2, everything);
  it.transport.otherwise(operation_kind::filter_subscribe).hold();
  it.transport.otherwise(operation_kind::store_query).hold();
  REQUIRE(it.subscribe());
  CHECK(it.node.operations() == 3);
  it.node.stop();
  it.settle();
  CHECK(it.transport.open_requests() == 0);
  CHECK(it.node.operations() == 0);
  const std::size_t before = it.transport.requests().size();
  push(it, 1, it.make_message("too late"));
  discover(it, 3, 4, everything);
  it.transport.sink().connectivity(false);
  it.transport.sink().connectivity(true);
  it.node.resume();
  it.clock.run_for(24h);
  CHECK(it.transport.requests().size() == before);
  CHECK(it.host.deliveries().empty());
}

TEST_CASE("relay peers of a topic that nobody uses are no reason to do anything") {
  window_node it;
  discover(it, 1, 2, everything);
  it.transport.sink().relay_peers("/waku/2/rs/1/42", 3);
  it.clock.run_for(10min);
  CHECK(it.transport.requests().empty());
  CHECK(told<wr::notice::outage_began>(it) == 0);
}

}  // namespace peer_events_tests
