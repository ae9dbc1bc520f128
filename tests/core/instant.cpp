// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/instant.hpp>

#include <chrono>
#include <type_traits>

#include <doctest/doctest.h>

namespace instant_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

template <class Clock>
concept readable = requires {
  Clock::now();
};

}  // namespace

TEST_CASE("steady and wall times are different types, so that neither is taken for the other") {
  CHECK_FALSE(std::is_convertible_v<wr::steady_time, wr::wall_time>);
  CHECK_FALSE(std::is_convertible_v<wr::wall_time, wr::steady_time>);
}

TEST_CASE("the steady timeline cannot be read: the library has no clock") {
  CHECK_FALSE(readable<wr::steady_timeline>);
  CHECK(readable<std::chrono::steady_clock>);
}

TEST_CASE("an instant moves on both clocks") {
  const wr::instant start{wr::steady_time(5s), wr::wall_time(1'700'000'000s)};
  const wr::instant later = start + 1500ms;
  CHECK(later.steady == wr::steady_time(6500ms));
  CHECK(later.wall == wr::wall_time(1'700'000'001'500ms));
  CHECK(later + -1500ms == start);
}

TEST_CASE("instants are equal only if both clocks are") {
  const wr::instant one{wr::steady_time(1s), wr::wall_time(2s)};
  CHECK(one == wr::instant{wr::steady_time(1s), wr::wall_time(2s)});
  CHECK(one != wr::instant{wr::steady_time(2s), wr::wall_time(2s)});
  CHECK(one != wr::instant{wr::steady_time(1s), wr::wall_time(1s)});
}

TEST_CASE("any two Unix times can be compared by how far they are apart, the extremes too") {
  const wr::wall_time here(1'700'000'000s);
  constexpr wr::wall_time first = wr::wall_time::min();
  constexpr wr::wall_time last = wr::wall_time::max();
  const auto both = [](wr::duration most, wr::wall_time one, wr::wall_time other) {
    const bool apart = wr::apart_by_more_than(most, one, other);
    CHECK(wr::apart_by_more_than(most, other, one) == apart);
    return apart;
  };
  CHECK_FALSE(both(20s, here, here + 20s));
  CHECK(both(20s, here, here + 20s + 1ns));
  CHECK_FALSE(both(0s, here, here));
  CHECK(both(0s, here, here - 1ns));
  CHECK(both(-1ns, here, here));
  for (const wr::wall_time extreme : {first, last}) {
    CHECK_FALSE(both(0s, extreme, extreme));
    CHECK(both(20s, here, extreme));
    CHECK_FALSE(both(wr::duration::max(), here, extreme));
  }
  CHECK(both(wr::duration::max() - 1ns, first, last));
  CHECK_FALSE(both(wr::duration::max(), first, last));
  CHECK_FALSE(both(wr::duration::max() - 1ns, last, wr::wall_time(1ns)));
  CHECK(both(wr::duration::max() - 1ns, last, wr::wall_time(0ns)));
}

TEST_CASE("durations are counted in nanoseconds") {
  CHECK(wr::duration(1s).count() == 1'000'000'000);
  CHECK(wr::wall_time(1s).time_since_epoch().count() == 1'000'000'000);
}

TEST_CASE("and told in seconds where a rate is") {
  CHECK(wr::seconds_of(1500ms) == 1.5);
  CHECK(wr::seconds_of(wr::duration(-1)) == -1e-9);
}

}  // namespace instant_tests
