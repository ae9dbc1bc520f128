// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/workload/trace.hpp>

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <midscale/results/tables.hpp>
#include <midscale/results/text_file.hpp>

#include "../results/folder_of_test.hpp"

namespace trace_tests {

using midscale::publication;
using midscale::trace_from_csv;
using namespace std::chrono_literals;

TEST_CASE("lines come by time, those of one moment in their order, whatever the order of columns") {
  const std::vector<publication> made =
      trace_from_csv("node,bytes,at_us,shard\n3,100,2000000,1\n4,200,5,0\r\n5,300,2000000,1\n", 10, 2);
  REQUIRE(made.size() == 3);
  CHECK(made[0].at == 5us);
  CHECK(made[0].node == 4);
  CHECK(made[0].shard == 0);
  CHECK(made[0].bytes == 200);
  CHECK(made[1].at == 2s);
  CHECK(made[1].node == 3);
  CHECK(made[1].shard == 1);
  CHECK(made[2].node == 5);
  CHECK(made[2].bytes == 300);
}

TEST_CASE("names alone are a trace of nothing, and the last line needs no end") {
  CHECK(trace_from_csv("at_us,node,shard,bytes\n", 1, 1).empty());
  CHECK(trace_from_csv("at_us,node,shard,bytes\n0,0,0,0", 1, 1).size() == 1);
}

TEST_CASE("what a run sent is a trace") {
  const folder_of_test folder;
  const std::vector<publication> sent{{1s, 3, 1, 1'000}, {1'500us, 2, 0, 149'999}, {2h, 0, 1, 1}};
  midscale::write_sent(folder.path / "sent.csv", sent);
  const std::vector<publication> read = trace_from_csv(midscale::read_text(folder.path / "sent.csv"), 4, 2);
  REQUIRE(read.size() == 3);
  const std::vector<publication> by_time{sent[1], sent[0], sent[2]};
  for (std::size_t place = 0; place < read.size(); ++place) {
    CHECK(read[place].at == by_time[place].at);
    CHECK(read[place].node == by_time[place].node);
    CHECK(read[place].shard == by_time[place].shard);
    CHECK(read[place].bytes == by_time[place].bytes);
  }
}

TEST_CASE("whatever is wrong is named with its line and field") {
  const auto refuses = [](const std::string& text, const std::string& sentence) {
    CHECK_THROWS_WITH_AS((void)trace_from_csv(text, 10, 2), ("the trace, " + sentence).c_str(),
                         std::invalid_argument);
  };
  const std::string names = "at_us,node,shard,bytes\n";
  refuses("", "line 1: it is missing; give the names at_us,node,shard,bytes");
  refuses("at_us,node,bytes\n", "line 1: there is no column shard");
  refuses("0,0,0,0\n", "line 1: there is no column at_us");
  refuses("at_us,node,shard,bytes,colour\n",
          "line 1: the column colour is not known; known are message,at_us,node,shard,bytes");
  refuses("at_us,node,shard,bytes,node\n", "line 1: there are two columns node");
  refuses(names + "0,0,0\n", "line 2: number of fields: 3, and in the first line 4");
  refuses(names + "0,0,0,0\n\n", "line 3: number of fields: 1, and in the first line 4");
  refuses(names + "0,0,0,0\n1,10,0,5\n", "line 3: node: '10' is not a whole number below 10");
  refuses(names + "1,1,2,5\n", "line 2: shard: '2' is not a whole number below 2");
  refuses(names + "1,1,1,150001\n", "line 2: bytes: '150001' is not a whole number below 150001");
  refuses(names + "1,1,1,1e3\n", "line 2: bytes: '1e3' is not a whole number below 150001");
  refuses(names + "-1,1,1,1\n", "line 2: at_us: '-1' is not a whole number below 9223372036854775");
  refuses(names + "99999999999999999999,1,1,1\n",
          "line 2: at_us: '99999999999999999999' is not a whole number below 9223372036854775");
  refuses(names + " 1,1,1,1\n", "line 2: at_us: ' 1' is not a whole number below 9223372036854775");
  refuses(names + "1,\"1\",1,1\n", "line 2: node: '\"1\"' is not a whole number below 10");
}

}  // namespace trace_tests
