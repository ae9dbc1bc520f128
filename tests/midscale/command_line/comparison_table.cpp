// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/command_line/comparison_table.hpp>

#include <doctest/doctest.h>

namespace comparison_table_tests {

using midscale::folder_comparison;
using midscale::json;

folder_comparison of_two_metrics() {
  folder_comparison made;
  made.groups.push_back({.name = "shards x=1",
                         .base_seeds = {1, 2},
                         .new_seeds = {3, 4, 5},
                         .base = {{"delivered", {1, 1}}, {"kBps", {9, 11}}},
                         .changed = {{"delivered", {1, 1, 1}}, {"kBps", {10, 11, 12}}}});
  made.found.rows = {{"shards x=1 / delivered", 1, 1, 0, {0, 0}, 1, 1, false},
                     {"shards x=1 / kBps", 10, 11, 1, {0.5, 1.5}, 0.0012, 0.0024, true}};
  made.remarks = {"only the base has runs of shards x=2"};
  return made;
}

TEST_CASE("a comparison as a table") {
  CHECK(table_of(of_two_metrics()) ==
        "shards x=1: 2 seeds of the base, 3 of the new version\n"
        "metric                  base  new  change    difference, 95 % interval  corrected p  verdict\n"
        "shards x=1 / delivered  1     1    +0.00 %   0 (0 to 0)                 1\n"
        "shards x=1 / kBps       10    11   +10.00 %  1 (0.5 to 1.5)             0.0024       differs\n"
        "only the base has runs of shards x=2\n"
        "2 metrics compared, 1 differs significantly\n");
}

TEST_CASE("a comparison as a file") {
  const json made = json_of(of_two_metrics());
  CHECK(made["differs"] == true);
  CHECK(made["remarks"].size() == 1);
  REQUIRE(made["groups"].size() == 1);
  CHECK(made["groups"][0]["name"] == "shards x=1");
  CHECK(made["groups"][0]["base_seeds"] == json{1, 2});
  REQUIRE(made["groups"][0]["metrics"].size() == 2);
  CHECK(made["groups"][0]["metrics"][1] == json::parse(R"({"metric": "kBps",
      "base": {"mean": 10.0, "values": [9.0, 11.0]}, "new": {"mean": 11.0, "values": [10.0, 11.0, 12.0]},
      "difference": 1.0, "between": [0.5, 1.5], "p": 0.0012, "corrected_p": 0.0024, "significant": true})"));
}

}  // namespace comparison_table_tests
