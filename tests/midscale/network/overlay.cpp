// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/overlay.hpp>

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace overlay_tests {

using namespace midscale;

overlay three_in_two_shards() {
  std::vector<relay_node> nodes(3);
  nodes[0].shards = {0, 2};
  nodes[1].shards = {2};
  nodes[2].shards = {0};
  return overlay(nodes, std::vector<bool>(3));
}

TEST_CASE("the members of a shard have numbers in a row") {
  const overlay nodes = three_in_two_shards();
  CHECK(nodes.size() == 3);
  CHECK(nodes.shards() == 3);
  CHECK(nodes.first_of(0) == 0);
  CHECK(nodes.members_of(0) == 2);
  CHECK(nodes.members_of(1) == 0);
  CHECK(nodes.first_of(2) == 2);
  CHECK(nodes.members_of(2) == 2);
  CHECK(nodes.member_of(0, 0) == 0);
  CHECK(nodes.member_of(2, 0) == 1);
  CHECK(nodes.member_of(0, 2) == 2);
  CHECK(nodes.member_of(1, 2) == 3);
  CHECK(nodes.member_of(1, 0) == member::nowhere);
  CHECK(nodes.members()[3].node == 1);
  CHECK(nodes.members()[3].shard == 2);
}

TEST_CASE("a connection makes neighbours in the shards that both have joined") {
  overlay nodes = three_in_two_shards();
  CHECK(nodes.connect(0, 1, 5));
  CHECK(nodes.connect(2, 0, 6));
  CHECK(nodes.connect(1, 2, 7));  // have none in common
  CHECK_FALSE(nodes.connect(0, 2, 8));
  REQUIRE(nodes.members()[0].near.size() == 1);
  CHECK(nodes.members()[0].near[0].member == 1);
  CHECK(nodes.members()[0].near[0].latency_ns == 6);
  CHECK_FALSE(nodes.members()[0].near[0].dialled);
  CHECK(nodes.members()[1].near[0].dialled);
  REQUIRE(nodes.members()[3].near.size() == 1);
  CHECK(nodes.members()[3].near[0].member == 2);
  CHECK(nodes.disconnect(0, 2));
  CHECK_FALSE(nodes.disconnect(0, 2));
  CHECK(nodes.members()[0].near.empty());
  CHECK(nodes.members()[1].near.empty());
  CHECK(nodes.members()[2].near.size() == 1);
}

TEST_CASE("a node that has gone is a neighbour of others until they forget it or it comes back") {
  overlay nodes = three_in_two_shards();
  nodes.connect(0, 1, 5);
  nodes.connect(0, 2, 6);
  nodes.members()[2].graft(0, {});
  nodes.leave(1);
  CHECK(nodes.members()[3].near.empty());
  CHECK(nodes.members()[2].near.size() == 1);
  CHECK(nodes.members()[2].mesh == 1);
  nodes.forget(0, 1);
  CHECK(nodes.members()[2].near.empty());
  CHECK(nodes.members()[2].mesh == 0);
  nodes.come_back(1);
  CHECK(nodes.at(1).returns == 1);
  CHECK(nodes.members()[2].near.size() == 1);
  CHECK(nodes.members()[2].near[0].dialled);
  CHECK(nodes.members()[3].near.size() == 1);
  CHECK_FALSE(nodes.members()[3].near[0].dialled);
  nodes.members()[2].graft(0, {});
  nodes.leave(1);
  nodes.come_back(1);  // nobody had noticed
  CHECK(nodes.members()[2].near.size() == 1);
  CHECK(nodes.members()[2].mesh == 0);
  nodes.leave(0);
  nodes.leave(1);
  nodes.come_back(1);
  CHECK(nodes.members()[3].near.empty());
}

}  // namespace overlay_tests
