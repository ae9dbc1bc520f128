// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/graph_json.hpp>

#include <array>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>
#include <midscale/topology/regions.hpp>
#include <midscale/topology/scale_free.hpp>

namespace graph_json_tests {

using midscale::graph;
using midscale::graph_from_json;
using midscale::graph_to_json;
using waku::reliability::random_source;

TEST_CASE("the form is the documented one") {
  const graph small{.nodes = 3, .edges = {{0, 1}, {2, 0}}, .regions = {0, 0, 1}};
  CHECK(graph_to_json(small) == "{\"nodes\":3,\"edges\":[[0,1],[2,0]],\"regions\":[0,0,1]}\n");
  CHECK(graph_from_json(R"({"regions": [0, 0, 1], "edges": [[0, 1], [2, 0]], "nodes": 3})") == small);
}

TEST_CASE("what was written is read back") {
  CHECK(graph_from_json(graph_to_json({})) == graph{});
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    graph made = midscale::scale_free(200, 3, random);
    CHECK(graph_from_json(graph_to_json(made)) == made);
    midscale::assign_regions(made, std::array{1.0, 2.0, 3.0}, random);
    CHECK(graph_from_json(graph_to_json(made)) == made);
  }
}

TEST_CASE("whatever is wrong is named with its place") {
  const auto refuses = [](const char* text, const std::string& sentence) {
    CHECK_THROWS_WITH_AS((void)graph_from_json(text), ("the graph's JSON: " + sentence).c_str(),
                         std::invalid_argument);
  };
  refuses(R"({"nodes": 3, )", "byte 14: this is where it stops being JSON");
  refuses("", "byte 1: this is where it stops being JSON");
  refuses("[]", "the whole: it is not an object");
  refuses(R"({"edges": []})", "nodes: it is missing");
  refuses(R"({"nodes": 3})", "edges: they are missing");
  refuses(R"({"nodes": 3, "edges": [], "links": []})",
          "links: it is not known; known are nodes, edges and regions");
  refuses(R"({"nodes": -3, "edges": []})", "nodes: -3 is not a whole number from 0 to 4294967295");
  refuses(R"({"nodes": 2.0, "edges": []})", "nodes: 2.0 is not a whole number from 0 to 4294967295");
  refuses(R"({"nodes": [], "edges": []})", "nodes: array is not a whole number from 0 to 4294967295");
  refuses(R"({"nodes": 3, "edges": {}})", "edges: they are not an array");
  refuses(R"({"nodes": 3, "edges": [[0, 1], [2]]})", "edges[1]: give [dialler, listener]");
  refuses(R"({"nodes": 3, "edges": [[0, 1, 2]]})", "edges[0]: give [dialler, listener]");
  refuses(R"({"nodes": 3, "edges": [[0, 3]]})", "edges[0]: 3 is not a whole number from 0 to 2");
  refuses(R"({"nodes": 3, "edges": [[0, "1"]]})", "edges[0]: \"1\" is not a whole number from 0 to 2");
  refuses(R"({"nodes": 0, "edges": [[0, 0]]})", "edges[0]: there are no nodes");
  refuses(R"({"nodes": 3, "edges": [[0, 1], [2, 2]]})", "edges[1]: node 2 is connected to itself");
  refuses(R"({"nodes": 3, "edges": [[0, 1], [1, 2], [1, 0]]})",
          "edges[2]: nodes 0 and 1 are connected by edges[0] already");
  refuses(R"({"nodes": 3, "edges": [], "regions": 1})", "regions: they are not an array");
  refuses(R"({"nodes": 3, "edges": [], "regions": [0, 1]})", "regions: there are 2 for 3 nodes");
  refuses(R"({"nodes": 2, "edges": [], "regions": [0, 65536]})",
          "regions[1]: 65536 is not a whole number from 0 to 65535");
}

}  // namespace graph_json_tests
