// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/filter_member.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "engine/receiving.hpp"

namespace filter_member_tests {

using namespace receiving;

namespace {

using filter_node = wt::scripted_node<filter_client>;

/// A node that is subscribed at peers 1 and 2.
struct two_members : filter_node {
  two_members() : filter_node(exact_times()) {
    discover(*this, 1, 2, filters_only);
    REQUIRE(subscribe());
  }
  std::vector<const request*> pings(std::uint32_t at) const {
    return requests_at(*this, operation_kind::filter_ping, at);
  }
  std::vector<const request*> subscribes(std::uint32_t at) const {
    return requests_at(*this, operation_kind::filter_subscribe, at);
  }
};

}  // namespace

TEST_CASE("a new member holds nothing, asks nothing and is not healthy") {
  const wr::filter_member member;
  CHECK(member.installed.empty());
  CHECK(member.asking.empty());
  CHECK(member.request == wr::operation_id{});
  CHECK(member.ping == wr::operation_id{});
  CHECK(member.failures.pings == 0);
  CHECK(member.failures.subscribes == 0);
  CHECK(member.pauses == 0);
  CHECK(member.next_request == wr::steady_time::min());  // it may be asked at once
  CHECK_FALSE(member.subscribed_once);
  CHECK_FALSE(member.healthy);
  CHECK_FALSE(member.leaving);
  CHECK_FALSE(member.given_up);
}

TEST_CASE("[R2] each node's failures are its own") {
  two_members it;
  discover(it, 3, 3, filters_only);
  it.transport.expect(operation_kind::filter_ping).at(peer(1)).reply(wt::filter_answer(404));
  it.transport.expect(operation_kind::filter_ping).at(peer(2)).after(1ns);
  it.transport.expect(operation_kind::filter_ping).at(peer(2)).reply(wt::filter_answer(404));
  it.clock.run_for(2min);  // one failure each, a minute apart
  CHECK(it.subscribes(1).size() == 2);
  CHECK(it.subscribes(2).size() == 2);
  CHECK(it.subscribes(3).empty());
}

TEST_CASE("[F3.1] each node's pings begin a minute after its own SUBSCRIBE was answered") {
  filter_node it(exact_times());
  it.transport.expect(operation_kind::filter_subscribe).at(peer(1)).after(1s);
  it.transport.expect(operation_kind::filter_subscribe).at(peer(2)).after(8s);
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe());
  it.clock.run_for(130s);
  CHECK(times_of(it, requests_at(it, operation_kind::filter_ping, 1)) ==
        std::vector<wr::duration>{61s, 121s});
  CHECK(times_of(it, requests_at(it, operation_kind::filter_ping, 2)) ==
        std::vector<wr::duration>{68s, 128s});
}

TEST_CASE("[R20] [R23] rate limits in a row double the pause, up to the cap; a good answer ends the row") {
  two_members it;
  it.transport.expect(operation_kind::filter_ping).at(peer(1)).times(8).reply(wt::filter_answer(429));
  it.transport.expect(operation_kind::filter_ping).at(peer(1));
  it.transport.expect(operation_kind::filter_ping).at(peer(1)).reply(wt::filter_answer(429));
  it.clock.run_for(8min);
  const auto times = times_of(it, it.pings(1));
  REQUIRE(times.size() >= 11);
  const std::vector<wr::duration> pauses{1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
  for (std::size_t at = 0; at < pauses.size(); ++at) CHECK(times[at + 1] - times[at] == pauses[at]);
  CHECK(times[10] - times[9] == 1s);
  CHECK(it.subscribes(1).size() == 1);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
}

TEST_CASE("a ping that is answered late does not stop the next one") {
  wr::options numbers = exact_times();
  numbers.timeout.ping = 5min;
  numbers.redundancy.subscribe_targets = 1;
  filter_node it(numbers);
  discover(it, 1, 1, filters_only);
  it.transport.expect(operation_kind::filter_ping).after(90s);
  REQUIRE(it.subscribe());
  it.clock.run_for(5min);
  CHECK(times_of(it, it.transport.requests(operation_kind::filter_ping)) ==
        std::vector<wr::duration>{1min, 3min, 4min, 5min});  // one at a time
}

TEST_CASE("a ping fails while SUBSCRIBE is under way: no second SUBSCRIBE is sent on top") {
  two_members it;
  it.clock.run_for(59s);
  it.transport.otherwise(operation_kind::filter_subscribe).after(5s);
  REQUIRE(it.subscribe({"/test/1/more/proto"}));
  it.transport.expect(operation_kind::filter_ping).at(peer(1)).reply(wt::filter_answer(404));
  it.clock.run_for(30s);
  const auto made = it.subscribes(1);
  REQUIRE(made.size() == 3);
  CHECK(made[1]->content_topics == std::vector<std::string>{"/test/1/more/proto"});
  CHECK(made[2]->at.steady >= made[1]->at.steady + 5s);
  CHECK(made[2]->content_topics ==
        std::vector<std::string>{std::string(filter_node::content_topic)});  // the rest of the set
}

}  // namespace filter_member_tests
