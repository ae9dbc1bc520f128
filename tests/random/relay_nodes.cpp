// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <generic/policy_sets.hpp>
#include <random/run.hpp>

TEST_CASE("random schedules, relay nodes") {
  using namespace random_schedules;
  const policy_case cases[] = {
      case_of<standard_sets::relay_node>("relay_node"),
      case_of<standard_sets::relay_with_store>("relay_with_store"),
      case_of<standard_sets::echoed_relay>("echoed_relay"),
      case_of<standard_sets::mixed_node>("mixed_node"),
  };
  run_schedules(1, cases);
}
