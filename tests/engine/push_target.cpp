// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/push_target.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include <engine/publishing.hpp>

namespace push_target_tests {

using namespace publishing;

namespace {

using pushing_node = wt::scripted_node<presence_client>;
using echoing_node = wt::scripted_node<echo_client>;

template <class Node>
std::set<wr::peer_id> targets(const Node& it) {
  const auto peers = peers_of(it.transport, operation_kind::lightpush);
  return {peers.begin(), peers.end()};
}
template <class Node>
std::vector<wr::notice::degraded> degraded(Node& it, wr::service of) {
  auto all = it.node.observer().template all<wr::notice::degraded>();
  std::erase_if(all, [of](const wr::notice::degraded& each) { return each.of != of; });
  return all;
}

}  // namespace

TEST_CASE("[L2.1] [G1] [R18] equal bytes leave for two different nodes at once, before any reply") {
  pushing_node it(exact_times());
  discover(it, 5, pushes_only);
  it.transport.otherwise(operation_kind::lightpush).after(0s).reply(wt::push_accepted());
  REQUIRE(it.node.publish(it.topic, it.make_message("hello")));
  it.clock.step();  // the node's wake-up: requests, and no reply yet
  const auto pushes = it.transport.requests(operation_kind::lightpush);
  REQUIRE(pushes.size() == 2);
  CHECK_FALSE(pushes[0]->answered);
  CHECK_FALSE(pushes[1]->answered);
  CHECK(*pushes[0]->peer != *pushes[1]->peer);
  CHECK(pushes[0]->at == pushes[1]->at);
  CHECK(*pushes[0]->message == *pushes[1]->message);
  CHECK(*pushes[0]->hash == *pushes[1]->hash);
  CHECK(it.host.propagations().empty());
}

TEST_CASE("[R18] replies that come inside the call change nothing for the others of the same round") {
  pushing_node it(exact_times());
  discover(it, 3, pushes_only);
  it.transport.otherwise(operation_kind::lightpush).at_once().reply(wt::push_accepted());
  REQUIRE(it.publish("hello"));
  CHECK(it.transport.count(operation_kind::lightpush) == 2);
  CHECK(targets(it).size() == 2);
}

TEST_CASE("[L2.2] with three nodes or more the default is two") {
  for (const std::uint32_t known : {3U, 4U, 50U}) {
    pushing_node it;
    discover(it, known, pushes_only);
    REQUIRE(it.publish("hello"));
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
    CHECK(targets(it).size() == 2);
    CHECK(degraded(it, wr::service::lightpush).empty());
  }
}

TEST_CASE("[G3] the number of nodes is a setting, 1 to 8, and reconfigure() changes it") {
  for (std::uint32_t wanted = 1; wanted <= 8; ++wanted) {
    CAPTURE(wanted);
    wr::options numbers = exact_times();
    pushing_node it(numbers);
    discover(it, 20, pushes_only);
    numbers.redundancy.publish_targets = wanted;
    REQUIRE(it.node.reconfigure(numbers).empty());
    REQUIRE(it.publish("hello"));
    CHECK(it.transport.count(operation_kind::lightpush) == wanted);
    CHECK(targets(it).size() == wanted);
  }
}

TEST_CASE("[R18] with too few nodes all are used and the observer is told; it heals as nodes appear") {
  wr::options numbers = exact_times();
  numbers.retransmit.loss = wr::retransmit_on::timer;
  pushing_node it(numbers);
  discover(it, 1, pushes_only);
  REQUIRE(it.publish("hello"));
  CHECK(it.transport.count(operation_kind::lightpush) == 1);
  auto told = degraded(it, wr::service::lightpush);
  REQUIRE(told.size() == 1);
  CHECK(told[0].have == 1);
  CHECK(told[0].want == 2);
  CHECK(told[0].pubsub_topic == it.topic);

  it.transport.sink().peer_appeared(peer(2), pushes_only);
  it.clock.run_for(1s);  // the next transmission
  CHECK(it.transport.count(operation_kind::lightpush) == 3);
  CHECK(targets(it).size() == 2);
  CHECK(degraded(it, wr::service::lightpush).size() == 1);
}

TEST_CASE("[L1.1] only nodes with lightpush are pushed to, and none that has left") {
  pushing_node it(exact_times());
  it.transport.sink().peer_appeared(peer(1), filters_only);
  it.transport.sink().peer_appeared(peer(2), stores_only);
  it.transport.sink().peer_appeared(peer(3), pushes_only);
  it.transport.sink().peer_appeared(peer(4), pushes_only);
  it.transport.sink().peer_left(peer(4));
  it.settle();
  CHECK(publish_many(it, 20).size() == 20);
  CHECK(targets(it) == std::set<wr::peer_id>{peer(3)});
  it.transport.sink().peer_appeared(peer(4), pushes_only);
  it.settle();
  CHECK(publish_many(it, 20).size() == 20);
  const auto pushes_to_fourth = [&it] {
    return it.transport
        .requests_where([](const request& each) {
          return each.kind == operation_kind::lightpush && each.peer == peer(4);
        })
        .size();
  };
  const std::size_t before = pushes_to_fourth();
  it.transport.sink().peer_left(peer(4));
  it.settle();
  CHECK(publish_many(it, 20).size() == 20);
  CHECK(pushes_to_fourth() == before);
  const std::size_t all = it.transport.count(operation_kind::lightpush);
  // A peer that is reported again without the protocol is no longer one of them.
  it.transport.sink().peer_appeared(peer(3), stores_only);
  it.settle();
  CHECK(publish_many(it, 1).size() == 1);
  CHECK(it.transport.count(operation_kind::lightpush) == all);
}

TEST_CASE("[R36] a node is pushed to only for the shards that it serves, as far as known") {
  constexpr std::string_view first = "/waku/2/rs/1/0";
  constexpr std::string_view second = "/waku/2/rs/1/1";
  const std::string_view only_first[] = {first};
  const std::string_view only_second[] = {second};
  const std::string_view both[] = {first, second};
  pushing_node it(exact_times());
  it.transport.sink().peer_appeared(peer(1), pushes_only, only_first);
  it.transport.sink().peer_appeared(peer(2), pushes_only, only_second);
  it.transport.sink().peer_appeared(peer(3), pushes_only, both);
  it.transport.sink().peer_appeared(peer(4), pushes_only);  // unknown shards: any
  it.settle();
  for (int round = 0; round < 20; ++round) {
    for (const std::string_view topic : both) {
      wr::message made = it.make_message("hello");
      made.timestamp = 0;
      REQUIRE(it.node.publish(topic, made));
    }
  }
  it.settle();
  std::set<wr::peer_id> at_first;
  std::set<wr::peer_id> at_second;
  for (const request* each : it.transport.requests(operation_kind::lightpush)) {
    (each->pubsub_topic == first ? at_first : at_second).insert(*each->peer);
  }
  CHECK(at_first == std::set<wr::peer_id>{peer(1), peer(3), peer(4)});
  CHECK(at_second == std::set<wr::peer_id>{peer(2), peer(3), peer(4)});
}

TEST_CASE("[R36] a node that fails on one shard stays in the pool of another") {
  static constexpr std::string_view other_topic = "/waku/2/rs/1/1";
  pushing_node it(exact_times());
  discover(it, 2, pushes_only);
  it.transport.expect(operation_kind::lightpush).at(peer(1)).reply(wt::push_refused(421));
  REQUIRE(it.publish("hello"));
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 1);
  REQUIRE(it.node.publish(other_topic, it.make_message("hello")));
  it.settle();
  const auto used = it.transport.requests_where([](const request& each) {
    return each.kind == operation_kind::lightpush && each.pubsub_topic == other_topic;
  });
  CHECK(used.size() == 2);
  CHECK(degraded(it, wr::service::lightpush).empty());
}

