// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/routing_table.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

namespace routing_table_tests {

using namespace midscale;

std::vector<node_id> drawn_ids(std::size_t count, std::uint64_t seed) {
  wr::random_source random(seed);
  std::vector<node_id> ids(count);
  for (node_id& each : ids) each = random.next();
  return ids;
}
// Ids of so many nodes that all differ from id 0 in their first bit.
std::vector<node_id> far_ids(std::size_t count) {
  std::vector<node_id> ids{0};
  for (node_id each = 1; each <= count; ++each) ids.push_back(node_id{1} << 63U | each);
  return ids;
}
const discv5_software nwaku = nwaku_discv5();
const discv5_software go_waku = go_waku_discv5();

TEST_CASE("log distances count from the first bit that differs") {
  CHECK(log_distance(0, node_id{1} << 63U) == 256);
  CHECK(log_distance(0, 1) == 193);
  CHECK(log_distance(5, 5) == 0);
}

TEST_CASE("the bucket of the own id splits, another one keeps 16 and as many replacements as the software") {
  const std::vector<node_id> ids = far_ids(40);
  routing_table table(ids[0], nwaku, ids);
  table.add(0);
  CHECK(table.size() == 0);
  for (std::uint32_t node = 1; node <= 16; ++node) table.add(node);
  CHECK(table.buckets() == 1);
  for (std::uint32_t node = 17; node <= 40; ++node) table.add(node);
  CHECK(table.buckets() == 2);
  CHECK(table.size() == 16);
  CHECK(table.contains(16));
  CHECK(!table.contains(17));
  // 33 to 40 are the replacements, the newest first in line, and 33 was told of again.
  table.add(33);
  wr::random_source random(1);
  table.silent(3, false, random);
  CHECK(!table.contains(3));
  CHECK(table.contains(33));
  table.silent(4, true, random);
  CHECK(table.contains(40));
  table.silent(17, true, random);
  CHECK(table.size() == 16);
}

TEST_CASE(
    "go-ethereum drops a node at the first PING, and otherwise at the fifth request without an answer") {
  const std::vector<node_id> ids = far_ids(2);
  routing_table table(ids[0], go_waku, ids);
  table.add(1);
  table.add(2);
  wr::random_source random(1);
  for (int request = 0; request < 4; ++request) table.silent(1, false, random);
  CHECK(table.contains(1));
  table.answered(1, false);
  for (int request = 0; request < 4; ++request) table.silent(1, false, random);
  CHECK(table.contains(1));
  table.silent(1, false, random);
  CHECK(!table.contains(1));
  table.silent(2, true, random);
  CHECK(table.size() == 0);
}

TEST_CASE("the one that answered longest ago is looked at next") {
  const std::vector<node_id> ids = far_ids(3);
  wr::random_source random(1);
  std::uint32_t node = 0;
  routing_table table(ids[0], nwaku, ids);
  CHECK(!table.to_revalidate(random, node));
  for (std::uint32_t each = 1; each <= 3; ++each) table.add(each);
  REQUIRE(table.to_revalidate(random, node));
  CHECK(node == 3);
  table.answered(3, false);
  REQUIRE(table.to_revalidate(random, node));
  CHECK(node == 2);
  routing_table other(ids[0], go_waku, ids);
  for (std::uint32_t each = 1; each <= 3; ++each) other.add(each);
  other.answered(3, false);
  REQUIRE(other.to_revalidate(random, node));
  CHECK(node == 3);
  other.answered(3, true);
  REQUIRE(other.to_revalidate(random, node));
  CHECK(node == 2);
}

TEST_CASE("the nearest are those that sorting all by distance gives") {
  const std::vector<node_id> ids = drawn_ids(500, 3);
  wr::random_source random(4);
  for (const discv5_software* software : {&nwaku, &go_waku}) {
    routing_table table(ids[0], *software, ids);
    for (std::uint32_t node = 1; node < ids.size(); ++node) table.add(node);
    std::vector<std::uint32_t> all;
    for (std::uint32_t node = 1; node < ids.size(); ++node)
      if (table.contains(node)) all.push_back(node);
    CHECK(all.size() == table.size());
    std::vector<std::uint32_t> found;
    for (int trial = 0; trial < 300; ++trial) {
      const node_id target = trial % 2 == 0 ? random.next() : ids[0] ^ random.next() >> random.below(12);
      std::sort(all.begin(), all.end(),
                [&](std::uint32_t a, std::uint32_t b) { return (ids[a] ^ target) < (ids[b] ^ target); });
      table.nearest(target, 16, found);
      REQUIRE(found == std::vector<std::uint32_t>(all.begin(), all.begin() + 16));
    }
  }
}

TEST_CASE("nim-eth answers with nodes that answered it, of the distances asked for") {
  const std::vector<node_id> ids = far_ids(20);
  routing_table table(ids[0], nwaku, ids);
  for (std::uint32_t node = 1; node <= 10; ++node) table.add(node);
  std::vector<std::uint32_t> found;
  const std::array<std::uint16_t, 3> far{256, 255, 254}, near{240, 241, 239};
  table.answer(far, found);
  CHECK(found.empty());
  table.answered(4, false);
  table.answered(7, true);
  table.answer(far, found);
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::uint32_t>{4, 7});
  table.answer(near, found);
  CHECK(found.empty());
}

TEST_CASE("go-ethereum answers with all it has at the distances, 16 at most") {
  std::vector<node_id> ids = far_ids(10);
  for (node_id each = 1; each <= 10; ++each) ids.push_back(node_id{1} << 62U | each);
  routing_table table(ids[0], go_waku, ids);
  for (std::uint32_t node = 1; node < ids.size(); ++node) table.add(node);
  std::vector<std::uint32_t> found;
  const std::array<std::uint16_t, 3> asked{255, 256, 254};
  table.answer(asked, found);
  REQUIRE(found.size() == 16);
  CHECK(std::count_if(found.begin(), found.end(), [](std::uint32_t node) { return node > 10; }) == 10);
  const std::array<std::uint16_t, 1> none{250};
  table.answer(none, found);
  CHECK(found.empty());
}

}  // namespace routing_table_tests
