// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/neighbour_lists.hpp>

#include <doctest/doctest.h>

namespace neighbour_lists_tests {

TEST_CASE("two nodes connect once, no node connects to itself, and what is cut can be connected again") {
  midscale::neighbour_lists lists(4);
  CHECK_FALSE(lists.can_connect(2, 2));
  CHECK(lists.can_connect(0, 1));
  lists.connect(0, 1);
  lists.connect(0, 2);
  lists.connect(3, 0);
  // From either side, whichever list is the shorter one.
  CHECK_FALSE(lists.can_connect(0, 1));
  CHECK_FALSE(lists.can_connect(1, 0));
  CHECK(lists.can_connect(1, 2));
  CHECK(lists.degree(0) == 3);
  CHECK(lists.degree(1) == 1);
  lists.disconnect(1, 0);
  CHECK(lists.can_connect(0, 1));
  CHECK_FALSE(lists.can_connect(0, 2));
  CHECK_FALSE(lists.can_connect(0, 3));
  CHECK(lists.degree(0) == 2);
  CHECK(lists.degree(1) == 0);
}

}  // namespace neighbour_lists_tests
