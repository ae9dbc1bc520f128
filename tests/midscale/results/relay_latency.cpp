// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/relay_latency.hpp>

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "small_run.hpp"

namespace relay_latency_tests {

TEST_CASE("what came by mesh and gossip is sorted, in all and by hops; what a store brought is left out") {
  const auto latency = midscale::relay_latency_of(small_run().received);
  CHECK(latency.all == std::vector<std::uint32_t>{90'000, 95'000, 100'000, 110'500, 205'000});
  REQUIRE(latency.by_hops.size() == 3);
  CHECK(latency.by_hops[0].empty());
  CHECK(latency.by_hops[1] == std::vector<std::uint32_t>{90'000, 95'000, 100'000, 110'500});
  CHECK(latency.by_hops[2] == std::vector<std::uint32_t>{205'000});
}

TEST_CASE("of nothing there is nothing") {
  const auto latency = midscale::relay_latency_of({});
  CHECK(latency.all.empty());
  CHECK(latency.by_hops.empty());
}

}  // namespace relay_latency_tests
