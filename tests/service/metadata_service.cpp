// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/metadata_service.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <vector>

#include <cache/samples.hpp>

namespace metadata_service_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using namespace std::chrono_literals;
using samples::at;

namespace {

constexpr wr::peer_id peer(std::uint32_t number) { return static_cast<wr::peer_id>(number); }

}  // namespace

TEST_CASE("a peer that asks gets what this node is, and what it told is remembered") {
  ws::metadata_service it({1, {0, 3}});
  const ws::metadata& told = it.answer(peer(1), {1, {3, 7}}, at(0s));
  CHECK(told == ws::metadata{1, {0, 3}});
  REQUIRE(it.of(peer(1), at(1s)) != nullptr);
  CHECK(*it.of(peer(1), at(1s)) == ws::metadata{1, {3, 7}});
  CHECK(it.of(peer(2), at(1s)) == nullptr);
  it.set_shards({5});
  CHECK(it.own() == ws::metadata{1, {5}});
}

TEST_CASE("peers of another cluster, or of none, are not to be kept; other shards are no reason") {
  ws::metadata_service it({16, {1}});
  CHECK(it.take_in(peer(1), {16, {}}, at(0s)) == ws::metadata_verdict::keep);
  CHECK(it.take_in(peer(2), {16, {9}}, at(0s)) == ws::metadata_verdict::keep);
  CHECK(it.take_in(peer(3), {1, {1}}, at(0s)) == ws::metadata_verdict::other_cluster);
  CHECK(it.take_in(peer(1), {{}, {1}}, at(0s)) == ws::metadata_verdict::no_cluster);
  CHECK(it.of(peer(1), at(0s)) == nullptr);
  ws::metadata_service zero({0, {}});
  CHECK(zero.take_in(peer(1), {0, {}}, at(0s)) == ws::metadata_verdict::keep);
  CHECK(zero.take_in(peer(1), {{}, {}}, at(0s)) == ws::metadata_verdict::no_cluster);
}

TEST_CASE("what a peer told is believed for six hours, and telling it again renews it") {
  ws::metadata_service it({1, {}});
  it.take_in(peer(1), {1, {1}}, at(0h));
  it.take_in(peer(2), {1, {2}}, at(1h));
  it.take_in(peer(1), {1, {4}}, at(5h));
  CHECK(it.of(peer(2), at(7h) - 1ns) != nullptr);
  CHECK(it.of(peer(2), at(7h)) == nullptr);
  CHECK(it.of(peer(1), at(7h))->shards == std::vector<std::uint32_t>{4});
  CHECK(it.size() == 2);
  CHECK(it.expire(at(7h)) == 1);
  CHECK(it.size() == 1);
  it.take_in(peer(3), {1, {}}, at(11h));
  CHECK(it.size() == 1);
  CHECK(it.expire(at(17h) - 1ns) == 0);
  CHECK(it.expire(at(17h)) == 1);
  CHECK(it.size() == 0);
}

TEST_CASE("so many peers are remembered and so many shards of each; a peer can be forgotten") {
  ws::metadata_options options;
  options.peers_max = 2;
  options.shards_max = 3;
  ws::metadata_service it({1, {}}, options);
  it.take_in(peer(1), {1, {1, 2, 3, 4, 5}}, at(0s));
  CHECK(it.of(peer(1), at(0s))->shards == std::vector<std::uint32_t>{1, 2, 3});
  it.take_in(peer(2), {1, {}}, at(1s));
  it.take_in(peer(1), {1, {}}, at(2s));
  it.take_in(peer(3), {1, {}}, at(3s));
  CHECK(it.size() == 2);
  CHECK(it.of(peer(2), at(3s)) == nullptr);
  it.forget(peer(1));
  it.forget(peer(1));
  CHECK(it.of(peer(1), at(3s)) == nullptr);
  CHECK(it.of(peer(3), at(3s)) != nullptr);
}

}  // namespace metadata_service_tests
