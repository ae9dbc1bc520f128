// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/topic_state.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <set>
#include <string_view>
#include <type_traits>

#include "engine/receiving.hpp"

namespace topic_state_tests {

using namespace receiving;

namespace {

using window_node = wt::scripted_node<window_client>;

constexpr std::string_view other_shard = "/waku/2/rs/1/7";

struct mixed_pools {
  using pool = wr::pool_per_service<wr::strict_pool, wr::plain_pool, wr::scored_pool>;
};

}  // namespace

TEST_CASE("a new topic is not healthy, has no outage, no members, no round and nothing missing") {
  const wr::topic_state<wr::complete_policies<window_client, wr::all_capabilities>> topic;
  CHECK(topic.name.empty());
  CHECK(topic.interests.empty());
  CHECK(topic.members.empty());
  CHECK(topic.relay_peers == 0);
  CHECK_FALSE(topic.relay_joined);
  CHECK_FALSE(topic.was_healthy);
  CHECK_FALSE(topic.outage_since);
  CHECK_FALSE(topic.last_contact);
  CHECK_FALSE(topic.recover_from);
  CHECK_FALSE(topic.reaudit_from);
  CHECK_FALSE(topic.audit.active);
  CHECK_FALSE(topic.audit.failed);
  CHECK(topic.audit.missing.empty());
  CHECK(topic.audit.queries == 0);
  CHECK(topic.unconfirmed.empty());
  CHECK(topic.waiting == 0);
}

TEST_CASE("a filter node is a member of a topic until we are about to leave it") {
  wr::topic_state<wr::complete_policies<window_client, wr::all_capabilities>> topic;
  topic.members.resize(2);
  topic.members[0].peer = wr::peer_id{1};
  topic.members[1].peer = wr::peer_id{2};
  topic.members[1].leaving = true;
  CHECK(topic.is_member(wr::peer_id{1}));
  CHECK_FALSE(topic.is_member(wr::peer_id{2}));
  CHECK_FALSE(topic.is_member(wr::peer_id{3}));
}

TEST_CASE("a topic has a pool for each service, of the kind that the policies name") {
  using topic = wr::topic_state<mixed_pools>;
  CHECK(std::is_same_v<decltype(topic::lightpush), wr::strict_pool>);
  CHECK(std::is_same_v<decltype(topic::filter), wr::plain_pool>);
  CHECK(std::is_same_v<decltype(topic::store), wr::scored_pool>);
  using single = wr::topic_state<wr::complete_policies<window_client, wr::all_capabilities>>;
  CHECK(std::is_same_v<decltype(single::store), wr::quarantine_pool>);
}

TEST_CASE("[R36] a store that fails on one pubsub topic is out for that topic alone") {
  window_node it(exact_times());
  discover(it, 1, 1, stores_only);
  REQUIRE(it.subscribe());
  const std::array topics{window_node::content_topic};
  REQUIRE(it.node.subscribe(other_shard, topics));
  discover(it, 2, 2, stores_only);
  it.transport.expect(operation_kind::store_query)
      .at(peer(1))
      .always()
      .where([](const request& made) { return made.pubsub_topic == other_shard; })
      .reply(wt::store_answer<wr::message>(500));
  it.clock.run_for(10min);
  std::set<wr::peer_id> here;
  for (const request* made : content_queries(it)) {
    if (made->pubsub_topic == window_node::topic) here.insert(*made->peer);
  }
  CHECK(here == std::set{peer(1), peer(2)});
  for (const auto& each : it.node.observer().all<wr::notice::peer_ejected>()) {
    CHECK(each.pubsub_topic == other_shard);
    CHECK(each.peer == peer(1));
  }
}

TEST_CASE("[R36] an outage of one pubsub topic is none of another") {
  window_node it(exact_times());
  const std::array here{window_node::topic};
  const std::array there{other_shard};
  it.transport.sink().peer_appeared(peer(1), filters_only, here);
  it.transport.sink().peer_appeared(peer(2), filters_only, there);
  REQUIRE(it.subscribe());
  const std::array topics{window_node::content_topic};
  REQUIRE(it.node.subscribe(other_shard, topics));
  it.settle();
  it.transport.sink().peer_left(peer(2));
  it.settle();
  const auto began = it.node.observer().all<wr::notice::outage_began>();
  REQUIRE(began.size() == 1);
  CHECK(began[0].pubsub_topic == other_shard);
}

TEST_CASE("[R36] [R12] each pubsub topic has checkpoints of its own") {
  window_node it(exact_times());
  discover(it, 1, 2, stores_only);
  REQUIRE(it.subscribe());
  const std::array topics{window_node::content_topic};
  REQUIRE(it.node.subscribe(other_shard, topics));
  it.settle();
  const wr::wall_time until = it.clock.wall() + 20s;
  bool works = false;
  it.transport.expect(operation_kind::store_query)
      .always()
      .where([&](const request& made) { return !works && made.pubsub_topic == other_shard; })
      .reply(wt::store_answer<wr::message>(300));
  it.clock.run_for(20min + 1s);
  works = true;
  const wr::steady_time healed = it.clock.steady();
  it.clock.run_for(1min);
  for (const request* made : content_queries(it, healed)) {
    if (made->pubsub_topic == other_shard) {
      CHECK(made->time_start == until - 40s);
    } else {
      CHECK(made->time_start == made->at.wall - 5min - 20s);
    }
  }
  CHECK(content_queries(it, healed).size() == 2);
}

}  // namespace topic_state_tests
