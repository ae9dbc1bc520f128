// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/latency.hpp>

#include <doctest/doctest.h>

#include <chrono>

namespace latency_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

TEST_CASE("exponential draws have the mean, the spread and the tail of their distribution") {
  wr::random_source random(7);
  constexpr int draws = 200'000;
  double sum = 0;
  double squares = 0;
  int above_three = 0;
  for (int draw = 0; draw < draws; ++draw) {
    const double drawn = wt::draw_exponential(random);
    REQUIRE(drawn >= 0);
    sum += drawn;
    squares += drawn * drawn;
    above_three += drawn > 3 ? 1 : 0;
  }
  const double mean = sum / draws;
  CHECK(mean == doctest::Approx(1).epsilon(0.01));
  CHECK(squares / draws - mean * mean == doctest::Approx(1).epsilon(0.03));
  CHECK(static_cast<double>(above_three) / draws == doctest::Approx(0.0498).epsilon(0.05));
}

TEST_CASE("a latency is never below its floor nor above its longest, and constant without a tail") {
  wr::random_source random(7);
  const wt::latency usual{20ms, 30ms, 100ms};
  bool cut = false;
  wr::duration sum{};
  for (int draw = 0; draw < 10'000; ++draw) {
    const wr::duration drawn = usual.draw(random);
    REQUIRE(drawn >= 20ms);
    REQUIRE(drawn <= 100ms);
    cut = cut || drawn == 100ms;
    sum += drawn;
  }
  CHECK(cut);
  CHECK(sum / 10'000 > 44ms);
  CHECK(sum / 10'000 < 50ms);
  const wt::latency fixed{5ms};
  CHECK(fixed.draw(random) == 5ms);
}

TEST_CASE("a length drawn between two bounds reaches both of them") {
  wr::random_source random(3);
  bool least = false;
  bool most = false;
  for (int draw = 0; draw < 200; ++draw) {
    const wr::duration drawn = wt::draw_between(random, wr::duration(-2), wr::duration(2));
    REQUIRE(drawn >= wr::duration(-2));
    REQUIRE(drawn <= wr::duration(2));
    least = least || drawn == wr::duration(-2);
    most = most || drawn == wr::duration(2);
  }
  CHECK(least);
  CHECK(most);
  CHECK(wt::draw_between(random, 4s, 4s) == 4s);
}

}  // namespace latency_tests
