// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/command_line/progress_line.hpp>

#include <doctest/doctest.h>

namespace progress_line_tests {

using midscale::length_for_people;

TEST_CASE("a length of time is told in two units at most") {
  CHECK(length_for_people(0) == "0 s");
  CHECK(length_for_people(59.4) == "59 s");
  CHECK(length_for_people(59.6) == "1 min 0 s");
  CHECK(length_for_people(200) == "3 min 20 s");
  CHECK(length_for_people(7'500) == "2 h 5 min");
}

}  // namespace progress_line_tests
