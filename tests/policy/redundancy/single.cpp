// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/redundancy/single.hpp>

#include <doctest/doctest.h>

namespace single_tests {

namespace wr = waku::reliability;

TEST_CASE("[G11] without redundancy one node is used for each direction, whatever the options say") {
  CHECK(wr::redundancy_policy<wr::single>);
  constexpr wr::single redundancy;
  constexpr wr::redundancy_options numbers{.publish_targets = 5, .subscribe_targets = 3};
  CHECK(redundancy.publish_targets(numbers) == 1);
  CHECK(redundancy.subscribe_targets(numbers) == 1);
  CHECK_FALSE(redundancy.hedge_delay(numbers).has_value());
}

}  // namespace single_tests
