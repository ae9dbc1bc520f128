// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/report/studies.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/results/run_folder.hpp>

#include "../results/folder_of_test.hpp"
#include "../results/small_run.hpp"

namespace studies_tests {

using namespace midscale;

struct folder_of_runs : folder_of_test {
  std::vector<std::filesystem::path> runs;

  // Of two receipts in the summary none comes where `lost`.
  void add(const std::string& name, const std::string& scenario, std::uint64_t seed, double rate,
           bool lost = false) {
    measurements made = small_run();
    if (lost) made.seconds[7].delivered = 0;
    made.told = {{"query_ms", rate, "ms", "of a store"}};
    std::filesystem::create_directories(path / name);
    write_run(path / name, {scenario, 4, seed},
              {{"rate", rate, "messages/s", "publications"}, {"size", 1'000, "bytes", "payload"}},
              {2.5, 30, "0.1.0", {}}, made);
    runs.push_back(path / name);
  }
};

scenario named(const std::string& name, std::uint32_t place) {
  scenario made;
  made.name = name;
  made.place = place;
  made.title = "Title of " + name;
  made.question = "What of " + name + "?";
  return made;
}

TEST_CASE("runs stand by scenario, known ones in their order with title and question, others after them") {
  folder_of_runs folder;
  folder.add("a", "own", 1, 1);
  folder.add("b/seed-1", "shards", 1, 1);
  folder.add("c", "relay-bandwidth", 1, 1);
  folder.add("b/seed-2", "shards", 2, 1);
  const json studies = studies_of(folder.path, folder.runs,
                                  {named("relay-bandwidth", 1), named("theory", 2), named("shards", 7)});
  REQUIRE(studies.size() == 3);
  CHECK(studies[0]["scenario"] == "relay-bandwidth");
  CHECK(studies[0]["title"] == "Title of relay-bandwidth");
  CHECK(studies[0]["question"] == "What of relay-bandwidth?");
  CHECK(studies[1]["scenario"] == "shards");
  REQUIRE(studies[1]["runs"].size() == 2);
  CHECK(studies[1]["runs"][1]["name"] == "b/seed-2");
  CHECK(studies[1]["runs"][1]["summary"] == read_json(folder.path / "b/seed-2/summary.json"));
  CHECK(studies[2]["scenario"] == "own");
  CHECK(studies[2]["title"] == "own");
  CHECK(studies[2]["question"] == "");
}

TEST_CASE(
    "of several runs each has what differs, its rates in the mean and its cost; the parameters stand once") {
  folder_of_runs folder;
  folder.add("a", "shards", 1, 1);
  folder.add("b", "shards", 2, 5);
  const json study = studies_of(folder.path, folder.runs, {})[0];
  CHECK(study["parameters"]["values"] == json{{"rate", 1.0}, {"size", 1'000}});
  CHECK(study["runs"][0]["values"] == json::object());
  CHECK(study["runs"][1]["values"] == json{{"rate", 5.0}});
  CHECK(study["told"]["query_ms"] == json{{"name", "query_ms"}, {"unit", "ms"}, {"meaning", "of a store"}});
  // 10,000 bytes a second of 4 nodes, in one second of 10 of 3.
  CHECK(study["runs"][0]["rates_kBps"]["relay"] == json{2.583, 2.325});
  CHECK(study["runs"][0]["wall_s"] == 2.5);
  CHECK(study["runs"][0]["peak_rss_mb"] == 30);
  CHECK_FALSE(study["runs"][0].contains("measurements"));
}

TEST_CASE("the run that delivered least is there as a whole") {
  folder_of_runs folder;
  folder.add("a", "shards", 1, 1);
  folder.add("b", "shards", 2, 1, true);
  folder.add("c", "shards", 3, 1, true);
  const json study = studies_of(folder.path, folder.runs, {})[0];
  CHECK(study["whole"]["name"] == "b");
  for (const std::string each : {"summary", "parameters", "run", "measurements"})
    CHECK(study["whole"][each] == read_json(folder.path / "b" / (each + ".json")));
}

TEST_CASE("findings are sentences by scenario, of whoever wrote them") {
  folder_of_runs folder;
  folder.add("a", "shards", 1, 1);
  CHECK(studies_of(folder.path, folder.runs, {})[0]["findings"] == json::array());
  write_text(folder.path / "findings.json", R"({"shards": ["One.", "Two."], "theory": []})");
  CHECK(studies_of(folder.path, folder.runs, {})[0]["findings"] == json{"One.", "Two."});
  for (const char* wrong : {"[]", R"({"shards": "One."})", R"({"shards": [1]})"}) {
    write_text(folder.path / "findings.json", wrong);
    CHECK_THROWS_WITH_AS((void)studies_of(folder.path, folder.runs, {}),
                         ((folder.path / "findings.json").string() +
                          " is no object of scenarios, each with a list of sentences")
                             .c_str(),
                         file_trouble);
  }
}

}  // namespace studies_tests
