// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/measurements.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace measurements_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE("a time in tables is of whole microseconds, and a long one does not begin again from 0") {
  CHECK(microseconds_of(1'999ns) == 1);
  CHECK(microseconds_of(4'294s) == 4'294'000'000);
  CHECK(microseconds_of(4'295s) == 4'294'967'295);
  CHECK(microseconds_of(1'000h) == 4'294'967'295);
}

}  // namespace measurements_tests
