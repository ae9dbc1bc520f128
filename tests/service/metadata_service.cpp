// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/metadata_service.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
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

TEST_CASE("with a lifetime that has no end what a peer told is always believed") {
  ws::metadata_service it({1, {}}, {.lifetime = wr::duration::max()});
  it.take_in(peer(1), {1, {3}}, at(10s));
  CHECK(it.of(peer(1), at(1'000'000h)) != nullptr);
  CHECK(it.expire(at(1'000'000h)) == 0);
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

TEST_CASE("a service is moved with what it remembers, and not copied, since a copy would share it") {
  CHECK_FALSE(std::is_copy_constructible_v<ws::metadata_service>);
  CHECK_FALSE(std::is_copy_assignable_v<ws::metadata_service>);
  auto first = std::make_unique<ws::metadata_service>(ws::metadata{1, {0}});
  first->take_in(peer(1), {1, {3}}, at(0s));
  first->take_in(peer(2), {1, {4}}, at(0s));
  ws::metadata_service moved = std::move(*first);
  first.reset();
  moved.take_in(peer(1), {1, {5}}, at(1s));
  ws::metadata_service assigned({2, {}});
  assigned.take_in(peer(9), {2, {}}, at(0s));
  assigned = std::move(moved);
  CHECK(assigned.own() == ws::metadata{1, {0}});
  CHECK(assigned.size() == 2);
  CHECK(*assigned.of(peer(1), at(1s)) == ws::metadata{1, {5}});
  CHECK(assigned.expire(at(6h)) == 1);
  CHECK(assigned.of(peer(2), at(6h)) == nullptr);
}

TEST_CASE("what is remembered of a peer can be told again, although remembering it forgets the old") {
  ws::metadata_options options;
  options.peers_max = 1;
  ws::metadata_service it({1, {}}, options);
  // Long enough that a list that was freed is not read by chance.
  const std::vector<std::uint32_t> shards(100, 7);
  it.take_in(peer(1), {1, shards}, at(0s));
  CHECK(it.take_in(peer(1), *it.of(peer(1), at(1s)), at(1s)) == ws::metadata_verdict::keep);
  CHECK(it.of(peer(1), at(1s))->shards == shards);
  // Of another peer, which the full list forgets, and which is over its lifetime.
  CHECK(it.take_in(peer(2), *it.of(peer(1), at(2s)), at(2s)) == ws::metadata_verdict::keep);
  CHECK(it.of(peer(2), at(2s))->shards == shards);
  const ws::metadata* old = it.of(peer(2), at(3s));
  CHECK(it.take_in(peer(2), *old, at(7h)) == ws::metadata_verdict::keep);
  CHECK(it.of(peer(2), at(7h))->shards == shards);
  CHECK(it.answer(peer(2), it.own(), at(8h)) == ws::metadata{1, {}});
}

}  // namespace metadata_service_tests
