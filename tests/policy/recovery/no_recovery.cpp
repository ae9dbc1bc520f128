// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/recovery/no_recovery.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace no_recovery_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("[G11] without recovery there is no occasion to ask a store, and no range") {
  CHECK(wr::recovery_policy<wr::no_recovery>);
  CHECK(wr::no_recovery::needs == wr::capability_set{});
  CHECK_FALSE(wr::no_recovery::periodic);
  CHECK_FALSE(wr::no_recovery::after_outage);
  const wr::recovery_situation situation{wr::wall_time(1000s), {}, {}, wr::wall_time(10s)};
  CHECK(wr::no_recovery{}.range_start(situation, {}) == wr::wall_time(1000s));
}

}  // namespace no_recovery_tests
