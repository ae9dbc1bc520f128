// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/filter_requests.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/receiving.hpp"

namespace filter_requests_tests {

using namespace receiving;

namespace {

using filter_node = wt::scripted_node<filter_client>;

wr::options one_target() {
  wr::options numbers = exact_times();
  numbers.redundancy.subscribe_targets = 1;
  return numbers;
}
template <class Node>
std::vector<const request*> subscribes(const Node& it) {
  return it.transport.requests(operation_kind::filter_subscribe);
}
template <class Node>
std::vector<const request*> unsubscribes(const Node& it) {
  return it.transport.requests(operation_kind::filter_unsubscribe);
}
/// The content topics of some requests, one after the other.
std::vector<std::string> in_order(const std::vector<const request*>& requests) {
  std::vector<std::string> names;
  for (const request* each : requests) {
    names.insert(names.end(), each->content_topics.begin(), each->content_topics.end());
  }
  return names;
}

}  // namespace

TEST_CASE("[R26] 250 topics go out in chunks of at most 100, a second apart at each node, each topic once") {
  filter_node it(exact_times());
  discover(it, 1, 2, filters_only);
  const auto names = many_topics(250);
  REQUIRE(subscribe_all(it, names));
  it.clock.run_for(10s);
  for (std::uint32_t number = 1; number <= 2; ++number) {
    const auto chunks = requests_at(it, operation_kind::filter_subscribe, number);
    REQUIRE(chunks.size() == 3);
    CHECK(chunks[0]->content_topics.size() == 100);
    CHECK(chunks[1]->content_topics.size() == 100);
    CHECK(chunks[2]->content_topics.size() == 50);
    CHECK(times_of(it, chunks) == std::vector<wr::duration>{0s, 1100ms, 2200ms});
    CHECK(in_order(chunks) == names);
  }
  CHECK(it.node.observer().count<wr::notice::rate_limited>() == 0);
}

TEST_CASE("[R26] chunk size and spacing are options") {
  wr::options numbers = one_target();
  numbers.subscription.topics_per_request = 7;
  numbers.subscription.request_spacing = 4s;
  filter_node it(numbers);
  discover(it, 1, 1, filters_only);
  const auto names = many_topics(20);
  REQUIRE(subscribe_all(it, names));
  it.clock.run_for(20s);
  const auto chunks = subscribes(it);
  REQUIRE(chunks.size() == 3);
  for (const request* each : chunks) CHECK(each->content_topics.size() <= 7);
  CHECK(times_of(it, chunks) == std::vector<wr::duration>{0s, 4s, 8s});
  CHECK(in_order(chunks) == names);
}

TEST_CASE("a node has one request of ours at a time: the next chunk waits for the reply") {
  filter_node it(one_target());
  it.transport.set_usual_delay(3s);
  discover(it, 1, 1, filters_only);
  REQUIRE(subscribe_all(it, many_topics(150)));
  it.clock.run_for(2s);
  CHECK(subscribes(it).size() == 1);
  it.clock.run_for(2s);
  CHECK(times_of(it, subscribes(it)) == std::vector<wr::duration>{0s, 3s});
}

TEST_CASE("[R26] the set stands when every chunk was taken: only then is the node healthy and pinged") {
  filter_node it(one_target());
  discover(it, 1, 1, filters_only);
  it.transport.expect(operation_kind::filter_subscribe).times(2);
  it.transport.expect(operation_kind::filter_subscribe).after(9s);
  REQUIRE(subscribe_all(it, many_topics(250)));
  it.clock.run_for(11s);
  CHECK(it.node.observer().count<wr::notice::outage_ended>() == 0);
  it.clock.run_for(60s);
  CHECK(it.transport.count(operation_kind::filter_ping) == 0);
  it.clock.run_for(1s);
  CHECK(times_of(it, it.transport.requests(operation_kind::filter_ping)) ==
        std::vector<wr::duration>{71200ms});  // a minute after the last chunk's reply
}

TEST_CASE("[R26] a failed chunk is a failed SUBSCRIBE: the node is replaced, what it took is taken back") {
  filter_node it(one_target());
  discover(it, 1, 2, filters_only);
  const auto names = many_topics(250);
  it.transport.expect(operation_kind::filter_subscribe);
  it.transport.expect(operation_kind::filter_subscribe).reply(wt::filter_answer(503));
  REQUIRE(subscribe_all(it, names));
  it.clock.run_for(10s);
  const auto first = static_cast<std::uint32_t>(*subscribes(it)[0]->peer);
  const std::uint32_t second = 3 - first;
  CHECK(requests_at(it, operation_kind::filter_subscribe, first).size() == 2);
  CHECK(in_order(requests_at(it, operation_kind::filter_subscribe, second)) == names);
  REQUIRE(unsubscribes(it).size() == 1);
  CHECK(unsubscribes(it)[0]->peer == peer(first));
  CHECK(unsubscribes(it)[0]->content_topics == subscribes(it)[0]->content_topics);
  CHECK(it.node.observer().count<wr::notice::peer_replaced>() == 1);
}

TEST_CASE("[R26] [F3.3] after a failed ping the whole set goes out again, in chunks") {
  filter_node it(one_target());
  discover(it, 1, 1, filters_only);
  const auto names = many_topics(150);
  REQUIRE(subscribe_all(it, names));
  it.clock.run_for(30s);
  it.transport.expect(operation_kind::filter_ping).reply(wt::filter_answer(404));
  const wr::steady_time then = it.clock.steady();
  it.clock.run_for(1min);
  const auto again = requests_at(it, operation_kind::filter_subscribe, 1, then);
  REQUIRE(again.size() == 2);
  CHECK(in_order(again) == names);
  CHECK(again[1]->at.steady - again[0]->at.steady == 1100ms);
}

TEST_CASE("topics that come later are asked for alone, and those that go are given up alone") {
  filter_node it(exact_times());
  discover(it, 1, 2, filters_only);
  REQUIRE(it.subscribe({"/test/1/a/proto", "/test/1/c/proto"}));
  it.clock.run_for(5s);
  REQUIRE(it.subscribe({"/test/1/b/proto", "/test/1/a/proto"}));
  it.clock.run_for(5s);
  REQUIRE(subscribes(it).size() == 4);
  CHECK(subscribes(it)[2]->content_topics == std::vector<std::string>{"/test/1/b/proto"});
  CHECK(subscribes(it)[3]->content_topics == std::vector<std::string>{"/test/1/b/proto"});
  CHECK(unsubscribes(it).empty());
  const std::array gone{std::string_view("/test/1/a/proto"), std::string_view("/test/1/b/proto"),
                        std::string_view("/test/1/never/proto")};
  REQUIRE(it.node.unsubscribe(filter_node::topic, gone));
  it.clock.run_for(5s);
  REQUIRE(unsubscribes(it).size() == 2);
  for (const request* each : unsubscribes(it)) {
    CHECK(each->content_topics == std::vector<std::string>{"/test/1/a/proto", "/test/1/b/proto"});
  }
  CHECK(subscribes(it).size() == 4);
  it.clock.run_for(10min);
  CHECK(unsubscribes(it).size() == 2);
  CHECK(it.transport.count(operation_kind::filter_ping) == 20);  // still subscribed to the third
}

TEST_CASE("the last unsubscribe empties the nodes, and then nothing is sent any more") {
  filter_node it(exact_times());
  discover(it, 1, 2, filters_only);
  const auto names = many_topics(120);
  REQUIRE(subscribe_all(it, names));
  it.clock.run_for(30s);
  const std::vector<std::string_view> views(names.begin(), names.end());
  REQUIRE(it.node.unsubscribe(filter_node::topic, views));
  it.clock.run_for(10s);
  for (std::uint32_t number = 1; number <= 2; ++number) {
    const auto chunks = requests_at(it, operation_kind::filter_unsubscribe, number);
    REQUIRE(chunks.size() == 2);
    CHECK(in_order(chunks) == names);
    CHECK(chunks[1]->at.steady - chunks[0]->at.steady >= 1s);
  }
  const std::size_t before = it.transport.requests().size();
  it.clock.run_for(1h);
  CHECK(it.transport.requests().size() == before);
}

TEST_CASE("UNSUBSCRIBE is best effort: whatever the answer, it is sent once, and SUBSCRIBE goes on") {
  filter_node it(one_target());
  discover(it, 1, 1, filters_only);
  SUBCASE("404") { it.transport.otherwise(operation_kind::filter_unsubscribe).reply(wt::filter_answer(404)); }
  SUBCASE("500") { it.transport.otherwise(operation_kind::filter_unsubscribe).reply(wt::filter_answer(500)); }
  SUBCASE("429") { it.transport.otherwise(operation_kind::filter_unsubscribe).reply(wt::filter_answer(429)); }
  SUBCASE("silence") { it.transport.otherwise(operation_kind::filter_unsubscribe).drop(); }
  REQUIRE(it.subscribe({"/test/1/a/proto", "/test/1/b/proto"}));
  it.clock.run_for(5s);
  const std::array gone{std::string_view("/test/1/a/proto")};
  REQUIRE(it.node.unsubscribe(filter_node::topic, gone));
  it.clock.run_for(20s);
  CHECK(unsubscribes(it).size() == 1);
  REQUIRE(it.subscribe({"/test/1/a/proto"}));
  it.clock.run_for(20s);
  REQUIRE(subscribes(it).size() == 2);
  CHECK(subscribes(it)[1]->content_topics == std::vector<std::string>{"/test/1/a/proto"});
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
}

TEST_CASE("what is unsubscribed while its SUBSCRIBE is under way is given up right after the reply") {
  filter_node it(one_target());
  it.transport.set_usual_delay(2s);
  discover(it, 1, 1, filters_only);
  REQUIRE(it.subscribe({"/test/1/a/proto", "/test/1/b/proto"}));
  it.clock.run_for(1s);
  const std::array gone{std::string_view("/test/1/a/proto")};
  REQUIRE(it.node.unsubscribe(filter_node::topic, gone));
  it.clock.run_for(10s);
  REQUIRE(unsubscribes(it).size() == 1);
  CHECK(unsubscribes(it)[0]->content_topics == std::vector<std::string>{"/test/1/a/proto"});
  CHECK(times_of(it, unsubscribes(it)) == std::vector<wr::duration>{2s});
}

TEST_CASE("more topics than options.subscription.topics_max on a pubsub topic are refused, all or none") {
  filter_node it(exact_times());
  discover(it, 1, 1, filters_only);
  REQUIRE(subscribe_all(it, many_topics(899)));
  const std::array two{std::string_view("/test/1/x/proto"), std::string_view("/test/1/y/proto")};
  const auto refusal = it.node.subscribe(filter_node::topic, two);
  REQUIRE_FALSE(refusal);
  CHECK(refusal.error() == wr::errc::too_many_topics);
  const std::array one{std::string_view("/test/1/x/proto"), std::string_view("/test/1/0000/proto")};
  CHECK(it.node.subscribe(filter_node::topic, one));
  it.clock.run_for(1min);
  CHECK(topics_of(subscribes(it)).size() == 900);
  CHECK_FALSE(topics_of(subscribes(it)).contains("/test/1/y/proto"));
}

TEST_CASE("a subscription without sense is refused") {
  filter_node it(exact_times());
  const auto refused = [&](std::string_view pubsub_topic, std::vector<std::string_view> topics) {
    const auto answer = it.node.subscribe(pubsub_topic, topics);
    REQUIRE_FALSE(answer);
    return answer.error();
  };
  CHECK(refused("", {"/test/1/a/proto"}) == wr::errc::empty_topic);
  CHECK(refused(filter_node::topic, {}) == wr::errc::no_content_topics);
  CHECK(refused(filter_node::topic, {"/test/1/a/proto", ""}) == wr::errc::empty_topic);
  it.node.stop();
  CHECK(refused(filter_node::topic, {"/test/1/a/proto"}) == wr::errc::stopped);
  discover(it, 1, 2, filters_only);
  it.clock.run_for(1min);
  CHECK(it.transport.requests().empty());
}

TEST_CASE("a transport that throws on SUBSCRIBE is no fault of the node: the same is asked a second later") {
  filter_node it(one_target());
  discover(it, 1, 3, filters_only);
  it.transport.expect(operation_kind::filter_subscribe).raise();
  REQUIRE(it.subscribe());
  it.clock.run_for(10s);
  REQUIRE(subscribes(it).size() == 2);
  CHECK(times_of(it, subscribes(it)) == std::vector<wr::duration>{0s, 1s});
  CHECK(subscribes(it)[0]->peer == subscribes(it)[1]->peer);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
}

TEST_CASE("nothing is sent to filter nodes while paused, and after resume the set is installed anew") {
  filter_node it(exact_times());
  discover(it, 1, 2, filters_only);
  const auto names = many_topics(150);
  REQUIRE(subscribe_all(it, names));
  it.node.pause();  // amid the chunks
  it.clock.run_for(1h);
  CHECK(subscribes(it).size() == 2);
  CHECK(it.transport.count(operation_kind::filter_ping) == 0);
  const wr::steady_time then = it.clock.steady();
  it.node.resume();
  it.clock.run_for(10s);
  for (std::uint32_t number = 1; number <= 2; ++number) {
    CHECK(in_order(requests_at(it, operation_kind::filter_subscribe, number, then)) == names);
  }
  CHECK(it.transport.open_requests() == 0);
}

}  // namespace filter_requests_tests
