// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/redundancy/redundant.hpp>

#include <doctest/doctest.h>

namespace redundant_tests {

namespace wr = waku::reliability;

TEST_CASE("[L2.2, F2.3] redundancy uses two nodes at once by default, for each direction") {
  CHECK(wr::redundancy_policy<wr::redundant>);
  constexpr wr::redundant redundancy;
  CHECK(redundancy.publish_targets({}) == 2);
  CHECK(redundancy.subscribe_targets({}) == 2);
}

TEST_CASE("[G3, G5] how many is an option, for each direction by itself") {
  constexpr wr::redundant redundancy;
  constexpr wr::redundancy_options numbers{.publish_targets = 5, .subscribe_targets = 3};
  CHECK(redundancy.publish_targets(numbers) == 5);
  CHECK(redundancy.subscribe_targets(numbers) == 3);
}

TEST_CASE("all nodes are asked in the same moment: none waits for another") {
  CHECK_FALSE(wr::redundant{}.hedge_delay({}).has_value());
}

}  // namespace redundant_tests
