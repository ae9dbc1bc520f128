// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/command_line/list_command.hpp>
#include <midscale/command_line/report_command.hpp>
#include <midscale/command_line/run_command.hpp>
#include <midscale/command_line/topology_command.hpp>

#include "../results/folder_of_test.hpp"

namespace command_line_tests {

using namespace midscale;

const program_facts facts{"1.2.3", "benchmarks/midscale/scenario/files", "no/page.html"};

// As the shell has it, without the program's name.
template <class Command>
int run(Command& command, CLI::App& app, const std::string& words) {
  app.parse(words);
  REQUIRE(command.asked());
  return command.run();
}

TEST_CASE("a run leaves its folder, and several have one each") {
  const folder_of_test folder;
  CLI::App app;
  run_command command(app, facts);
  const std::string out = (folder.path / "one" / "deep").string();
  CHECK(run(command, app,
            "run relay-bandwidth --nodes 30 --set duration=5 --set warm_up=5 --set discv5=false --out " +
                out) == 0);
  const json summary = json::parse(read_text(folder.path / "one" / "deep" / "summary.json"));
  CHECK(summary["scenario"] == "relay-bandwidth");
  CHECK(summary["nodes"] == 30);
  CHECK(summary["simulated_s"] == 5);
  const json told = json::parse(read_text(folder.path / "one" / "deep" / "run.json"));
  CHECK(told["version"] == "1.2.3");
  CHECK(told["peak_rss_mb"] > 1);

  CLI::App again;
  run_command repeated(again, facts);
  CHECK(run(repeated, again,
            "run relay-bandwidth --nodes 30 --set duration=5 --set warm_up=5 --set discv5=false --seed 7 "
            "--repeat 2 --out " +
                folder.path.string()) == 0);
  CHECK(std::filesystem::exists(folder.path / "seed-7" / "summary.json"));
  CHECK(std::filesystem::exists(folder.path / "seed-8" / "summary.json"));

  CLI::App shadowed;
  run_command hidden(shadowed, facts);
  CHECK_THROWS_WITH_AS(run(hidden, shadowed, "run relay-bandwidth --nodes 30 --repeat 2 --out " + out),
                       (out + " holds a run of its own; name another folder").c_str(), std::invalid_argument);
}

TEST_CASE("what is wrong with a request is said before anything is run") {
  for (const auto& [words, sentence] : std::vector<std::pair<std::string, std::string>>{
           {"run relay-bandwith", "there is no scenario relay-bandwith; did you mean relay-bandwidth?"},
           {"run shards --set shads=3", "there is no parameter shads; did you mean shards?"},
           {"run shards --set shards=0", "shards cannot be '0': it is a number from 1 to 1024"},
           {"run light-mix --nodes 2", "2 nodes are too few for light-mix"}}) {
    CLI::App app;
    run_command command(app, facts);
    CHECK_THROWS_WITH_AS(run(command, app, words), sentence.c_str(), std::invalid_argument);
  }
  CLI::App app;
  run_command command(app, facts);
  CHECK_THROWS_WITH(app.parse("run shards --nodes many"), doctest::Contains("--nodes"));
}

TEST_CASE("a topology is written as a run reads it") {
  const folder_of_test folder;
  const std::string file = (folder.path / "graph.json").string();
  CLI::App app;
  topology_command command(app);
  CHECK(run(command, app, "topology --kind small_world --nodes 40 --degree 8 --regions --out " + file) == 0);
  const graph drawn = graph_from_json(read_text(file));
  CHECK(drawn.nodes == 40);
  CHECK(drawn.regions.size() == 40);
}

TEST_CASE("a configuration has the degrees of its file") {
  const folder_of_test folder;
  const std::string degrees = (folder.path / "degrees.txt").string();
  const std::string file = (folder.path / "graph.json").string();
  write_text(degrees, "2, 2\n1 1\n");
  CLI::App app;
  topology_command command(app);
  CHECK(run(command, app, "topology --kind configuration --degrees " + degrees + " --out " + file) == 0);
  CHECK(graph_from_json(read_text(file)).edges.size() == 3);
  CHECK(numbers_of("").empty());
  CHECK_THROWS_WITH_AS(static_cast<void>(numbers_of("3 x4")), "degrees: 'x4' is not a number of neighbours",
                       std::invalid_argument);
  CLI::App without;
  topology_command alone(without);
  CHECK_THROWS_AS(run(alone, without, "topology --kind configuration"), std::invalid_argument);
}

TEST_CASE("lists are of scenarios, of one scenario, and of parameters") {
  for (const std::string words : {"list", "list shards", "list --parameters"}) {
    CLI::App app;
    list_command command(app, facts);
    CHECK(run(command, app, words) == 0);
  }
}

TEST_CASE("without a page there is no report, and that is no failure") {
  const folder_of_test folder;
  CLI::App app;
  report_command command(app, facts);
  CHECK(run(command, app, "report " + folder.path.string()) == 0);
}

}  // namespace command_line_tests
