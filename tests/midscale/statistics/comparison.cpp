// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/statistics/comparison.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/testing/latency.hpp>

namespace comparison_tests {

using midscale::compare;
using midscale::comparison;
using midscale::metric_values;
using midscale::uncompared_metric;
using waku::reliability::random_source;
using waku::reliability::testing::draw_exponential;

// Close to a normal distribution of mean 0 and variance 1.
double draw_normal(random_source& random) {
  double sum = -6;
  for (int part = 0; part < 12; ++part) sum += random.unit();
  return sum;
}

// Twelve metrics as a run has them, over five seeds: some move together, some are skewed, some are rounded to a few
// values, and some never change. The shift is of the first one, in its standard deviations.
metric_values drawn(random_source& random, double shift) {
  metric_values made;
  for (int seed = 0; seed < 5; ++seed) {
    const double together = draw_normal(random);
    made["relay_in_kBps"].push_back(10 + 0.1 * (draw_normal(random) + shift));
    made["relay_out_kBps"].push_back(10 + 0.1 * together);
    made["duplicates_per_message"].push_back(4 + 0.01 * (together + 0.1 * draw_normal(random)));
    made["discv5_in_kBps"].push_back(8 + draw_normal(random));
    made["discv5_out_kBps"].push_back(8 + draw_normal(random));
    made["latency_ms.p50"].push_back(300 + 5 * draw_normal(random));
    made["latency_ms.p95"].push_back(400 + 5 * draw_exponential(random));
    made["latency_ms.p99"].push_back(500 + 20 * draw_exponential(random));
    made["hops.p50"].push_back(random.chance(0.3) ? 5 : 4);
    made["light.missed"].push_back(std::floor(draw_exponential(random)));
    made["light.wrong_verdicts"].push_back(0);
    made["delivered"].push_back(1);
  }
  return made;
}

double share_that_differs(int comparisons, double shift, std::uint64_t seed) {
  int differing = 0;
  random_source random(seed);
  for (int turn = 0; turn < comparisons; ++turn) {
    const metric_values base = drawn(random, 0);
    differing += compare(base, drawn(random, shift)).differs() ? 1 : 0;
  }
  return static_cast<double>(differing) / comparisons;
}

TEST_CASE("between equal versions at most one comparison in twenty raises an alarm") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    const double share = share_that_differs(1'000, 0, seed);
    CAPTURE(share);
    CHECK(share <= 0.05);
    CHECK(share > 0);  // a test that never speaks would find nothing either
  }
}

TEST_CASE("a change of six standard deviations is found with five seeds") {
  const double share = share_that_differs(300, 6, 4);
  CAPTURE(share);
  CHECK(share >= 0.98);
}

TEST_CASE("a row tells both means, the difference, where it lies, and how sure it is") {
  const comparison found = compare({{"relay_in_kBps", {1, 2, 3, 4, 5}}, {"delivered", {1, 1}}},
                                   {{"relay_in_kBps", {11, 12, 13, 14, 15}}, {"delivered", {1, 1}}});
  REQUIRE(found.rows.size() == 2);
  CHECK(found.rows[0].metric == "delivered");
  CHECK_FALSE(found.rows[0].significant);
  CHECK(found.rows[0].corrected_p == 1);
  const auto& row = found.rows[1];
  CHECK(row.metric == "relay_in_kBps");
  CHECK(row.base_mean == doctest::Approx(3));
  CHECK(row.new_mean == doctest::Approx(13));
  CHECK(row.difference == doctest::Approx(10));
  // The error is 1, and t of 8 degrees of freedom 2.306004.
  CHECK(row.between.low == doctest::Approx(10 - 2.306004));
  CHECK(row.between.high == doctest::Approx(10 + 2.306004));
  CHECK(row.corrected_p == doctest::Approx(2 * row.p));
  CHECK(row.p < 1e-5);
  CHECK(row.significant);
  CHECK(found.differs());
}

TEST_CASE("what no seed changes is compared exactly") {
  const comparison found =
      compare({{"delivered", {1, 1, 1}}, {"light.missed", {0, 0, 0}}},
              {{"delivered", {0.999999, 0.999999, 0.999999}}, {"light.missed", {0, 0, 0}}});
  REQUIRE(found.rows.size() == 2);
  CHECK(found.rows[0].significant);
  CHECK(found.rows[0].corrected_p == 0);
  CHECK_FALSE(found.rows[1].significant);
  CHECK(found.rows[1].p == 1);
}

TEST_CASE("a difference that is significant alone is not among many others") {
  // Variances 2.5, error 1, t = 2.5 with 8 degrees of freedom: p is 0.037.
  metric_values base{{"a", {1, 2, 3, 4, 5}}};
  metric_values changed{{"a", {3.5, 4.5, 5.5, 6.5, 7.5}}};
  CHECK(compare(base, changed).differs());
  base["b"] = changed["b"] = {1, 2, 3, 4, 5};
  CHECK_FALSE(compare(base, changed).differs());
}

TEST_CASE("what cannot be compared is told, by name") {
  const comparison found =
      compare({{"a", {1, 2}}, {"c", {1}}, {"d", {1, 2}}}, {{"b", {1}}, {"c", {1, 2}}, {"d", {1, 2}}});
  CHECK(found.rows.size() == 1);
  CHECK(found.not_compared == std::vector<uncompared_metric>{{"a", "the new version does not have it"},
                                                             {"b", "the base does not have it"},
                                                             {"c", "it has fewer than two values"}});
  CHECK_FALSE(compare({}, {}).differs());
}

TEST_CASE("numbers that are none are refused by name") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS((void)compare({{"a", {1, none}}}, {}), "a: a value of the base is not finite",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)compare({}, {{"a", {1, none}}}), "a: a value of the new version is not finite",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS((void)compare({}, {}, 0), "alpha: 0.000000 is not between 0 and 1",
                       std::invalid_argument);
}

}  // namespace comparison_tests
