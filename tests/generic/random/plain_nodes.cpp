// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <generic/policy_cases.hpp>
#include <generic/random/run.hpp>

TEST_CASE("random schedules, plain nodes") {
  generic::random_schedules::run_schedules(3, generic::plain_nodes());
}
