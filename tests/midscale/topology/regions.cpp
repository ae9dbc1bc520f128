// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/regions.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

namespace regions_tests {

using midscale::assign_regions;
using midscale::graph;
using waku::reliability::random_source;

std::vector<std::uint32_t> counts(const graph& made, std::size_t regions) {
  std::vector<std::uint32_t> counted(regions);
  for (const std::uint16_t each : made.regions) ++counted[each];
  return counted;
}

graph assigned(std::uint32_t nodes, const std::vector<double>& shares, std::uint64_t seed) {
  graph made{.nodes = nodes, .edges = {}, .regions = {}};
  random_source random(seed);
  assign_regions(made, shares, random);
  return made;
}

TEST_CASE("each region has its share, and what is left goes to the largest remainders") {
  CHECK(counts(assigned(1'000, {0.5, 0.3, 0.2}, 1), 3) == std::vector<std::uint32_t>{500, 300, 200});
  CHECK(counts(assigned(1'000, {5, 3, 2}, 1), 3) == std::vector<std::uint32_t>{500, 300, 200});
  // 3.33 of each: one is left, and the first of equal remainders has it.
  CHECK(counts(assigned(10, {1, 1, 1}, 1), 3) == std::vector<std::uint32_t>{4, 3, 3});
  // 5.1, 2.8 and 2.1 of ten.
  CHECK(counts(assigned(10, {51, 28, 21}, 1), 3) == std::vector<std::uint32_t>{5, 3, 2});
  CHECK(counts(assigned(7, {0, 1}, 1), 2) == std::vector<std::uint32_t>{0, 7});
  CHECK(assigned(0, {1, 1}, 1).regions.empty());
}

TEST_CASE("who is where is a matter of the seed, not of the number") {
  const graph made = assigned(1'000, {1, 1}, 5);
  CHECK(made == assigned(1'000, {1, 1}, 5));
  CHECK(made != assigned(1'000, {1, 1}, 6));
  // Of the first half, half are expected in either region, with a standard deviation of 8.
  const auto early = std::count(made.regions.begin(), made.regions.begin() + 500, std::uint16_t{0});
  CHECK(early > 200);
  CHECK(early < 300);
}

TEST_CASE("any shares add up to all nodes") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    std::vector<double> shares(1 + random.below(9));
    for (double& each : shares) each = random.unit();
    shares[0] += 0.001;
    const auto nodes = static_cast<std::uint32_t>(random.below(300));
    CHECK(assigned(nodes, shares, seed).regions.size() == nodes);
  }
}

TEST_CASE("impossible shares are refused by name") {
  CHECK_THROWS_WITH_AS(assigned(5, {}, 1), "shares: there are 0, give 1 to 65536", std::invalid_argument);
  CHECK_THROWS_WITH_AS(assigned(5, {1, -1}, 1), "shares: that of region 1 is -1.000000, give 0 or more",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(assigned(5, {0, 0}, 1), "shares: their sum must be above 0 and finite",
                       std::invalid_argument);
  CHECK_THROWS_AS(assigned(5, {std::numeric_limits<double>::infinity()}, 1), std::invalid_argument);
}

}  // namespace regions_tests
