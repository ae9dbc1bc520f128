// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <generic/policy_sets.hpp>
#include <random/run.hpp>

TEST_CASE("random schedules, plain nodes") {
  using namespace random_schedules;
  const policy_case cases[] = {
      case_of<standard_sets::minimal>("minimal"),
      case_of<standard_sets::store_reader>("store_reader"),
      case_of<standard_sets::sender>("sender"),
  };
  run_schedules(3, cases);
}
