// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/scripted_node.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

#include <waku/reliability/policy/preset.hpp>

namespace scripted_node_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

TEST_CASE("a scripted node publishes, subscribes and tells its host, by the clock alone") {
  wt::scripted_node<wr::minimal, wr::message, wr::capability_set{.lightpush = true, .filter = true}> it;
  it.transport.discover(3);
  it.transport.expect(wr::operation_kind::lightpush).after(2s).reply(wt::push_accepted());
  CHECK(it.subscribe());
  CHECK(it.transport.count(wr::operation_kind::filter_subscribe) == 1);
  const auto request = it.publish("hello");
  REQUIRE(request);
  CHECK(it.transport.last(wr::operation_kind::lightpush).pubsub_topic == it.topic);
  CHECK(it.host.outcomes().empty());
  it.clock.run_for(2s);
  CHECK(it.host.outcome_as<wr::unconfirmed>(*request)->why == wr::unconfirmed_why::not_asked);
  CHECK(it.transport.unmet().empty());

  const wr::message pushed = it.make_message("from afar");
  it.transport.sink().filter_push(wr::peer_id{1}, it.topic, pushed);
  it.settle();
  CHECK(it.host.deliveries_of(it.hash_of(pushed)) == 1);
}

TEST_CASE("the guide's example: a rate-limited push is made good") {
  wt::scripted_node<wr::light_client> it;
  it.transport.discover(3);
  it.transport.expect(wr::operation_kind::lightpush).reply(wt::push_refused(429));
  REQUIRE(it.publish("hello"));
  it.clock.run_for(5s);
  CHECK(it.transport.unmet().empty());
  CHECK(it.transport.count(wr::operation_kind::lightpush) > 2);  // sent again
}

TEST_CASE("the guide's example: what was asked, of whom and when") {
  wt::scripted_node<wr::changed<wr::light_client, wr::store_presence>> it;
  it.transport.discover(3, {.lightpush = true, .filter = true, .store = true});
  REQUIRE(it.publish("hello"));
  const auto pushes = it.transport.requests(wr::operation_kind::lightpush);
  REQUIRE(pushes.size() == 2);
  CHECK(pushes[0]->peer != pushes[1]->peer);  // two nodes,
  CHECK(pushes[0]->hash == pushes[1]->hash);  // the same bytes
  CHECK(pushes[0]->message->content_topic == it.content_topic);

  it.clock.run_for(3s);  // the settling time
  const auto asked = it.transport.requests_where([](const auto& each) { return each.is_presence_query(); });
  REQUIRE(asked.size() == 1);
  CHECK(asked[0]->hashes == std::vector{*pushes[0]->hash});
  CHECK(asked[0]->at.steady - pushes[0]->at.steady == 3s);
  CHECK(it.transport.count(wr::operation_kind::lightpush) == 4);  // no store has it: sent again
}

TEST_CASE("messages made at two times differ even when their texts do not") {
  wt::scripted_node<wr::minimal> it;
  const wr::message first = it.make_message("same");
  it.clock.run_for(1ms);
  const wr::message second = it.make_message("same");
  CHECK(it.hash_of(first) != it.hash_of(second));
  CHECK(first.payload == second.payload);
  CHECK(it.make_message("x", "/other/1/topic/proto").content_topic == "/other/1/topic/proto");
}

}  // namespace scripted_node_tests
