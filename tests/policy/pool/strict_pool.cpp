// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/pool/strict_pool.hpp>

#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

#include <policy/pool/pool_promises.hpp>

namespace strict_pool_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using pool_promises::everyone;
using samples::at;

namespace {

constexpr wr::peer_id first{0};
constexpr wr::peer_id second{1};

}  // namespace

TEST_CASE("a strict pool keeps the promises of every pool under random operations") {
  pool_promises::hold_under_random_operations<wr::strict_pool>();
}

TEST_CASE("[L1.4, F1.4] one failure and a node is out, whatever the pauses are set to") {
  auto pool = pool_promises::with_peers<wr::strict_pool>(2);
  const wr::pool_options short_pauses{.first_pause = 1s, .longest_pause = 2s};
  CHECK(pool.fail(first, at(0s), short_pauses));
  CHECK_FALSE(pool.usable(first, at(24h * 364), short_pauses));
  CHECK(pool.usable_count(at(0s), short_pauses) == 1);
}

TEST_CASE("[R16] discovery that reports the node again is its way back") {
  auto pool = pool_promises::with_peers<wr::strict_pool>(2);
  pool.fail(first, at(0s), {});
  pool.add(first, at(1s));
  CHECK(pool.usable(first, at(1s), {}));
  CHECK(pool.fail(first, at(2s), {}));
  CHECK_FALSE(pool.usable(first, at(24h), {}));
}

TEST_CASE("[R16] the floor keeps the node that failed first") {
  auto pool = pool_promises::with_peers<wr::strict_pool>(2);
  wr::random_source draw(1);
  pool.fail(second, at(0s), {});
  pool.fail(first, at(1s), {});
  CHECK(pool.choose(at(2s), {}, draw, everyone) == second);
}

TEST_CASE("failures of our own making are forgiven here too") {
  auto pool = pool_promises::with_peers<wr::strict_pool>(2);
  pool.fail(first, at(10s), {});
  pool.forgive(at(10s));
  CHECK(pool.usable(first, at(10s), {}));
}

}  // namespace strict_pool_tests
