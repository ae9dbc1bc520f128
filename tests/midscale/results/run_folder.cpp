// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/run_folder.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "folder_of_test.hpp"
#include "small_run.hpp"

namespace run_folder_tests {

using midscale::json;

const midscale::run_request request{"relay-bandwidth", 4, 9};
const std::vector<midscale::parameter_value> asked{
    {"rate", 0.2, "messages/s", "publications in the whole network"},
    {"topology", "ring", "", ""},
    {"flood_publish", true, "", ""}};

midscale::run_cost cost() { return {1.23456, 45.67, "0.1.0", {"a processor", 2, "Linux", "g++ 12"}}; }

TEST_CASE("a run leaves its six files") {
  const folder_of_test folder;
  midscale::write_run(folder.path, request, asked, cost(), small_run());
  CHECK(folder.names() == "measurements.json parameters.json received.csv run.json sent.csv summary.json");
  CHECK(midscale::read_text(folder.path / "parameters.json") == R"({
  "scenario": "relay-bandwidth",
  "nodes": 4,
  "seed": 9,
  "values": {
    "rate": 0.2,
    "topology": "ring",
    "flood_publish": true
  },
  "units": {
    "rate": "messages/s"
  },
  "meanings": {
    "rate": "publications in the whole network"
  }
}
)");
  CHECK(midscale::read_text(folder.path / "run.json") == R"({
  "wall_s": 1.235,
  "peak_rss_mb": 45.7,
  "version": "0.1.0",
  "machine": {
    "processor": "a processor",
    "processors": 2,
    "system": "Linux",
    "compiler": "g++ 12"
  }
}
)");
  CHECK(json::parse(midscale::read_text(folder.path / "summary.json"))["seed"] == 9);
  CHECK(json::parse(midscale::read_text(folder.path / "measurements.json"))["published"] == 2);
}

TEST_CASE("the same run gives the same bytes again") {
  const folder_of_test one;
  const folder_of_test other;
  midscale::write_run(one.path, request, asked, cost(), small_run());
  midscale::write_run(other.path, request, asked, cost(), small_run());
  for (const auto& each : std::filesystem::directory_iterator(one.path)) {
    const std::string name = each.path().filename();
    CAPTURE(name);
    CHECK(midscale::read_text(each.path()) == midscale::read_text(other.path / name));
  }
}

TEST_CASE("where a file cannot be written there is no summary") {
  const folder_of_test folder;
  std::filesystem::create_symlink("/dev/full", folder.path / "received.csv.part");
  CHECK_THROWS_AS(midscale::write_run(folder.path, request, asked, cost(), small_run()),
                  midscale::file_trouble);
  CHECK_FALSE(std::filesystem::exists(folder.path / "summary.json"));
  CHECK_THROWS_AS(midscale::write_run(folder.path / "none", request, asked, cost(), small_run()),
                  midscale::file_trouble);
}

}  // namespace run_folder_tests