TEST_CASE("a retransmission goes to nodes that have not had the message, as long as there are such") {
  wr::options numbers = exact_times();
  numbers.retransmit.loss = wr::retransmit_on::timer;
  pushing_node it(numbers);
  discover(it, 6, pushes_only);
  REQUIRE(it.publish("hello"));
  it.clock.run_for(4s);  // transmissions at 0, 1 and 3 s
  const auto peers = peers_of(it.transport, operation_kind::lightpush);
  REQUIRE(peers.size() == 6);
  CHECK(targets(it).size() == 6);
}

TEST_CASE_TEMPLATE(
    "what was accepted and got lost goes to a node that is out, rather than to the same ones again", Node,
    pushing_node, echoing_node) {
  wr::options numbers = exact_times();
  numbers.retransmit.loss = wr::retransmit_on::timer;
  numbers.pool.first_pause = 10min;
  Node it(numbers);
  discover(it, 4, pushes_only);
  bool broken = true;
  for (const std::uint32_t bad : {3U, 4U}) {
    it.transport.expect(operation_kind::lightpush)
        .at(peer(bad))
        .always()
        .where([&broken](const request&) { return broken; })
        .fail(wr::transport_error::unsupported_protocol);
  }
  answer_pushes(it, wt::push_accepted());
  for (int number = 0; it.node.observer().template count<wr::notice::peer_ejected>() < 2; ++number) {
    REQUIRE(number < 100);
    REQUIRE(it.publish("before " + std::to_string(number)));
  }
  broken = false;
  const wr::message said = it.make_message("lost");
  REQUIRE(it.node.publish(it.topic, said));
  it.clock.run_for(2s);  // transmissions at 0 and 1 s
  const auto pushes = it.transport.requests_where([&said](const request& each) {
    return each.kind == operation_kind::lightpush && each.message->payload == said.payload;
  });
  REQUIRE(pushes.size() == 4);
  CHECK(std::set{*pushes[0]->peer, *pushes[1]->peer} == std::set{peer(1), peer(2)});
  CHECK(std::set{*pushes[2]->peer, *pushes[3]->peer} == std::set{peer(3), peer(4)});
}

