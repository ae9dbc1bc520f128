// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/scenario/nearest_name.hpp>

#include <doctest/doctest.h>

namespace nearest_name_tests {

using midscale::distance_of;
using midscale::nearest_name;

TEST_CASE("each change, addition, loss and swap counts once") {
  CHECK(distance_of("", "") == 0);
  CHECK(distance_of("", "rate") == 4);
  CHECK(distance_of("nodes", "nodes") == 0);
  CHECK(distance_of("node", "nodes") == 1);
  CHECK(distance_of("nodses", "nodes") == 1);
  CHECK(distance_of("nobes", "nodes") == 1);
  CHECK(distance_of("ndoes", "nodes") == 1);
  CHECK(distance_of("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name is what was most likely meant") {
  CHECK(nearest_name("nodse", {"rate", "nodes", "services"}) == "nodes");
  CHECK(nearest_name("raet", {"rate", "nodes"}) == "rate");
  CHECK(nearest_name("x", {"first", "first too"}) == "first");
  CHECK(nearest_name("x", {}).empty());
}

}  // namespace nearest_name_tests
