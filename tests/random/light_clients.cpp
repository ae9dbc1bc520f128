// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <generic/policy_sets.hpp>
#include <random/run.hpp>

TEST_CASE("random schedules, light clients") {
  using namespace random_schedules;
  const policy_case cases[] = {
      case_of<standard_sets::light_client>("light_client"),
      case_of<standard_sets::presence_client>("presence_client"),
      case_of<standard_sets::audit_client>("audit_client"),
      case_of<standard_sets::echo_client>("echo_client"),
  };
  run_schedules(0, cases);
}
