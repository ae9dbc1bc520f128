// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/pool/quarantine_pool.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <policy/pool/pool_promises.hpp>

namespace quarantine_pool_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using pool_promises::everyone;
using samples::at;

namespace {

constexpr wr::peer_id first{0};
constexpr wr::peer_id second{1};

wr::quarantine_pool pool_of(std::uint32_t count) {
  return pool_promises::with_peers<wr::quarantine_pool>(count);
}

// How long a node stays out that fails at `now`.
wr::duration pause_after_failure(wr::quarantine_pool& pool, wr::peer_id peer, wr::steady_time now,
                                 const wr::pool_options& numbers) {
  CHECK(pool.fail(peer, now, numbers));
  const auto back = pool.next_change(now);
  REQUIRE(back.has_value());
  CHECK_FALSE(pool.usable(peer, *back - 1ns, numbers));
  CHECK(pool.usable(peer, *back, numbers));
  return *back - now;
}

}  // namespace

TEST_CASE("a quarantine pool keeps the promises of every pool under random operations") {
  pool_promises::hold_under_random_operations<wr::quarantine_pool>();
}

TEST_CASE("[L1.1, L1.2, F1.1, F1.2] a discovered node is usable at once") {
  wr::quarantine_pool pool;
  wr::random_source draw(1);
  CHECK(pool.size() == 0);
  CHECK_FALSE(pool.choose(at(0s), {}, draw, everyone).has_value());
  pool.add(first, at(0s));
  CHECK(pool.size() == 1);
  CHECK(pool.usable(first, at(0s), {}));
  CHECK(pool.choose(at(0s), {}, draw, everyone) == first);
}

TEST_CASE("[L1.4, F1.4, L1.5] one failure puts a node out, and it is not chosen until its pause is over") {
  auto pool = pool_of(3);
  CHECK(wr::quarantine_pool::charges);
  CHECK(pool.fail(first, at(0s), {}));
  wr::random_source draw(1);
  for (int count = 0; count < 100; ++count) {
    CHECK(pool.choose(at(30s) - 1ns, {}, draw, everyone) != first);
  }
  CHECK(pool.usable_count(at(0s), {}) == 2);
  CHECK(pool.usable(first, at(30s), {}));
  CHECK(pool.usable_count(at(30s), {}) == 3);
}

TEST_CASE("[R16] the pause grows with every repeat: 30 s, 1 min, 2 min and so on, 10 min at most") {
  auto pool = pool_of(2);
  wr::steady_time now = at(1h);
  std::vector<wr::duration> pauses;
  for (int repeat = 0; repeat < 7; ++repeat) {
    const wr::duration pause = pause_after_failure(pool, first, now, {});
    pauses.push_back(pause);
    now += pause;
  }
  CHECK(pauses == std::vector<wr::duration>{30s, 60s, 120s, 240s, 480s, 600s, 600s});
}

TEST_CASE("[R16] first pause, growth and longest pause are options") {
  auto pool = pool_of(2);
  const wr::pool_options numbers{.first_pause = 10s, .pause_growth = 3.0, .longest_pause = 80s};
  CHECK(pause_after_failure(pool, first, at(0s), numbers) == 10s);
  CHECK(pause_after_failure(pool, first, at(1h), numbers) == 30s);
  CHECK(pause_after_failure(pool, first, at(2h), numbers) == 80s);
  CHECK(pause_after_failure(pool, second, at(3h), numbers) == 10s);
}

TEST_CASE("a success ends the row: the node is in, and the next pause is the first one again") {
  auto pool = pool_of(2);
  pause_after_failure(pool, first, at(0s), {});
  pause_after_failure(pool, first, at(1h), {});
  pool.succeed(first, 100ms, at(1h));
  CHECK(pool.usable(first, at(1h), {}));
  CHECK(pause_after_failure(pool, first, at(2h), {}) == 30s);
}

TEST_CASE("failures that come together are one: the node leaves once, and its pause begins anew") {
  auto pool = pool_of(2);
  CHECK(pool.fail(first, at(0s), {}));
  CHECK_FALSE(pool.fail(first, at(1s), {}));
  CHECK_FALSE(pool.fail(first, at(5s), {}));
  CHECK(pool.next_change(at(5s)) == at(35s));
  CHECK(pause_after_failure(pool, first, at(35s), {}) == 60s);
}

TEST_CASE("[R16] discovery that reports a node again readmits it, and the next pause still grows") {
  auto pool = pool_of(2);
  pause_after_failure(pool, first, at(0s), {});
  pool.add(first, at(10s));
  CHECK(pool.usable(first, at(10s), {}));
  CHECK(pause_after_failure(pool, first, at(10s), {}) == 60s);
}

TEST_CASE("[R16] the last node stays usable however often it fails") {
  auto pool = pool_of(1);
  wr::random_source draw(1);
  CHECK(pool.fail(first, at(0s), {}));
  for (int count = 1; count < 20; ++count) {
    pool.fail(first, at(count * 1s), {});
    CHECK(pool.usable(first, at(count * 1s), {}));
    CHECK(pool.choose(at(count * 1s), {}, draw, everyone) == first);
  }
}

TEST_CASE("[R16] of nodes that all failed, the one that comes back first is used") {
  auto pool = pool_of(3);
  wr::random_source draw(1);
  pool.fail(second, at(0s), {});
  pool.fail(first, at(1s), {});
  pool.fail(wr::peer_id{2}, at(2s), {});
  CHECK(pool.usable_count(at(2s), {}) == 1);
  CHECK(pool.choose(at(2s), {}, draw, everyone) == second);
  // It fails again: now the other one would come back first.
  pool.fail(second, at(3s), {});
  CHECK(pool.choose(at(3s), {}, draw, everyone) == first);
}

