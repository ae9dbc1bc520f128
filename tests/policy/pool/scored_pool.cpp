// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/pool/scored_pool.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <policy/pool/pool_promises.hpp>

namespace scored_pool_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using pool_promises::everyone;
using samples::at;

namespace {

constexpr wr::peer_id first{0};
constexpr wr::peer_id second{1};

wr::scored_pool pool_of(std::uint32_t count) { return pool_promises::with_peers<wr::scored_pool>(count); }

// Of two nodes both are always drawn, so the better one is always taken.
wr::peer_id better_of_two(const wr::scored_pool& pool, wr::steady_time now) {
  wr::random_source draw(1);
  const auto chosen = pool.choose(now, {}, draw, everyone);
  REQUIRE(chosen.has_value());
  for (int count = 0; count < 30; ++count) CHECK(pool.choose(now, {}, draw, everyone) == chosen);
  return *chosen;
}

}  // namespace

TEST_CASE("a scored pool keeps the promises of every pool under random operations") {
  pool_promises::hold_under_random_operations<wr::scored_pool>();
}

TEST_CASE("of two nodes the faster is taken") {
  auto pool = pool_of(2);
  pool.succeed(first, 300ms, at(0s));
  pool.succeed(second, 100ms, at(0s));
  CHECK(better_of_two(pool, at(0s)) == second);
  for (int count = 0; count < 30; ++count) pool.succeed(second, 900ms, at(0s));
  CHECK(better_of_two(pool, at(0s)) == first);
}

TEST_CASE("a node that fails less is taken even if it is slower") {
  auto pool = pool_of(2);
  pool.fail(first, at(0s), {});
  pool.succeed(first, 1ms, at(1min));
  pool.succeed(second, 5s, at(1min));
  CHECK(better_of_two(pool, at(1min)) == second);
  // Successes make up for it by and by: after ten the rates hardly differ, and speed tells again.
  for (int count = 0; count < 10; ++count) pool.succeed(first, 1ms, at(1min));
  CHECK(better_of_two(pool, at(1min)) == first);
}

TEST_CASE("a failure that is forgiven does not count against a node") {
  auto pool = pool_of(2);
  pool.succeed(first, 1ms, at(0s));
  pool.succeed(second, 5s, at(0s));
  pool.fail(first, at(10s), {});
  pool.fail(first, at(11s), {});
  pool.forgive(at(10s));
  CHECK(better_of_two(pool, at(12s)) == first);
  // One that stays charged counts on, whatever is forgiven after it.
  pool.fail(first, at(20s), {});
  pool.fail(first, at(1h), {});
  pool.forgive(at(1h));
  CHECK(better_of_two(pool, at(1h)) == second);
}

TEST_CASE("one slow answer does not make a node slow") {
  auto pool = pool_of(2);
  for (int count = 0; count < 10; ++count) {
    pool.succeed(first, 100ms, at(0s));
    pool.succeed(second, 200ms, at(0s));
  }
  pool.succeed(first, 500ms, at(0s));
  CHECK(better_of_two(pool, at(0s)) == first);
  pool.succeed(first, 5s, at(0s));
  CHECK(better_of_two(pool, at(0s)) == second);
}

TEST_CASE("the first answer of a node counts as it is") {
  auto pool = pool_of(2);
  pool.succeed(first, 300ms, at(0s));
  for (int count = 0; count < 60; ++count) pool.succeed(second, 400ms, at(0s));
  CHECK(better_of_two(pool, at(0s)) == first);
}

TEST_CASE("a node that was never asked is tried before one that is known to be slow") {
  auto pool = pool_of(2);
  pool.succeed(first, 300ms, at(0s));
  CHECK(better_of_two(pool, at(0s)) == second);
}

TEST_CASE("the best of many is taken more often, the worst hardly, and nobody else never") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  auto pool = pool_of(10);
  for (std::uint32_t number = 0; number < 10; ++number) {
    pool.succeed(wr::peer_id{number}, 100ms + number * 100ms, at(0s));
  }
  const auto seen = pool_promises::choices(pool, 10, 45'000, at(0s), {}, draw, everyone);
  // Of the 45 pairs the best wins 9, the next 8 and so on; the worst wins none.
  for (std::uint32_t number = 0; number < 10; ++number) {
    CAPTURE(number);
    const int expected = 1'000 * (9 - static_cast<int>(number));
    CHECK(seen[number] >= expected - 500);
    CHECK(seen[number] <= expected + 500);
  }
  CHECK(seen[9] == 0);
}

TEST_CASE("a single eligible node is taken, however bad") {
  auto pool = pool_of(3);
  wr::random_source draw(1);
  pool.succeed(first, 9s, at(0s));
  const auto only_first = [](wr::peer_id peer) { return peer == wr::peer_id{0}; };
  CHECK(pool.choose(at(0s), {}, draw, only_first) == first);
  const auto nobody = [](wr::peer_id) { return false; };
  CHECK_FALSE(pool.choose(at(0s), {}, draw, nobody).has_value());
}

TEST_CASE("[L1.4] a node that is out is not drawn, however good it was") {
  auto pool = pool_of(3);
  pool.succeed(first, 1ms, at(0s));
  pool.succeed(second, 2s, at(0s));
  pool.succeed(wr::peer_id{2}, 3s, at(0s));
  pool.fail(first, at(0s), {});
  CHECK(better_of_two(pool, at(0s)) == second);
}

}  // namespace scored_pool_tests
