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
using midscale::run_folders;
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
    write_text(page_template, "<title>@@TITLE@@</title><script>@@RUNS@@</script>@@RUNS@@");
  }
};

TEST_CASE("a run's folder has a report of that run, with all that its files say") {
  const folder_with_template folder;
  make_run(folder.path / "one", 7);
  const auto path = write_report(folder.path / "one", folder.page_template);
  CHECK(path == folder.path / "one" / "report.html");
  const std::string page = read_text(path);
  CHECK(page.starts_with("<title>relay-bandwidth</title>"));
  CHECK(page.ends_with("</script>@@RUNS@@"));
  const json runs = data_of(page)["runs"];
  REQUIRE(runs.size() == 1);
  CHECK(runs[0]["name"] == "one");
  for (const std::string each : {"summary", "parameters", "run", "measurements"})
    CHECK(runs[0][each] == json::parse(read_text(folder.path / "one" / (each + ".json"))));
}

TEST_CASE("a sweep's folder has a report of all that are finished, by name") {
  const folder_with_template folder;
  make_run(folder.path / "sweep" / "b", 2);
  make_run(folder.path / "sweep" / "a" / "deep", 1);
  make_run(folder.path / "sweep" / "c", 3);
  std::filesystem::remove(folder.path / "sweep" / "c" / "summary.json");
  const json runs = data_of(read_text(write_report(folder.path / "sweep", folder.page_template)))["runs"];
  REQUIRE(runs.size() == 2);
  CHECK(runs[0]["name"] == "a/deep");
  CHECK(runs[0]["summary"]["seed"] == 1);
  CHECK(runs[1]["name"] == "b");
}

TEST_CASE("what a run says cannot end the script or the title that it stands in") {
  const json runs = json::array({{{"name", "</script><b>&\\u003c"}}});
  const std::string page = page_of("<title>@@TITLE@@</title><script>@@RUNS@@</script>", runs, "a <b> & c");
  CHECK(page.starts_with("<title>a &lt;b> &amp; c</title>"));
  CHECK(data_of(page)["runs"] == runs);
}

TEST_CASE("what is missing or wrong is told in a sentence") {
  const folder_with_template folder;
  const std::string none = (folder.path / "none").string();
  CHECK_THROWS_WITH_AS((void)run_folders(none), (none + " cannot be read: No such file or directory").c_str(),
                       file_trouble);
  std::filesystem::create_directory(none);
  CHECK_THROWS_WITH_AS((void)run_folders(none),
                       (none + " holds no finished run: there is no summary.json").c_str(), file_trouble);
  make_run(none, 1);
  const std::string broken = none + "/run.json";
  write_text(broken, "{\"wall_s\": ");
  CHECK_THROWS_WITH_AS(write_report(none, folder.page_template), (broken + " is no JSON").c_str(),
                       file_trouble);
  std::filesystem::remove(broken);
  CHECK_THROWS_WITH_AS(write_report(none, folder.page_template),
                       (broken + " cannot be read: No such file or directory").c_str(), file_trouble);
  CHECK_THROWS_WITH_AS((void)page_of("no place", json::array(), "title"),
                       "the report's template has no @@TITLE@@", std::invalid_argument);
}

// What browser.mjs looks at. Without the folder's name there is nothing to write for.
TEST_CASE("pages of made-up runs, for the browser's test") {
  const char* const into = std::getenv("MIDSCALE_MADE_UP_REPORTS");
  const char* const page_template = std::getenv("MIDSCALE_REPORT_PAGE");
  CHECK((into == nullptr) == (page_template == nullptr));
  if (into == nullptr) return;
  const std::filesystem::path folder(into);
  std::filesystem::remove_all(folder);
  const std::vector<midscale::parameter_value> asked{
      {"rate", 1.0, "messages/s", "publications in the whole network"},
      {"size", 1'000, "bytes", "payload of a message"},
      {"duration", 600, "s", "how long is measured"},
      {"topology", "small_world", "", "how connections are chosen"},
      {"mesh_degree", 6, "neighbours", "D of GossipSub"},
      {"flood_publish", true, "", "a publisher sends to all its neighbours"}};
  const auto write = [&](const std::filesystem::path& where, const char* scenario, std::uint32_t nodes,
                         std::uint64_t seed) {
    std::filesystem::create_directories(folder / where);
    const midscale::measurements made = plausible_run(nodes, seed).made;
    midscale::write_run(folder / where, {scenario, nodes + 300, seed}, asked,
                        {12.5, 812.3, "0.1.0", midscale::this_machine()}, made);
  };
  write("one", "light-mix", 1'000, 7);
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const std::string name = "seed-" + std::to_string(seed);
    write("several/" + name, "relay-reliability", 200, seed);
  }
  std::filesystem::create_directories(folder / "bare");
  midscale::write_run(folder / "bare", {"nothing-happened", 0, 1}, {}, {}, {});
  for (const char* each : {"one", "several", "bare"}) {
    const auto path = write_report(folder / each, page_template);
    CHECK(std::filesystem::file_size(path) < 2'000'000);
  }
}

}  // namespace report_tests
