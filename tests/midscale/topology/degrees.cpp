// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/degrees.hpp>

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace degrees_tests {

TEST_CASE("a connection counts for both of its ends, whoever dialled") {
  const midscale::graph star{.nodes = 5, .edges = {{0, 1}, {2, 0}, {0, 3}}, .regions = {}};
  CHECK(midscale::degrees(star) == std::vector<std::uint32_t>{3, 1, 1, 1, 0});
  CHECK(midscale::degrees({}).empty());
}

}  // namespace degrees_tests