TEST_CASE("[L3.1] a node whose reply is awaited is left out of the next transmission") {
  wr::options numbers = exact_times();
  numbers.retransmit.loss = wr::retransmit_on::timer;
  pushing_node it(numbers);
  discover(it, 2, pushes_only);
  it.transport.expect(operation_kind::lightpush).at(peer(1)).hold();
  REQUIRE(it.publish("hello"));
  const wr::operation_id awaited = it.transport.requests(operation_kind::lightpush)[0]->peer == peer(1)
                                       ? it.transport.requests(operation_kind::lightpush)[0]->operation
                                       : it.transport.requests(operation_kind::lightpush)[1]->operation;
  it.clock.run_for(2s);
  auto peers = peers_of(it.transport, operation_kind::lightpush);
  REQUIRE(peers.size() == 3);
  CHECK(peers[2] == peer(2));
  it.transport.answer(awaited, wt::push_accepted());
  it.clock.run_for(2s);
  peers = peers_of(it.transport, operation_kind::lightpush);
  REQUIRE(peers.size() == 5);
  CHECK(std::set<wr::peer_id>{peers[3], peers[4]} == std::set<wr::peer_id>{peer(1), peer(2)});
}

TEST_CASE("[L4.2] [L4.1] with a node more than targets, one that was not pushed to is subscribed at") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    wr::options numbers = exact_times();
    numbers.seed = seed;
    echoing_node it(numbers);
    discover(it, 3);
    REQUIRE(it.publish("hello"));
    const auto pushed = targets(it);
    CHECK(pushed.size() == 2);
    const auto subscribed = peers_of(it.transport, operation_kind::filter_subscribe);
    CHECK(std::any_of(subscribed.begin(), subscribed.end(),
                      [&](wr::peer_id each) { return !pushed.contains(each); }));
    for (const request* each : it.transport.requests(operation_kind::filter_subscribe)) {
      CHECK(each->at == it.transport.requests(operation_kind::lightpush)[0]->at);
      CHECK(each->content_topics == std::vector<std::string>{std::string(it.content_topic)});
    }
  }
}

