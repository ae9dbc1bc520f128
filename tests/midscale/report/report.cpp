// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/report/report.hpp>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <midscale/results/run_folder.hpp>

#include "../results/folder_of_test.hpp"
#include "../results/small_run.hpp"
#include "plausible_run.hpp"

namespace report_tests {

using midscale::file_trouble;
using midscale::json;
using midscale::page_of;
using midscale::read_text;
using midscale::write_report;
using midscale::write_text;

void make_run(const std::filesystem::path& folder, std::uint64_t seed) {
  std::filesystem::create_directories(folder);
  midscale::write_run(folder, {"relay-bandwidth", 4, seed}, {}, {}, small_run());
}

// What the page's script reads.
json data_of(const std::string& page) {
  const std::string begin = "<script>";
  const auto at = page.find(begin) + begin.size();
  return json::parse(page.substr(at, page.find("</script>") - at));
}

struct folder_with_template : folder_of_test {
  std::filesystem::path page_template = path / "template.html";
  folder_with_template() {
    write_text(page_template, "<title>@@TITLE@@</title><script>@@DATA@@</script>@@DATA@@");
  }
};

TEST_CASE("a run's folder has a report of that run, with all that its files say") {
  const folder_with_template folder;
  make_run(folder.path / "one", 7);
  midscale::scenario known;
  known.name = "relay-bandwidth";
  known.title = "Relay bandwidth";
  const auto path = write_report(folder.path / "one", folder.page_template, {known});
  CHECK(path == folder.path / "one" / "report.html");
  const std::string page = read_text(path);
  CHECK(page.starts_with("<title>Relay bandwidth</title>"));
  CHECK(page.ends_with("</script>@@DATA@@"));
  const json studies = data_of(page)["studies"];
  REQUIRE(studies.size() == 1);
  CHECK(studies[0]["whole"]["name"] == "one");
  for (const std::string each : {"summary", "parameters", "run", "measurements"})
    CHECK(studies[0]["whole"][each] == midscale::read_json(folder.path / "one" / (each + ".json")));
}

TEST_CASE("a sweep's folder has a report of all that are finished, by name") {
  const folder_with_template folder;
  make_run(folder.path / "sweep" / "b", 2);
  make_run(folder.path / "sweep" / "a" / "deep", 1);
  make_run(folder.path / "sweep" / "c", 3);
  std::filesystem::remove(folder.path / "sweep" / "c" / "summary.json");
  const json page = data_of(read_text(write_report(folder.path / "sweep", folder.page_template, {})));
  const json runs = page["studies"][0]["runs"];
  REQUIRE(runs.size() == 2);
  CHECK(runs[0]["name"] == "a/deep");
  CHECK(runs[0]["summary"]["seed"] == 1);
  CHECK(runs[1]["name"] == "b");
}

TEST_CASE("where a comparison was left, the report is of it") {
  const folder_with_template folder;
  make_run(folder.path / "base", 1);
  write_text(folder.path / "comparison.json", R"({"differs": false})");
  const std::string page = read_text(write_report(folder.path, folder.page_template, {}));
  CHECK(page.starts_with("<title>The midscale lab</title>"));
  CHECK(data_of(page) == json{{"comparison", {{"differs", false}}}});
}

TEST_CASE("what a run says cannot end the script or the title that it stands in") {
  const json data = {{"studies", "</script><b>&\\u003c"}};
  const std::string page = page_of("<title>@@TITLE@@</title><script>@@DATA@@</script>", data, "a <b> & c");
  CHECK(page.starts_with("<title>a &lt;b> &amp; c</title>"));
  CHECK(data_of(page) == data);
}

TEST_CASE("what is missing or wrong is told in a sentence") {
  const folder_with_template folder;
  const std::string none = (folder.path / "none").string();
  std::filesystem::create_directory(none);
  CHECK_THROWS_WITH_AS(write_report(none, folder.page_template, {}),
                       (none + " holds no finished run: there is no summary.json").c_str(), file_trouble);
  make_run(none, 1);
  const std::string broken = none + "/run.json";
  write_text(broken, "{\"wall_s\": ");
  CHECK_THROWS_WITH_AS(write_report(none, folder.page_template, {}), (broken + " is no JSON").c_str(),
                       file_trouble);
  std::filesystem::remove(broken);
  CHECK_THROWS_WITH_AS(write_report(none, folder.page_template, {}),
                       (broken + " cannot be read: No such file or directory").c_str(), file_trouble);
  CHECK_THROWS_WITH_AS((void)page_of("no place", json::array(), "title"),
                       "the report's template has no @@TITLE@@", std::invalid_argument);
}

json compared(const char* metric, double base, double difference, double chance, bool significant) {
  return {{"metric", metric},
          {"base", {{"mean", base}, {"values", {base}}}},
          {"new", {{"mean", base + difference}, {"values", {base + difference}}}},
          {"difference", difference},
          {"between", {difference - chance, difference + chance}},
          {"p", significant ? 0.0001 : 0.3},
          {"corrected_p", significant ? 0.004 : 1.0},
          {"significant", significant}};
}

// As midscale compare leaves it.
json made_up_comparison() {
  json made{{"differs", true}, {"groups", json::array()}};
  for (const char* name : {"relay-bandwidth", "shards churn=0.2"})
    made["groups"].push_back(
        {{"name", name},
         {"base_seeds", {1, 2, 3}},
         {"new_seeds", {4, 5, 6}},
         {"metrics",
          {compared("relay_in_kBps", 10.1, 2.4, 0.3, true), compared("latency_ms.p50", 260, -4, 9, false),
           compared("delivered", 1, 0, 0, false), compared("told.query_p99_ms", 80, 90, 4, true)}}});
  made["remarks"] = {"only the base has runs of shards churn=0.4"};
  return made;
}

// Writes made-up runs of a scenario below a folder, with what is varied.
class made_up_runs {
 public:
  explicit made_up_runs(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::remove_all(folder_);
  }

