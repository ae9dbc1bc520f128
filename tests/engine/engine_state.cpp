// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/engine_state.hpp>

#include <doctest/doctest.h>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/policy/preset.hpp>
#include <waku/reliability/policy/sentences.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>

namespace engine_state_tests {

namespace {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using policies = wr::checked_policies<wr::light_client, wr::all_capabilities>;
using state_type = wr::engine_state<policies, wr::message, wr::testing::fast_hasher>;

struct known {
  wr::testing::fast_hasher hasher;
  state_type state{wr::options{}, hasher, {}};
};

TEST_CASE_FIXTURE(
    known, "[R36] a pubsub topic keeps its number, and a new one starts with the peers that serve it") {
  const std::string_view served[] = {"/waku/2/rs/1/0"};
  state.peers.put(wr::peer_id{1}, {.lightpush = true, .filter = true, .store = true}, served);
  state.peers.put(wr::peer_id{2}, {.lightpush = true}, {});
  const auto first = state.topic_number("/waku/2/rs/1/0");
  const auto other = state.topic_number("/waku/2/rs/1/1");
  CHECK(first != other);
  CHECK(state.topic_number("/waku/2/rs/1/0") == first);
  CHECK_FALSE(state.find_topic("/waku/2/rs/1/2"));
  CHECK(state.topics[first].lightpush.size() == 2);
  CHECK(state.topics[first].filter.size() == 1);
  CHECK(state.topics[other].lightpush.size() == 1);
  CHECK(state.topics[other].store.size() == 0);
}

TEST_CASE_FIXTURE(known, "wall times follow the clock as it runs now") {
  state.now = {wr::steady_time(100s), wr::wall_time(1'000s)};
  CHECK(state.wall_at(wr::steady_time(90s)) == wr::wall_time(990s));
  CHECK(state.steady_at(wr::wall_time(1'020s)) == wr::steady_time(120s));
}

TEST_CASE_FIXTURE(known,
                  "[L4.2] a node was handed the pending messages of a pubsub topic that it was pushed") {
  const auto first = state.topic_number("/waku/2/rs/1/0");
  const auto other = state.topic_number("/waku/2/rs/1/1");
  const auto slot = state.outgoing.acquire();
  REQUIRE(slot);
  state.outgoing[*slot].topic = first;
  state.outgoing[*slot].pushed_to.add(wr::peer_id{1});
  CHECK(state.handed_to(first, wr::peer_id{1}));
  CHECK_FALSE(state.handed_to(first, wr::peer_id{2}));
  CHECK_FALSE(state.handed_to(other, wr::peer_id{1}));
  state.outgoing[*slot].finished = true;
  CHECK_FALSE(state.handed_to(first, wr::peer_id{1}));
}

}  // namespace

}  // namespace engine_state_tests
