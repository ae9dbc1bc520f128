// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/simulation/region_latency.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace region_latency_tests {

using namespace midscale;

TEST_CASE("regions are as far from each other both ways, and nearest to themselves") {
  const auto matrix = region_matrix(std::chrono::milliseconds(5));
  REQUIRE(matrix.size() == region_shares.size() * region_shares.size());
  for (std::size_t one = 0; one < region_shares.size(); ++one)
    for (std::size_t other = 0; other < region_shares.size(); ++other) {
      const auto& way = matrix[one * region_shares.size() + other];
      CHECK(way.floor == matrix[other * region_shares.size() + one].floor);
      CHECK(way.mean_above == std::chrono::milliseconds(5));
      if (one != other) CHECK(way.floor > matrix[one * region_shares.size() + one].floor);
    }
}

}  // namespace region_latency_tests
