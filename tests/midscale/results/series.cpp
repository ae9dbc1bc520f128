// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/series.hpp>

#include <vector>

#include <doctest/doctest.h>

#include "small_run.hpp"

namespace series_tests {

using midscale::json;
using midscale::series_of;

TEST_CASE("a short run has a point a second") {
  const auto made = series_of(small_run().seconds, 600);
  CHECK(made.seconds_per_point == 1);
  CHECK(made.points.size() == 10);
}

TEST_CASE(
    "points put seconds together: bytes and receipts are added, nodes are the least, rates are of nodes "
    "online") {
  const auto made = series_of(small_run().seconds, 4);
  CHECK(made.seconds_per_point == 3);
  CHECK(made.node_seconds == std::vector<double>{12, 12, 11, 4});
  CHECK(midscale::delivery_of(made) ==
        json{{"expected", {3, 0, 3, 0}}, {"delivered", {3, 0, 2, 0}}, {"nodes_online", {4, 4, 3, 4}}});
  CHECK(midscale::bandwidth_of(made) ==
        json{{"relay", {{"in", {2.5, 2.5, 2.727, 2.5}}, {"out", {2.25, 2.25, 2.455, 2.25}}}}});
}

TEST_CASE("no run is so long that it has more points, and no second is lost") {
  for (const std::size_t length : {0U, 1U, 599U, 600U, 601U, 1'200U, 86'400U}) {
    CAPTURE(length);
    std::vector<midscale::second_of_run> seconds(length);
    for (auto& each : seconds) each.expected = 1;
    const auto made = series_of(seconds, 600);
    CHECK(made.points.size() <= 600);
    std::uint64_t sum = 0;
    for (const auto& each : made.points) sum += each.expected;
    CHECK(sum == length);
  }
}

TEST_CASE("a point in which nobody was online is no division by nothing") {
  std::vector<midscale::second_of_run> seconds(1);
  seconds[0].bytes[0].in = 1'000;
  CHECK(midscale::bandwidth_of(series_of(seconds, 600))["relay"]["in"][0] == 1);
}

}  // namespace series_tests
