// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/command_line/progress_line.hpp>

#include <cstdio>

#include <doctest/doctest.h>
#include <midscale/results/text_file.hpp>

#include "../results/folder_of_test.hpp"

namespace progress_line_tests {

using midscale::length_for_people;
using midscale::progress_line;

TEST_CASE("a length of time is told in two units at most") {
  CHECK(length_for_people(0) == "0 s");
  CHECK(length_for_people(59.4) == "59 s");
  CHECK(length_for_people(59.6) == "1 min 0 s");
  CHECK(length_for_people(200) == "3 min 20 s");
  CHECK(length_for_people(7'500) == "2 h 5 min");
}

TEST_CASE("a file gets a line at each tenth, with the time that is left of what is not yet done") {
  const folder_of_test folder;
  const auto path = folder.path / "told";
  std::FILE* const to = std::fopen(path.c_str(), "wb");
  double clock = 100;
  {
    progress_line told("a sweep", 0.2, to, [&clock] { return clock; });
    CHECK_FALSE(told.due());
    clock += 10;
    CHECK(told.due());
    told.show(0.2);
    told.show(0.3);
    CHECK_FALSE(told.due());
    told.show(0.4);
    told.tell("one failed");
    clock += 30;
    told.rename("the sweep");
    told.show(0.6);
  }
  std::fclose(to);
  CHECK(midscale::read_text(path) ==
        "a sweep: 30 %, 1 min 10 s left\none failed\nthe sweep: 60 %, 40 s left\n");
}

}  // namespace progress_line_tests
