// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/command_line/sweep_plan.hpp>

#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace sweep_plan_tests {

using midscale::plan_of;
using midscale::planned_run;
using midscale::sweep_request;
using midscale::swept_from;
using midscale::swept_parameter;

midscale::parameters of_shards(std::uint64_t seed) {
  midscale::parameters made;
  made.scenario = "shards";
  made.seed = seed;
  return made;
}

std::string folders(const std::vector<planned_run>& plan) {
  std::string joined;
  for (const planned_run& each : plan) joined += each.folder.generic_string() + "\n";
  return joined;
}

TEST_CASE("a sweep makes every combination, and of each all seeds") {
  const sweep_request asked{
      .base = of_shards(3), .swept = {{"churn", {"0", "0.20"}}, {"shards", {"1", "8"}}}, .repeat = 2};
  const std::vector<planned_run> plan = plan_of(asked);
  CHECK(folders(plan) ==
        "churn=0,shards=1/seed-3\nchurn=0,shards=1/seed-4\n"
        "churn=0,shards=8/seed-3\nchurn=0,shards=8/seed-4\n"
        "churn=0.2,shards=1/seed-3\nchurn=0.2,shards=1/seed-4\n"
        "churn=0.2,shards=8/seed-3\nchurn=0.2,shards=8/seed-4\n");
  midscale::parameters last = of_shards(4);
  last.churn = 0.2;
  last.shards = 8;
  CHECK(plan.back().values == last);
}

TEST_CASE("a sweep over nothing is of its seeds") {
  CHECK(folders(plan_of({.base = {}, .swept = {}, .repeat = 2})) == "seed-1\nseed-2\n");
}

TEST_CASE("the number of nodes can be swept, and comes before what is a part of it") {
  const std::vector<planned_run> plan =
      plan_of({.base = {}, .swept = {{"nodes", {"10", "20"}}, {"lights", {"7"}}}});
  CHECK(folders(plan) == "nodes=10,lights=7/seed-1\nnodes=20,lights=7/seed-1\n");
  CHECK(plan[0].values.relays == 10);
  CHECK(plan[1].values.relays == 20);
  CHECK(plan[1].values.lights == 7);
}

TEST_CASE("a file that is swept gives its run a folder within the sweep") {
  const std::vector<planned_run> plan =
      plan_of({.base = {}, .swept = {{"graph", {"../../a/b.json", "..%2F..%2Fa/b.json"}}}});
  CHECK(folders(plan) == "graph=..%2F..%2Fa%2Fb.json/seed-1\ngraph=..%252F..%252Fa%2Fb.json/seed-1\n");
  CHECK(plan[0].values.graph == "../../a/b.json");
}

TEST_CASE("values are told as name=value,value") {
  CHECK(swept_from("churn=0,0.2") == swept_parameter{"churn", {"0", "0.2"}});
  CHECK(swept_from("workload=status") == swept_parameter{"workload", {"status"}});
  for (const char* wrong : {"churn", "=1", "churn="}) {
    CAPTURE(wrong);
    CHECK_THROWS_WITH_AS((void)swept_from(wrong),
                         ("'" + std::string(wrong) + "' sweeps nothing: write name=value,value").c_str(),
                         std::invalid_argument);
  }
}

TEST_CASE("what cannot be swept is refused in a sentence") {
  const auto refused = [](const std::vector<swept_parameter>& swept,
                          std::uint64_t repeat = 1) -> std::string {
    try {
      (void)plan_of({.base = {}, .swept = swept, .repeat = repeat});
    } catch (const std::invalid_argument& wrong) {
      return wrong.what();
    }
    return "";
  };
  CHECK(refused({{"chrun", {"1"}}}) == "there is no parameter chrun; did you mean churn?");
  CHECK(refused({{"churn", {"0.1", "2"}}}) == "churn cannot be '2': it is a number from 0 to 0.95");
  CHECK(refused({{"churn", {"0.1", ""}}}) == "churn cannot be '': it is a number from 0 to 0.95");
  CHECK(refused({{"churn", {"0.1", "0.10"}}}) == "churn has the value 0.10 twice");
  CHECK(refused({{"nodes", {"1.5"}}}) == "nodes cannot be '1.5': it is a whole number from 1 to 1000000");
  CHECK(refused({{"churn", {"0"}}, {"churn", {"0.1"}}}) == "churn is swept twice");
  CHECK(refused({{"churn", {"0"}}, {"nodes", {"9"}}}) == "nodes has to be the first parameter that is swept");
  CHECK(refused({}, 0) == "repeat cannot be 0: there would be no run");
  CHECK(refused({{"churn", {"0", "0.1"}}}, 50'001) == "the sweep is of more than 100000 runs");
}

TEST_CASE("the plan as a file holds all that its runs depend on") {
  const auto told = json_of(
      sweep_request{.base = of_shards(1), .swept = {{"shards", {"1", "2"}}}, .repeat = 5, .version = "0.1"});
  CHECK(told["scenario"] == "shards");
  CHECK(told["version"] == "0.1");
  CHECK(told["seed"] == 1);
  CHECK(told["repeat"] == 5);
  CHECK(told["sweep"] == midscale::json::parse(R"([{"name": "shards", "values": ["1", "2"]}])"));
  CHECK(told["values"]["degree"] == midscale::parameters{}.degree);
}

}  // namespace sweep_plan_tests
