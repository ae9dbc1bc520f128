// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/pool/plain_pool.hpp>

#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

#include <policy/pool/pool_promises.hpp>

namespace plain_pool_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using pool_promises::everyone;
using samples::at;

TEST_CASE("a plain pool keeps the promises of every pool under random operations") {
  pool_promises::hold_under_random_operations<wr::plain_pool>();
}

TEST_CASE("[G11] without a pool strategy no failure puts a node out") {
  auto pool = pool_promises::with_peers<wr::plain_pool>(2);
  CHECK_FALSE(wr::plain_pool::charges);
  for (int count = 0; count < 10; ++count) CHECK_FALSE(pool.fail(wr::peer_id{0}, at(1s), {}));
  CHECK(pool.usable(wr::peer_id{0}, at(1s), {}));
  CHECK(pool.usable_count(at(1s), {}) == 2);
  CHECK_FALSE(pool.next_change(at(1s)).has_value());
}

TEST_CASE("[R20] a rate limit is honoured without a pool strategy too") {
  auto pool = pool_promises::with_peers<wr::plain_pool>(2);
  pool.hold(wr::peer_id{0}, at(10s));
  pool.hold(wr::peer_id{0}, at(5s));
  pool.hold(wr::peer_id{7}, at(90s));
  CHECK_FALSE(pool.usable(wr::peer_id{0}, at(9s), {}));
  CHECK(pool.next_change(at(0s)) == at(10s));
  wr::random_source draw(1);
  for (int count = 0; count < 50; ++count) {
    CHECK(pool.choose(at(9s), {}, draw, everyone) == wr::peer_id{1});
  }
  CHECK(pool.usable(wr::peer_id{0}, at(10s), {}));
}

TEST_CASE("a plain pool chooses every node equally often") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  const auto pool = pool_promises::with_peers<wr::plain_pool>(8);
  // 2,000 each with a standard deviation of 42.
  for (const int count : pool_promises::choices(pool, 8, 16'000, at(0s), {}, draw, everyone)) {
    CHECK(count > 1'750);
    CHECK(count < 2'250);
  }
}

TEST_CASE("a node that left is gone") {
  auto pool = pool_promises::with_peers<wr::plain_pool>(1);
  pool.remove(wr::peer_id{0});
  wr::random_source draw(1);
  CHECK(pool.size() == 0);
  CHECK_FALSE(pool.usable(wr::peer_id{0}, at(0s), {}));
  CHECK_FALSE(pool.choose(at(0s), {}, draw, everyone).has_value());
}

}  // namespace plain_pool_tests
