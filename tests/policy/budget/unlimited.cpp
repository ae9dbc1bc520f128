// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/budget/unlimited.hpp>

#include <cstdint>

#include <doctest/doctest.h>

namespace unlimited_tests {

namespace wr = waku::reliability;

TEST_CASE("without a budget every request passes, at any time and of any size") {
  CHECK(wr::budget_policy<wr::unlimited>);
  wr::unlimited budget;
  constexpr wr::budget_options tight{.bytes_per_second = 1, .bytes_burst = 1, .requests_per_second = 1};
  for (int count = 0; count < 1'000; ++count) CHECK(budget.take(SIZE_MAX, {}, tight));
}

}  // namespace unlimited_tests
