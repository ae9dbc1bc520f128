// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/statistics/moments.hpp>

#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

namespace moments_tests {

using doctest::Approx;
using midscale::moments;
using midscale::moments_of;
using list = std::vector<double>;

TEST_CASE("mean and variance, by hand") {
  // 2, 4, 4, 4, 5, 5, 7, 9: the mean is 5, squares apart 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 7.
  const moments found = moments_of(list{2, 4, 4, 4, 5, 5, 7, 9});
  CHECK(found.count == 8);
  CHECK(found.mean == Approx(5));
  CHECK(found.variance == Approx(32.0 / 7));
}

TEST_CASE("equal values have no variance at all, though their sum is rounded") {
  for (const double value : {0.1, 1.0 / 3, 1e300, -7.7}) {
    const moments found = moments_of(list(7, value));
    CHECK(found.mean == value);
    CHECK(found.variance == 0);
  }
}

TEST_CASE("a small spread far from zero is kept") {
  // 1e9 + (1, 2, 3): squares apart 1 + 0 + 1, over 2.
  CHECK(moments_of(list{1e9 + 1, 1e9 + 2, 1e9 + 3}).variance == 1);
}

TEST_CASE("one value has no variance, and none no mean") {
  CHECK(moments_of(list{3}).mean == 3);
  CHECK(moments_of(list{3}).variance == 0);
  CHECK_THROWS_WITH_AS((void)moments_of(list{}), "values: there are none", std::invalid_argument);
}

}  // namespace moments_tests
