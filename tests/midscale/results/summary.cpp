// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/summary.hpp>

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "small_run.hpp"

namespace summary_tests {

using midscale::json;
using midscale::light_row;
using midscale::light_summary;
using midscale::measurements;

json summary(const measurements& of) {
  return midscale::summary_of({"relay-bandwidth", 4, 9}, of, midscale::relay_latency_of(of.received));
}

light_row row(const char* strategy, std::uint32_t nodes, std::uint64_t missed, std::uint64_t recovered,
              std::uint64_t wrong, std::uint64_t bytes) {
  light_row made;
  made.strategy = strategy;
  made.nodes = nodes;
  made.missed = missed;
  made.recovered = recovered;
  made.wrong_verdicts = wrong;
  made.bytes = bytes;
  return made;
}

TEST_CASE("the summary of a run that can be worked out by hand, byte for byte") {
  CHECK(summary(small_run()).dump(2) == R"({
  "scenario": "relay-bandwidth",
  "nodes": 4,
  "seed": 9,
  "simulated_s": 10,
  "relay_in_kBps": 2.5,
  "relay_out_kBps": 2.5,
  "discv5_in_kBps": 0.1,
  "discv5_out_kBps": 0.2,
  "latency_ms": {
    "p50": 100.0,
    "p95": 205.0,
    "p99": 205.0
  },
  "hops": {
    "1": 0.8,
    "2": 0.2
  },
  "duplicates_per_message": 0.6,
  "delivered": 0.833333
})");
}

TEST_CASE("a run in which nothing happened has zeros, and delivered all of nothing") {
  const json made = summary({});
  CHECK(made["relay_in_kBps"] == 0);
  CHECK(made["latency_ms"]["p99"] == 0);
  CHECK(made["duplicates_per_message"] == 0);
  CHECK(made["delivered"] == 1);
  CHECK(made["hops"].empty());
  CHECK_FALSE(made.contains("light"));
}

TEST_CASE("one receipt missing among millions is not rounded away") {
  measurements of = small_run();
  of.seconds[0].expected = 30'000'000;
  of.seconds[0].delivered = 30'000'000;
  CHECK(summary(of)["delivered"] == 0.999999);
}

TEST_CASE("of light nodes those with a strategy count, beside those without") {
  const std::vector<light_row> rows{row("none", 100, 500, 0, 9, 1'000'000),
                                    row("all", 50, 1, 200, 2, 750'000),
                                    row("resend", 100, 400, 0, 3, 900'000)};
  CHECK(light_summary(rows) ==
        json{{"missed", 401}, {"recovered", 200}, {"wrong_verdicts", 5}, {"extra_bytes", 150'000}});
}

TEST_CASE("without nodes to compare with, extra bytes are not known and not 0") {
  const std::vector<light_row> rows{row("all", 50, 1, 200, 2, 750'000)};
  CHECK(light_summary(rows)["extra_bytes"].is_null());
  CHECK(light_summary(rows)["recovered"] == 200);
}

TEST_CASE("where all light nodes are without a strategy, it is of them") {
  measurements of = small_run();
  of.light = {row("none", 100, 500, 0, 9, 1'000'000)};
  CHECK(summary(of)["light"] ==
        json{{"missed", 500}, {"recovered", 0}, {"wrong_verdicts", 9}, {"extra_bytes", 0}});
}

}  // namespace summary_tests
