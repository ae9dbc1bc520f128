// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <generic/policy_cases.hpp>
#include <generic/random/run.hpp>

TEST_CASE("random schedules, relay nodes") {
  generic::random_schedules::run_schedules(1, generic::relay_nodes());
}