  void write(const std::filesystem::path& where, const char* scenario, std::uint32_t nodes,
             std::uint64_t seed, double churn = 0.1, double link_churn = 0) const {
    const std::vector<midscale::parameter_value> asked{
        {"rate", 1.0, "messages/s", "publications in the whole network"},
        {"size", 1'000, "bytes", "payload of a message"},
        {"topology", "small_world", "", "how connections are chosen"},
        {"flood_publish", true, "", "a publisher sends to all its neighbours"},
        {"churn", churn, "share", "of relays and lights that are away at any time"},
        {"link_churn", link_churn, "share", "of links of lights that are down at any time"}};
    std::filesystem::create_directories(folder_ / where);
    midscale::write_run(folder_ / where, {scenario, nodes + 300, seed}, asked,
                        {12.5, 812.3, "0.1.0", midscale::this_machine()},
                        plausible_run(nodes, seed, churn + link_churn / 4).made);
  }
  void sweep(const std::filesystem::path& where, const char* scenario, std::vector<double> link_churns,
             std::uint64_t seeds) const {
    for (const double churn : {0.0, 0.1, 0.2, 0.4})
      for (const double link_churn : link_churns)
        for (std::uint64_t seed = 1; seed <= seeds; ++seed)
          write(where / ("churn=" + std::to_string(churn) + ",link_churn=" + std::to_string(link_churn)) /
                    ("seed-" + std::to_string(seed)),
                scenario, 40, seed, churn, link_churn);
  }

 private:
  std::filesystem::path folder_;
};

// What browser.mjs looks at. Without the folder's name there is nothing to write for.
TEST_CASE("pages of made-up runs, for the browser's test") {
  const char* const into = std::getenv("MIDSCALE_MADE_UP_REPORTS");
  const char* const page_template = std::getenv("MIDSCALE_REPORT_PAGE");
  CHECK((into == nullptr) == (page_template == nullptr));
  if (into == nullptr) return;
  const std::filesystem::path folder(into);
  const made_up_runs runs(folder);
  runs.write("one", "light-mix", 1'000, 7);
  for (const std::uint64_t seed : {1U, 2U, 3U})
    runs.write("seeds/seed-" + std::to_string(seed), "relay-reliability", 100, seed);
  runs.sweep("sweep", "light-mix", {0, 0.4}, 2);
  runs.write("lab/relay-bandwidth", "relay-bandwidth", 60, 1);
  runs.sweep("lab/light-mix", "light-mix", {0}, 2);
  for (const std::uint64_t seed : {1U, 2U}) runs.write("lab/own/" + std::to_string(seed), "own", 100, seed);
  write_text(folder / "lab" / "findings.json",
             R"({"light-mix": ["With all strategies nothing is missed."]})");
  std::filesystem::create_directories(folder / "bare");
  midscale::write_run(folder / "bare", {"nothing-happened", 0, 1}, {}, {}, {});
  std::vector<midscale::scenario> known(2);
  known[0].name = "relay-bandwidth";
  known[0].title = "Relay bandwidth";
  known[1].name = "light-mix";
  known[1].title = "Few services, some relays, many light nodes";
  known[1].question = "What do relay and light nodes get while nodes come and go?";
  std::filesystem::create_directories(folder / "compared");
  write_text(folder / "compared" / "comparison.json", made_up_comparison().dump());
  for (const char* each : {"one", "seeds", "sweep", "lab", "bare", "compared"}) {
    const auto path = write_report(folder / each, page_template, known);
    CHECK(std::filesystem::file_size(path) < 1'500'000);
  }
}

}  // namespace report_tests
