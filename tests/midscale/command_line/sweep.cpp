// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/command_line/sweep.hpp>

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "../results/folder_of_test.hpp"
#include "made_up_run.hpp"

namespace sweep_tests {

using midscale::json;
using midscale::parameters;
using midscale::read_text;
using midscale::run_progress;
using midscale::sweep_into;
using midscale::sweep_request;

struct swept : folder_of_test {
  std::filesystem::path sweep = path / "sweep";
  int code = -1;

  /// Gives what was told.
  std::string run(const sweep_request& asked, const midscale::make_run& make = made_up_run) {
    const auto told = path / "told";
    std::FILE* const to = std::fopen(told.c_str(), "wb");
    code = sweep_into(sweep, asked, make, to);
    std::fclose(to);
    return read_text(told);
  }
  [[nodiscard]] std::string last_line(const std::string& told) const {
    const std::size_t end = told.rfind('\n', told.size() - 2);
    return told.substr(end == std::string::npos ? 0 : end + 1);
  }
};

const sweep_request four{.swept = {{"shards", {"1", "8"}}}, .repeat = 2};

TEST_CASE("a sweep leaves a folder of each run, and all summaries in the plan's order") {
  swept here;
  const std::string told = here.run(four);
  CHECK(here.code == 0);
  CHECK(here.last_line(told) == "all 4 runs are in " + here.sweep.string() + "\n");
  const json all = json::parse(read_text(here.sweep / "summaries.json"));
  REQUIRE(all.size() == 4);
  CHECK(all[1]["run"] == "shards=1/seed-2");
  for (const json& each : all)
    CHECK(each["summary"] ==
          json::parse(read_text(here.sweep / each["run"].get<std::string>() / "summary.json")));
}

TEST_CASE("a sweep that was interrupted goes on where it was, and ends the same") {
  swept whole;
  (void)whole.run(four);
  swept here;
  const std::string told =
      here.run(four, [](const auto& folder, const parameters& of, const run_progress& done) {
        if (of.shards == 8) throw std::runtime_error("the power is off");
        made_up_run(folder, of, done);
      });
  CHECK(here.code == 1);
  CHECK(told.find("shards=8/seed-1 failed: the power is off\n") != std::string::npos);
  CHECK(here.last_line(told) == "2 of 4 runs are missing; the same command makes them again\n");
  CHECK_FALSE(std::filesystem::exists(here.sweep / "summaries.json"));
  (void)here.run(four, [](const auto& folder, const parameters& of, const run_progress& done) {
    if (of.shards == 1) throw std::logic_error("it is finished");
    made_up_run(folder, of, done);
  });
  CHECK(here.code == 0);
  CHECK(read_text(here.sweep / "summaries.json") == read_text(whole.sweep / "summaries.json"));
}

TEST_CASE("a run that fails costs no other one") {
  swept here;
  const std::string told = here.run({.base = {}, .swept = {{"rate", {"12", "13", "14"}}}});
  CHECK(here.code == 1);
  CHECK(told.find("rate=13/seed-1 failed: 13 is no good\n1 of 3 runs are missing") != std::string::npos);
  CHECK(std::filesystem::exists(here.sweep / "rate=14/seed-1/summary.json"));
}

TEST_CASE("what another process makes is not made here") {
  swept here;
  const auto plan = plan_of(four);
  midscale::sweep_folder folder(here.sweep);
  folder.begin(json_of(four));
  REQUIRE(folder.claim(2));
  midscale::sweep part(folder, plan, made_up_run, nullptr);
  part.run();
  for (std::size_t at = 0; at < plan.size(); ++at) CHECK(folder.finished(plan[at].folder) == (at != 2));
  CHECK_FALSE(part.end());
}

TEST_CASE("what cannot be swept is refused, and makes no run") {
  swept here;
  CHECK_THROWS_WITH_AS((void)here.run({.base = {}, .swept = {{"chrun", {"1"}}}}),
                       "there is no parameter chrun; did you mean churn?", std::invalid_argument);
  CHECK_FALSE(std::filesystem::exists(here.sweep));
}

}  // namespace sweep_tests
