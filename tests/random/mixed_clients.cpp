// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <generic/policy_sets.hpp>
#include <random/run.hpp>

TEST_CASE("random schedules, mixed clients") {
  using namespace random_schedules;
  const policy_case cases[] = {
      case_of<standard_sets::cautious_client>("cautious_client"),
      case_of<standard_sets::thrifty_client>("thrifty_client"),
      case_of<standard_sets::defaults>("defaults"),
  };
  run_schedules(2, cases);
}
