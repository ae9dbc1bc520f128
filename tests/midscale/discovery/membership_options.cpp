// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/membership_options.hpp>

#include <doctest/doctest.h>

namespace membership_options_tests {

using namespace midscale;

TEST_CASE("by default a node has room for all that the others dial") {
  const membership_options options;
  CHECK(options.dialled + options.accepted == 40);
  CHECK(options.accepted > options.dialled);
}

TEST_CASE("a degree is dialled in half, and accepting has room to spare") {
  CHECK(membership_options::of_degree(20).dialled == 10);
  CHECK(membership_options::of_degree(20).accepted == 21);
  CHECK(membership_options::of_degree(1).dialled == 1);
}

}  // namespace membership_options_tests
