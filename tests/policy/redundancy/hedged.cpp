// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/redundancy/hedged.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace hedged_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("a hedged push waits half a second by default before it goes to a next node") {
  CHECK(wr::redundancy_policy<wr::hedged>);
  constexpr wr::hedged redundancy;
  CHECK(redundancy.hedge_delay({}) == wr::duration(500ms));
  CHECK(redundancy.publish_targets({}) == 2);
  CHECK(redundancy.subscribe_targets({}) == 2);
}

TEST_CASE("the delay and the number of nodes are options") {
  constexpr wr::hedged redundancy;
  constexpr wr::redundancy_options numbers{.publish_targets = 4, .subscribe_targets = 3, .hedge_delay = 80ms};
  CHECK(redundancy.hedge_delay(numbers) == wr::duration(80ms));
  CHECK(redundancy.publish_targets(numbers) == 4);
  CHECK(redundancy.subscribe_targets(numbers) == 3);
}

}  // namespace hedged_tests