TEST_CASE("[R16] the floor is an option") {
  auto pool = pool_of(5);
  for (std::uint32_t number = 0; number < 5; ++number) pool.fail(wr::peer_id{number}, at(number * 1s), {});
  const wr::pool_options three{.floor = 3};
  CHECK(pool.usable_count(at(4s), three) == 3);
  CHECK(pool.usable(wr::peer_id{2}, at(4s), three));
  CHECK_FALSE(pool.usable(wr::peer_id{3}, at(4s), three));
}

TEST_CASE("[R20, R23] a rate limit is a pause without a charge") {
  auto pool = pool_of(2);
  pool.hold(first, at(60s));
  CHECK_FALSE(pool.usable(first, at(59s), {}));
  CHECK(pool.usable(second, at(59s), {}));
  CHECK(pool.usable(first, at(60s), {}));
  CHECK(pause_after_failure(pool, first, at(60s), {}) == 30s);
}

TEST_CASE("a hold is never shortened, neither by a shorter one nor by discovery") {
  auto pool = pool_of(1);
  pool.hold(first, at(60s));
  pool.hold(first, at(10s));
  pool.add(first, at(20s));
  pool.succeed(first, 1s, at(20s));
  CHECK_FALSE(pool.usable(first, at(60s) - 1ns, {}));
  CHECK(pool.usable(first, at(60s), {}));
}

TEST_CASE("a node on hold is not used even if it is the last one") {
  auto pool = pool_of(1);
  wr::random_source draw(1);
  pool.hold(first, at(60s));
  CHECK_FALSE(pool.choose(at(0s), {}, draw, everyone).has_value());
  CHECK(pool.usable_count(at(0s), {}) == 0);
  CHECK(pool.next_change(at(0s)) == at(60s));
}

TEST_CASE("failures since a time are forgiven, when it turns out that we were offline") {
  auto pool = pool_of(3);
  pool.fail(first, at(10s), {});
  pool.fail(second, at(20s), {});
  pool.forgive(at(20s));
  CHECK_FALSE(pool.usable(first, at(21s), {}));
  CHECK(pool.usable(second, at(21s), {}));
  CHECK(pause_after_failure(pool, second, at(100s), {}) == 30s);
  CHECK(pause_after_failure(pool, first, at(1h), {}) == 60s);
}

TEST_CASE("forgiving leaves earlier failures counted, and those that are in as they are") {
  auto pool = pool_of(2);
  pause_after_failure(pool, first, at(0s), {});
  pause_after_failure(pool, first, at(100s), {});
  pool.forgive(at(50s));
  CHECK(pool.usable(first, at(100s), {}));
  CHECK(pause_after_failure(pool, first, at(1h), {}) == 60s);
  pool.forgive(at(2h));
  CHECK(pause_after_failure(pool, first, at(3h), {}) == 120s);
}

TEST_CASE("forgiving twice takes back one failure, not two") {
  auto pool = pool_of(2);
  pause_after_failure(pool, first, at(0s), {});
  pause_after_failure(pool, first, at(100s), {});
  pool.forgive(at(100s));
  pool.forgive(at(100s));
  CHECK(pause_after_failure(pool, first, at(1h), {}) == 60s);
}

TEST_CASE("what is told of nodes that nobody knows changes nothing") {
  auto pool = pool_of(1);
  const wr::peer_id stranger{9};
  CHECK_FALSE(pool.fail(stranger, at(0s), {}));
  pool.succeed(stranger, 1s, at(0s));
  pool.hold(stranger, at(60s));
  pool.remove(stranger);
  CHECK(pool.size() == 1);
  CHECK_FALSE(pool.usable(stranger, at(0s), {}));
  CHECK_FALSE(pool.next_change(at(0s)).has_value());
}

TEST_CASE("a node that left and came back has a clean record") {
  auto pool = pool_of(2);
  pause_after_failure(pool, first, at(0s), {});
  pool.remove(first);
  CHECK(pool.size() == 1);
  pool.add(first, at(1s));
  CHECK(pause_after_failure(pool, first, at(1s), {}) == 30s);
}

TEST_CASE("every usable node is chosen equally often, and no other") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  auto pool = pool_of(10);
  pool.fail(wr::peer_id{3}, at(0s), {});
  pool.hold(wr::peer_id{7}, at(60s));
  const auto seen = pool_promises::choices(pool, 10, 16'000, at(0s), {}, draw, everyone);
  for (std::uint32_t number = 0; number < 10; ++number) {
    CAPTURE(number);
    if (number == 3 || number == 7) {
      CHECK(seen[number] == 0);
    } else {
      // 2,000 with a standard deviation of 42.
      CHECK(seen[number] > 1'750);
      CHECK(seen[number] < 2'250);
    }
  }
}

TEST_CASE("few eligible nodes among many are chosen equally often too") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  const auto pool = pool_of(60);
  const auto low = [](wr::peer_id peer) { return static_cast<std::uint32_t>(peer) < 4; };
  const auto seen = pool_promises::choices(pool, 60, 8'000, at(0s), {}, draw, low);
  for (std::uint32_t number = 0; number < 4; ++number) {
    // 2,000 with a standard deviation of 39.
    CHECK(seen[number] > 1'760);
    CHECK(seen[number] < 2'240);
  }
}

}  // namespace quarantine_pool_tests