TEST_CASE("[L4.2] with enough nodes no node is both pushed to and subscribed at, also in retransmissions") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    wr::options numbers = exact_times();
    numbers.seed = seed;
    echoing_node it(numbers);
    discover(it, 4);
    REQUIRE(it.publish("hello"));
    it.clock.run_for(200ms);
    CHECK(publish_many(it, 5).size() == 5);
    it.clock.run_for(12s);
    CHECK(times_of(it, operation_kind::lightpush).size() > 4);
    const auto subscribed = peers_of(it.transport, operation_kind::filter_subscribe);
    CHECK(subscribed.size() == 2);
    // Of each message's pushes the last node that was not handed it stays free for the echo.
    for (const wr::message_hash& hash : hashes_sent(it.transport)) {
      std::set<wr::peer_id> handed;
      for (const request* each : it.transport.requests(operation_kind::lightpush)) {
        if (*each->hash == hash) handed.insert(*each->peer);
      }
      CHECK(std::any_of(subscribed.begin(), subscribed.end(),
                        [&](wr::peer_id each) { return !handed.contains(each); }));
    }
  }
}

TEST_CASE("[L4.2] filter nodes are spared by pushes while other nodes can be used") {
  echoing_node it(exact_times());
  it.transport.sink().peer_appeared(peer(1), {true, true, false, false});
  it.transport.sink().peer_appeared(peer(2), {true, true, false, false});
  it.settle();
  REQUIRE(it.publish("first"));  // subscribes at both
  it.clock.run_for(100ms);
  for (std::uint32_t number = 3; number <= 5; ++number) {
    it.transport.sink().peer_appeared(peer(number), pushes_only);
  }
  it.settle();
  const std::size_t before = it.transport.count(operation_kind::lightpush);
  CHECK(publish_many(it, 30).size() == 30);
  const auto peers = peers_of(it.transport, operation_kind::lightpush);
  CHECK(peers.size() == before + 60);
  for (std::size_t at = before; at < peers.size(); ++at) CHECK(peers[at] >= peer(3));
}

TEST_CASE("[L4.2] bytes go to sixteen different nodes at most, and then to these again") {
  wr::options numbers = exact_times();
  numbers.redundancy.publish_targets = 8;
  numbers.retransmit.loss = wr::retransmit_on::timer;
  pushing_node it(numbers);
  discover(it, 60, pushes_only);
  REQUIRE(it.publish("hello"));
  it.clock.run_for(20s);  // transmissions at 0, 1, 3 and 7 s
  CHECK(it.transport.count(operation_kind::lightpush) == 32);
  CHECK(targets(it).size() == 16);
}

TEST_CASE("when sixteen nodes have refused a message, further nodes get it with a new timestamp") {
  wr::options numbers = exact_times();
  numbers.redundancy.publish_targets = 8;
  pushing_node it(numbers);
  discover(it, 60, pushes_only);
  answer_pushes(it, wt::push_refused(500));
  REQUIRE(publish_unstamped(it, "hello"));
  it.clock.run_for(8s);  // transmissions at 0, 1, 3 and 7 s
  CHECK(it.transport.count(operation_kind::lightpush) == 32);
  CHECK(targets(it).size() == 32);
  CHECK(hashes_sent(it.transport).size() == 2);
  std::map<wr::peer_id, std::set<wr::message_hash>> handed;
  for (const request* each : it.transport.requests(operation_kind::lightpush)) {
    handed[*each->peer].insert(*each->hash);
  }
  for (const auto& [node, hashes] : handed) CHECK(hashes.size() == 1);
  CHECK(it.node.observer().count<wr::notice::restamped>() == 1);
}

TEST_CASE("not more than eight copies of one message are under way at once") {
  wr::options numbers = exact_times();
  numbers.redundancy.publish_targets = 8;
  numbers.retransmit.loss = wr::retransmit_on::timer;
  pushing_node it(numbers);
  discover(it, 40, pushes_only);
  it.transport.expect(operation_kind::lightpush).reply(wt::push_accepted());
  it.transport.otherwise(operation_kind::lightpush).hold();
  REQUIRE(it.publish("hello"));
  CHECK(it.transport.open_requests() == 7);
  it.clock.run_for(9s);
  CHECK(it.transport.open_requests() == 8);
  CHECK(it.transport.count(operation_kind::lightpush) == 9);
}

}  // namespace push_target_tests
