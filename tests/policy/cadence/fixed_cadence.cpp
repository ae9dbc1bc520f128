// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/cadence/fixed_cadence.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace fixed_cadence_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("rounds are 60 s apart by default, whatever they find") {
  CHECK(wr::cadence_policy<wr::fixed_cadence>);
  constexpr wr::fixed_cadence cadence;
  CHECK(cadence.next(0s, false, {}) == 60s);
  CHECK(cadence.next(60s, false, {}) == 60s);
  CHECK(cadence.next(60s, true, {}) == 60s);
  CHECK(cadence.next(5s, true, {}) == 60s);
}

TEST_CASE("the interval is an option") {
  CHECK(wr::fixed_cadence{}.next(0s, true, {.interval = 25s}) == 25s);
}

}  // namespace fixed_cadence_tests
