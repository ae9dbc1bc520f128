// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <cstdint>

#include <generic/policy_cases.hpp>
#include <generic/random/run.hpp>

namespace one_software_tests {

using namespace generic;

namespace {

void run_all_parts(wr::testing::node_software nodes) {
  std::uint64_t part = 0;
  for (const auto cases : {light_clients(), relay_nodes(), mixed_clients(), plain_nodes()})
    random_schedules::run_schedules(part++, cases, nodes);
  CHECK(part == random_schedules::parts);
}

}  // namespace

TEST_CASE("random schedules among nodes that all run nwaku, whose stores are v3") {
  run_all_parts(wr::testing::node_software::nwaku);
}

TEST_CASE("random schedules among nodes that all run go-waku, whose stores are the legacy one") {
  run_all_parts(wr::testing::node_software::go_waku);
}

}  // namespace one_software_tests
