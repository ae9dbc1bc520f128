// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/condensed.hpp>

#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

#include <waku/reliability/core/random.hpp>
#include "fingerprint.hpp"

#include "small_run.hpp"

namespace condensed_tests {

using midscale::json;
using midscale::measurements;

json condense(const measurements& of) {
  return midscale::condensed(of, midscale::relay_latency_of(of.received), 1);
}

TEST_CASE("what the report shows of a run that can be worked out by hand") {
  const json made = condense(small_run());
  CHECK(made["seconds_per_point"] == 1);
  CHECK(made["published"] == 2);
  CHECK(made["latency"]["quantiles_ms"].size() == 401);
  CHECK(made["latency"]["quantiles_ms"][0] == 90);
  CHECK(made["latency"]["quantiles_ms"][200] == 100);
  CHECK(made["latency"]["quantiles_ms"][400] == 205);
  CHECK(made["latency"]["by_hops"] ==
        json::array({json{{"hops", 1}, {"receipts", 4}, {"box_ms", {90.0, 90.0, 95.0, 100.0, 110.5}}},
                     json{{"hops", 2}, {"receipts", 1}, {"box_ms", {205.0, 205.0, 205.0, 205.0, 205.0}}}}));
  CHECK(made["ways"] == json{{"mesh", 4}, {"gossip", 1}, {"filter", 0}, {"store", 1}});
  CHECK(made["duplicates"]["copies"] == 8);
  CHECK(made["duplicates"]["duplicates"] == 3);
  const json& by_message = made["duplicates"]["by_message"];  // of 3 receivers had each one more, of 2 none
  CHECK(by_message["from"] == 0);
  CHECK(by_message["width"] == 0.05);
  CHECK(by_message["counts"].size() == 21);
  CHECK(by_message["counts"].front() == 1);
  CHECK(by_message["counts"].back() == 1);
  CHECK(made["nodes_by_kBps"]["relay_in"]["from"] == 1);
  CHECK(made["nodes_by_kBps"]["relay_in"]["counts"].front() == 1);
  CHECK(made["nodes_by_kBps"]["discv5_out"] == json{{"from", 0.2}, {"width", 0.1}, {"counts", {4}}});
  CHECK(made["topology"] == json{{"nodes", 4},
                                 {"edges", 4},
                                 {"degrees", {{"from", 2.0}, {"width", 1.0}, {"counts", {4}}}},
                                 {"sample",
                                  {{"whole", true},
                                   {"nodes", {0, 1, 3, 2}},
                                   {"edges", json::array({{0, 1}, {0, 2}, {1, 3}, {2, 3}})},
                                   {"degrees", {2, 2, 2, 2}}}}});
}

TEST_CASE("a run without anything can be shown") {
  const json made = condense({});
  CHECK(made["latency"]["quantiles_ms"].empty());
  CHECK(made["bandwidth_kBps"].empty());
  CHECK(made["light"].empty());
  CHECK_FALSE(made["duplicates"].contains("by_message"));
}

TEST_CASE("regions are told of the nodes that are shown, and light rows with their percentiles") {
  measurements of = small_run();
  of.start.regions = {0, 1, 2, 3};
  midscale::light_row row;
  row.strategy = "all";
  row.nodes = 3;
  row.latencies_us = {1'000, 2'000};
  of.light = {row};
  const json made = condense(of);
  CHECK(made["topology"]["sample"]["regions"] == json({0, 1, 3, 2}));
  CHECK(made["light"][0]["strategy"] == "all");
  CHECK(made["light"][0]["extra_bytes"].is_null());
  CHECK(made["light"][0]["latency_ms"] == json{{"p50", 1.0}, {"p95", 2.0}, {"p99", 2.0}});
}

// Any numbers, from a seed.
measurements any_run(std::size_t seconds, std::uint32_t nodes) {
  waku::reliability::random_source random(seconds);
  measurements of;
  of.start.nodes = nodes;
  for (std::uint32_t node = 1; node < nodes; ++node) {
    of.start.edges.push_back({node, static_cast<std::uint32_t>(random.below(node))});
    of.relay_by_node.push_back({random.below(1'000'000'000), random.below(1'000'000'000)});
  }
  of.discv5_by_node = of.relay_by_node;
  of.seconds.resize(seconds);
  for (auto& each : of.seconds) {
    each.nodes_online = nodes;
    for (auto& bytes : each.bytes) bytes = {random.below(100'000'000), random.below(100'000'000)};
  }
  for (std::uint32_t each = 0; each < nodes; ++each)
    of.received.push_back({0, each, static_cast<std::uint32_t>(random.below(2'000'000)),
                           static_cast<std::uint8_t>(random.below(9)), midscale::way::mesh});
  of.sent.resize(1);
  of.duplicates_by_message = {static_cast<std::uint32_t>(random.below(nodes))};
  of.mean_mesh_degree = random.unit() * 8;
  return of;
}

TEST_CASE("a day of a large network is no larger a file than an hour of it") {
  const std::size_t hour = condense(any_run(3'600, 5'000)).dump().size();
  CHECK(hour < 150'000);
  CHECK(condense(any_run(86'400, 20'000)).dump().size() < hour + hour / 10);
}

// The number was the same from g++ 12 and clang++ 14.
TEST_CASE("every compiler gives the same bytes") {
  CHECK(fingerprint(condense(any_run(1'000, 700)).dump()) == 8'946'945'082'582'849'822U);
}

}  // namespace condensed_tests
