// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/statistics/holm_correction.hpp>

#include <vector>

#include <doctest/doctest.h>

namespace holm_correction_tests {

using doctest::Approx;
using midscale::holm_correction;
using list = std::vector<double>;

TEST_CASE("four tests, by hand") {
  // Sorted 0.005, 0.01, 0.03, 0.04: times 4, 3, 2, 1 that is 0.02, 0.03, 0.06, 0.04, the last raised to 0.06.
  const list found = holm_correction(list{0.01, 0.04, 0.03, 0.005});
  REQUIRE(found.size() == 4);
  CHECK(found[0] == Approx(0.03));
  CHECK(found[1] == Approx(0.06));
  CHECK(found[2] == Approx(0.06));
  CHECK(found[3] == Approx(0.02));
}

TEST_CASE("nothing exceeds 1, one test stays as it is, and an exact difference stays exact") {
  CHECK(holm_correction(list{0.7, 0.9}) == list{1, 1});
  CHECK(holm_correction(list{0.3}) == list{0.3});
  CHECK(holm_correction(list{1, 0}) == list{1, 0});
  CHECK(holm_correction(list{}).empty());
}

}  // namespace holm_correction_tests
