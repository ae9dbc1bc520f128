// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/budget/token_budget.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

#include <waku/reliability/core/random.hpp>

#include <cache/samples.hpp>

namespace token_budget_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using samples::at;

namespace {

constexpr wr::budget_options numbers{
    .bytes_per_second = 100, .bytes_burst = 1'000, .requests_per_second = 2, .requests_burst = 5};

// How many requests of so many bytes pass at once.
int passes(wr::token_budget& budget, std::size_t bytes, wr::steady_time now) {
  int count = 0;
  while (count < 1'000 && budget.take(bytes, now, numbers)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a fresh budget lets a burst of requests pass, then as many a second as it is set to") {
  CHECK(wr::budget_policy<wr::token_budget>);
  wr::token_budget budget;
  CHECK(passes(budget, 0, at(0s)) == 5);
  CHECK_FALSE(budget.take(0, at(499ms), numbers));
  CHECK(budget.take(0, at(500ms), numbers));
  CHECK_FALSE(budget.take(0, at(500ms), numbers));
  CHECK(passes(budget, 0, at(2s)) == 3);
}

TEST_CASE("saved-up requests are at most a burst") {
  wr::token_budget budget;
  passes(budget, 0, at(0s));
  CHECK(passes(budget, 0, at(24h)) == 5);
}

TEST_CASE("bytes are counted as well as requests") {
  wr::token_budget budget;
  CHECK(passes(budget, 400, at(0s)) == 3);
  // 200 bytes in debt: 2 s pay it back, and a little more lets the next one pass.
  CHECK_FALSE(budget.take(1, at(2s), numbers));
  CHECK(budget.take(1, at(2s + 10ms), numbers));
}

TEST_CASE("a message larger than the burst passes, and is paid for before the next") {
  wr::token_budget budget;
  CHECK(budget.take(5'000, at(0s), numbers));
  CHECK_FALSE(budget.take(1, at(40s), numbers));
  CHECK(budget.take(1, at(40s + 10ms), numbers));
}

TEST_CASE("saved-up bytes are at most a burst") {
  wr::token_budget budget;
  CHECK(budget.take(0, at(0s), numbers));
  CHECK(budget.take(1'000, at(1h), numbers));
  CHECK_FALSE(budget.take(1, at(1h), numbers));
}

TEST_CASE("what is refused costs nothing") {
  wr::token_budget budget;
  passes(budget, 0, at(0s));
  for (int count = 0; count < 100; ++count) CHECK_FALSE(budget.take(1'000, at(0s), numbers));
  CHECK(budget.take(0, at(500ms), numbers));
}

TEST_CASE("a time that runs backward gives nothing twice") {
  wr::token_budget budget;
  passes(budget, 0, at(10s));
  CHECK(passes(budget, 0, at(11s)) == 2);
  CHECK(passes(budget, 0, at(10s)) == 0);
  CHECK(passes(budget, 0, at(11s)) == 0);
  CHECK(passes(budget, 0, at(12s)) == 2);
}

TEST_CASE("over a long time no more passes than the burst and the rates allow") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  wr::token_budget budget;
  wr::steady_time now{};
  double requests = 0;
  double bytes = 0;
  for (int step = 0; step < 20'000; ++step) {
    now += std::chrono::milliseconds(draw.below(300));
    const std::size_t size = draw.below(100);
    if (!budget.take(size, now, numbers)) continue;
    requests += 1;
    bytes += static_cast<double>(size);
    const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
    // The rounding of 20,000 sums stays far below a thousandth of a token.
    REQUIRE(requests <= 5 + 2 * seconds + 0.001);
    REQUIRE(bytes <= 1'000 + 100 + 100 * seconds + 0.001);
  }
  CHECK(requests > 5'000);
}

}  // namespace token_budget_tests
