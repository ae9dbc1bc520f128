// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/simulation/start_graph.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <midscale/topology/connected.hpp>
#include <midscale/topology/degrees.hpp>

#include "../results/folder_of_test.hpp"

namespace start_graph_tests {

using namespace midscale;

TEST_CASE("each kind of graph has about the degree that was asked for, and is connected") {
  wr::random_source random(1);
  for (const char* kind : {"random_regular", "small_world", "scale_free"}) {
    CAPTURE(kind);
    for (const std::uint32_t nodes : {50U, 501U}) {
      for (const std::uint32_t degree : {5U, 20U}) {
        const graph drawn = drawn_graph(kind, nodes, degree, random);
        CHECK(drawn.nodes == nodes);
        CHECK(connected(drawn));
        const double mean = 2.0 * static_cast<double>(drawn.edges.size()) / nodes;
        CHECK(mean == doctest::Approx(degree).epsilon(0.25));
      }
    }
  }
}

TEST_CASE("where there are too few others, all are connected to all") {
  wr::random_source random(1);
  for (std::uint32_t nodes = 0; nodes <= 6; ++nodes)
    CHECK(drawn_graph("random_regular", nodes, 20, random).edges.size() ==
          nodes * (nodes - (nodes != 0)) / 2);
}

TEST_CASE("nodes connect to those of their own shard, and services to all") {
  wr::random_source random(2);
  parameters of;
  of.services = 2;
  of.relays = 60;
  of.shards = 3;
  of.degree = 6;
  const graph own = start_graph(of, random);
  for (const edge& each : own.edges) {
    if (each.dialler < 2 || each.listener < 2) continue;
    CHECK(shard_of(of, each.dialler) == shard_of(of, each.listener));
  }
  for (const std::uint32_t degree : degrees(own)) CHECK(degree >= 6);
  of.shard_peers = false;
  const graph any = start_graph(of, random);
  CHECK(std::any_of(any.edges.begin(), any.edges.end(), [&](const edge& each) {
    return each.dialler >= 2 && each.listener >= 2 &&
           shard_of(of, each.dialler) != shard_of(of, each.listener);
  }));
}

TEST_CASE("a graph comes from a file of as many nodes") {
  const folder_of_test folder;
  const std::string file = (folder.path / "graph.json").string();
  write_text(file, R"({"nodes": 3, "edges": [[0, 1], [2, 1]]})");
  wr::random_source random(2);
  parameters of;
  of.relays = 3;
  of.topology = "file";
  of.graph = file;
  CHECK(start_graph(of, random).edges.size() == 2);
  of.relays = 4;
  CHECK_THROWS_WITH_AS(static_cast<void>(start_graph(of, random)),
                       ("graph: " + file + " is of 3 nodes, the run of 4").c_str(), std::invalid_argument);
}

TEST_CASE("regions of a file are those that latency knows, and dropped where it knows none") {
  const folder_of_test folder;
  const std::string file = (folder.path / "graph.json").string();
  wr::random_source random(2);
  parameters of;
  of.relays = 3;
  of.topology = "file";
  of.graph = file;
  write_text(file, R"({"nodes": 3, "edges": [[0, 1], [2, 1]], "regions": [2, 0, 2]})");
  CHECK(start_graph(of, random).regions.empty());
  of.latency = "regions";
  CHECK(start_graph(of, random).regions == std::vector<std::uint16_t>{2, 0, 2});
  write_text(file, R"({"nodes": 3, "edges": [[0, 1], [2, 1]], "regions": [0, 0, 3]})");
  CHECK_THROWS_WITH_AS(static_cast<void>(start_graph(of, random)),
                       ("graph: " + file + " has region 3, and latency=regions knows 0 to 2").c_str(),
                       std::invalid_argument);
}

TEST_CASE("with latency by regions each node has one") {
  wr::random_source random(2);
  parameters of;
  of.relays = 100;
  of.latency = "regions";
  const graph drawn = start_graph(of, random);
  REQUIRE(drawn.regions.size() == 100);
  CHECK(std::count(drawn.regions.begin(), drawn.regions.end(), 0) == 45);
}

}  // namespace start_graph_tests
