// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/workload/daily_rhythm.hpp>

#include <chrono>
#include <numeric>

#include <doctest/doctest.h>

namespace daily_rhythm_tests {

using midscale::activity_at;
using namespace std::chrono_literals;

TEST_CASE("a day's mean is 1, so that the rhythm moves messages and adds none") {
  CHECK(std::accumulate(midscale::hourly_activity.begin(), midscale::hourly_activity.end(), 0) == 2'400);
}

TEST_CASE("each hour has its activity, from its first moment on, on any day") {
  CHECK(activity_at(0h) == 0.6);
  CHECK(activity_at(3h + 59min) == 0.2);
  CHECK(activity_at(21h) == 1.9);
  CHECK(activity_at(22h - 1ns) == 1.9);
  CHECK(activity_at(22h) == 1.6);
  CHECK(activity_at(24h * 3 + 21h) == 1.9);
  CHECK(activity_at(-1ns) == 1.0);  // the last hour of the day before
}

}  // namespace daily_rhythm_tests
