// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/absences.hpp>

#include <chrono>
#include <vector>

#include <doctest/doctest.h>

namespace absences_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE("absences take their share of the time, one after another, for lengths of their mean") {
  wr::random_source random(3);
  const auto end = std::chrono::hours(10'000);
  const std::vector<absence> away = absences_of(0.2, 300s, end, random);
  wr::duration sum{};
  for (std::size_t each = 0; each < away.size(); ++each) {
    CHECK(away[each].from < away[each].until);
    if (each != 0) CHECK(away[each - 1].until < away[each].from);
    sum += away[each].until - away[each].from;
  }
  const double share = static_cast<double>(sum.count()) / static_cast<double>(wr::duration(end).count());
  CHECK(share == doctest::Approx(0.2).epsilon(0.02));
  CHECK(static_cast<double>(away.size()) == doctest::Approx(10'000 * 3'600 / 375.0).epsilon(0.02));
}

TEST_CASE("the start is like any other moment") {
  wr::random_source random(4);
  int away_at_start = 0;
  int away_later = 0;
  for (int node = 0; node < 10'000; ++node) {
    const std::vector<absence> away = absences_of(0.3, 100s, 500s, random);
    away_at_start += is_away(away, 0s) ? 1 : 0;
    away_later += is_away(away, 400s) ? 1 : 0;
  }
  CHECK(away_at_start == doctest::Approx(3'000).epsilon(0.05));
  CHECK(away_later == doctest::Approx(3'000).epsilon(0.05));
}

TEST_CASE("what is never away has no absence, and draws nothing") {
  wr::random_source random(5);
  wr::random_source untouched(5);
  CHECK(absences_of(0, 300s, 1h, random).empty());
  CHECK(random.next() == untouched.next());
}

TEST_CASE("one is away until it is back, that moment included") {
  const std::vector<absence> away{{10s, 20s}, {40s, 50s}};
  CHECK_FALSE(is_away(away, 9s));
  CHECK(is_away(away, 10s));
  CHECK(is_away(away, 20s));
  CHECK_FALSE(is_away(away, 21s));
  CHECK(is_away(away, 45s));
  CHECK_FALSE(is_away({}, 0s));
}

}  // namespace absences_tests
