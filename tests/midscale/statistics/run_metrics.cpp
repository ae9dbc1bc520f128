// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/statistics/run_metrics.hpp>

#include <map>
#include <string>

#include <doctest/doctest.h>

#include "../results/folder_of_test.hpp"

namespace run_metrics_tests {

using midscale::json;
using midscale::run_metrics_of;
using midscale::write_text;

const std::string summary =
    R"({"scenario": "shards", "nodes": 4, "seed": 9, "simulated_s": 10, "relay_in_kBps": 2.5,
  "latency_ms": {"p50": 100, "p99": 205}, "light": {"missed": 1, "extra_bytes": null}})";

TEST_CASE("metrics are the numbers of a summary that nobody asked for") {
  const folder_of_test folder;
  write_text(folder.path / "summary.json", summary);
  write_text(folder.path / "parameters.json",
             R"({"scenario": "shards", "values": {"churn": 0.2, "topology": "ring"}})");
  const midscale::run_metrics made = run_metrics_of(folder.path);
  CHECK(made.seed == 9);
  CHECK(made.asked == std::map<std::string, json>{
                          {"scenario", "shards"}, {"nodes", 4}, {"churn", 0.2}, {"topology", "ring"}});
  CHECK(made.metrics ==
        std::map<std::string, double>{
            {"latency_ms.p50", 100}, {"latency_ms.p99", 205}, {"light.missed", 1}, {"relay_in_kBps", 2.5}});
}

TEST_CASE("what is no run's is refused by name") {
  const folder_of_test folder;
  const std::string here = folder.path.string();
  write_text(folder.path / "summary.json", "{}");
  write_text(folder.path / "parameters.json", "[1]");
  CHECK_THROWS_WITH_AS((void)run_metrics_of(folder.path),
                       (here + "/parameters.json is no object of JSON").c_str(), midscale::file_trouble);
  write_text(folder.path / "parameters.json", "{}");
  CHECK_THROWS_AS((void)run_metrics_of(folder.path), midscale::file_trouble);
  write_text(folder.path / "summary.json", summary);
  CHECK_THROWS_AS((void)run_metrics_of(folder.path), midscale::file_trouble);
}

}  // namespace run_metrics_tests
