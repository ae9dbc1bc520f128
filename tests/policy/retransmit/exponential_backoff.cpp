// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/retransmit/exponential_backoff.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace exponential_backoff_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

std::vector<wr::duration> delays(std::uint32_t count, const wr::retransmit_options& numbers,
                                 std::uint64_t seed = 1) {
  wr::random_source draw(seed);
  std::vector<wr::duration> waits;
  for (std::uint32_t transmissions = 1; transmissions <= count; ++transmissions) {
    const auto wait = wr::exponential_backoff{}.delay(transmissions, numbers, draw);
    REQUIRE(wait.has_value());
    waits.push_back(*wait);
  }
  return waits;
}

constexpr wr::retransmit_options without_jitter{.backoff = {.jitter = 0.0}};

}  // namespace

TEST_CASE("[L3.4, L4.5, R23] the first wait is 1 s, each next is twice as long, up to 8 s") {
  CHECK(wr::retransmit_policy<wr::exponential_backoff>);
  CHECK(delays(6, without_jitter) == std::vector<wr::duration>{1s, 2s, 4s, 8s, 8s, 8s});
}

TEST_CASE("[L3.4, L4.5, R23] jitter only lengthens, by a quarter at most, and waits grow up to the cap") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::duration least_excess = 1h;
  wr::duration most_excess = 0s;
  for (std::uint64_t round = 0; round < 500; ++round) {
    const auto plain = delays(8, without_jitter);
    const auto waits = delays(8, {}, seed + round);
    for (std::size_t step = 0; step < waits.size(); ++step) {
      REQUIRE(waits[step] >= plain[step]);
      REQUIRE(waits[step] <= plain[step] * 5 / 4);
      if (step > 0 && plain[step] < 8s) REQUIRE(waits[step] > waits[step - 1]);
    }
    if (waits[0] - 1s < least_excess) least_excess = waits[0] - 1s;
    if (waits[0] - 1s > most_excess) most_excess = waits[0] - 1s;
  }
  // The whole range is used.
  CHECK(least_excess < 10ms);
  CHECK(most_excess > 240ms);
}

TEST_CASE("two engines that failed together do not come back together") {
  wr::random_source one(1);
  wr::random_source other(2);
  const wr::exponential_backoff policy;
  CHECK(policy.delay(1, {}, one) != policy.delay(1, {}, other));
}

TEST_CASE("same seed, same waits") { CHECK(delays(20, {}, 5) == delays(20, {}, 5)); }

TEST_CASE("first wait, factor, cap and jitter are options") {
  constexpr wr::retransmit_options numbers{
      .backoff = {.first = 100ms, .factor = 3.0, .cap = 1s, .jitter = 0.0}};
  CHECK(delays(5, numbers) == std::vector<wr::duration>{100ms, 300ms, 900ms, 1s, 1s});
  constexpr wr::retransmit_options level{.backoff = {.first = 2s, .factor = 1.0, .cap = 9s, .jitter = 0.0}};
  CHECK(delays(3, level) == std::vector<wr::duration>{2s, 2s, 2s});
}

TEST_CASE("however many steps there were, the wait stays at the cap") {
  wr::random_source draw(1);
  CHECK(wr::backoff_delay(UINT32_MAX, without_jitter.backoff, draw) == 8s);
  constexpr wr::backoff_options long_waits{.first = 24h, .factor = 100.0, .cap = 24h * 365, .jitter = 1.0};
  const wr::duration wait = wr::backoff_delay(50, long_waits, draw);
  CHECK(wait >= 24h * 365);
  CHECK(wait <= 24h * 730);
}

TEST_CASE("before any failure the wait is that after the first") {
  wr::random_source draw(1);
  CHECK(wr::backoff_delay(0, without_jitter.backoff, draw) == 1s);
}

}  // namespace exponential_backoff_tests
