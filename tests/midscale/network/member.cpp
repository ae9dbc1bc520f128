// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/member.hpp>

#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

namespace member_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE("a cache gives what came in so many heartbeats, and tells of the latest") {
  message_cache cache;
  for (std::uint32_t heartbeat = 0; heartbeat < 8; ++heartbeat) {
    cache.note(heartbeat, 2);
    if (heartbeat == 7) break;
    cache.shift(6);
  }
  CHECK(cache.latest(1) == 1);
  CHECK(cache.latest(3) == 3);
  CHECK(cache.find(1) == nullptr);
  REQUIRE(cache.find(2) != nullptr);
  CHECK(cache.find(2)->hops == 2);
  CHECK(cache.messages().back().message == 7);
  cache.clear();
  CHECK(cache.latest(6) == 0);
  CHECK(cache.messages().empty());
}

TEST_CASE("a message noted at no heartbeat since is in the latest window alone") {
  message_cache cache;
  cache.note(1, 0);
  cache.note(2, 0);
  cache.shift(2);
  cache.note(3, 0);
  CHECK(cache.latest(1) == 1);
  CHECK(cache.latest(2) == 3);
  cache.shift(2);
  CHECK(cache.messages().size() == 1);
  CHECK(cache.find(3) != nullptr);
  cache.shift(2);
  CHECK(cache.messages().empty());
}

TEST_CASE("those of the mesh stand first, whoever joins, leaves or goes") {
  for (const bool scored : {false, true}) {
    CAPTURE(scored);
    member own;
    for (std::uint32_t other = 10; other < 15; ++other) own.add({other, 1'000, 0, other == 12}, scored);
    CHECK(own.near[own.graft(own.find(14), 3s)].member == 14);
    CHECK(own.near[own.graft(own.find(12), 4s)].member == 12);
    CHECK(own.mesh == 2);
    CHECK(own.find(14) == 0);
    CHECK(own.find(12) == 1);
    CHECK(own.near[1].dialled);
    if (scored) CHECK(own.records[1].grafted_at == 4s);
    CHECK(own.near[own.prune(0)].member == 14);
    CHECK(own.mesh == 1);
    CHECK(own.find(12) == 0);
    if (scored) CHECK(own.records[0].grafted_at == 4s);
    if (scored) CHECK(own.records[1].grafted_at < 0s);
    own.remove(own.find(12));
    CHECK(own.mesh == 0);
    CHECK(own.near.size() == 4);
    CHECK(own.find(12) == member::nowhere);
    own.remove(own.find(10));
    CHECK(own.near.size() == 3);
    CHECK(own.records.size() == (scored ? 3 : 0));
    for (const std::uint32_t other : {11U, 13U, 14U}) CHECK(own.find(other) != member::nowhere);
  }
}

}  // namespace member_tests
