// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/scenario/scenario_file.hpp>

#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

namespace scenario_file_tests {

using namespace midscale;

const std::filesystem::path shipped = "benchmarks/midscale/scenario/files";

std::string refusal(const std::string& text) {
  try {
    static_cast<void>(scenario_from_json("own", text));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a scenario is its parameters and those that it varies") {
  const scenario read = scenario_from_json(
      "own",
      R"({"title": "T", "question": "Q?", "parameters": {"rate": 2.5, "discv5": false, "topology": "small_world"},
                 "sweep": {"churn": [0, 0.2], "shard_peers": [true, false]}})");
  CHECK(read.title == "T");
  CHECK(read.question == "Q?");
  CHECK(read.values.scenario == "own");
  CHECK(read.values.rate == 2.5);
  CHECK_FALSE(read.values.discv5);
  CHECK(read.values.topology == "small_world");
  REQUIRE(read.sweep.size() == 2);
  CHECK(read.sweep[0] == swept_parameter{"churn", {"0", "0.2"}});
  CHECK(read.sweep[1] == swept_parameter{"shard_peers", {"true", "false"}});
  CHECK(scenario_from_json("own", "{}").title == "own");
}

TEST_CASE("what is wrong in a scenario is named") {
  CHECK(refusal("[]") == "the scenario own is no JSON object");
  CHECK(refusal("{") == "the scenario own is no JSON object");
  CHECK(refusal(R"({"sweeps": {}})") == "the scenario own has sweeps; did you mean sweep?");
  CHECK(refusal(R"({"title": 3})") == "the scenario own has a title that is no text");
  CHECK(refusal(R"({"place": "first"})") == "the scenario own has a place that is no number");
  CHECK(refusal(R"({"parameters": []})") == "the scenario own has a parameters that is no object");
  CHECK(refusal(R"({"parameters": {"raet": 1}})") == "there is no parameter raet; did you mean rate?");
  CHECK(refusal(R"({"sweep": {"churn": []}})") == "the scenario own sweeps churn over no list of values");
  CHECK(refusal(R"({"sweep": {"churn": [2]}})") == "churn cannot be '2': it is a number from 0 to 0.95");
}

TEST_CASE("the ten studies and the theory beside them are there, in the order of their plan") {
  std::string names;
  for (const scenario& each : scenarios_in(shipped)) {
    names += each.name + " ";
    CHECK(each.question.ends_with("?"));
    CHECK_FALSE(each.sweep.empty());
  }
  CHECK(names ==
        "relay-bandwidth relay-reliability discv5-usage store-at-scale relay-store-offline heterogeneous "
        "shards "
        "filter-lightpush peer-exchange light-mix theory ");
}

TEST_CASE("a scenario is found by its name or its file, and a wrong name is told the nearest") {
  CHECK(find_scenario(shipped, "shards").values.scenario == "shards");
  CHECK(find_scenario(shipped, (shipped / "shards.json").string()) == find_scenario(shipped, "shards"));
  CHECK_THROWS_WITH_AS(static_cast<void>(find_scenario(shipped, "light-mx")),
                       "there is no scenario light-mx; did you mean light-mix?", std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(find_scenario(shipped, "none.json")), file_trouble);
  CHECK_THROWS_AS(static_cast<void>(scenarios_in("no/such/folder")), file_trouble);
}

}  // namespace scenario_file_tests
