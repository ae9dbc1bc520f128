// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <midscale/topology/graph.hpp>

namespace midscale {

/// A graph as JSON: {"nodes": 3, "edges": [[0, 1], [2, 0]], "regions": [0, 0, 1]}. An edge is its dialler and its
/// listener. Without regions, all nodes are in one.
[[nodiscard]] inline std::string graph_to_json(const graph& told) {
  nlohmann::ordered_json object{{"nodes", told.nodes}, {"edges", nlohmann::ordered_json::array()}};
  for (const edge& each : told.edges)
    object["edges"].push_back(nlohmann::ordered_json::array({each.dialler, each.listener}));
  if (!told.regions.empty()) object["regions"] = told.regions;
  return object.dump() + "\n";
}

/// Reads what graph_to_json wrote, or others in its form; the work of graph_from_json.
class graph_reader {
 public:
  graph read(std::string_view text) {
    nlohmann::json object;
    try {
      object = nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& wrong) {
      refuse("byte " + std::to_string(wrong.byte), "this is where it stops being JSON");
    }
    if (!object.is_object()) refuse("the whole", "it is not an object");
    for (const auto& [key, value] : object.items()) {
      if (key != "nodes" && key != "edges" && key != "regions")
        refuse(key, "it is not known; known are nodes, edges and regions");
    }
    graph made;
    if (!object.contains("nodes")) refuse("nodes", "it is missing");
    made.nodes = number(object["nodes"], "nodes", std::numeric_limits<std::uint32_t>::max());
    read_edges(object["edges"], made);
    if (object.contains("regions")) read_regions(object["regions"], made);
    return made;
  }

 private:
  [[noreturn]] static void refuse(const std::string& place, const std::string& wrong) {
    throw std::invalid_argument("the graph's JSON: " + place + ": " + wrong);
  }
  static std::string nth(std::string_view list, std::size_t place) {
    return std::string(list) + "[" + std::to_string(place) + "]";
  }
  static std::uint32_t number(const nlohmann::json& value, const std::string& place, std::uint64_t most) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
      refuse(place, (value.is_structured() ? std::string(value.type_name()) : value.dump()) +
                        " is not a whole number from 0 to " + std::to_string(most));
    return value.get<std::uint32_t>();
  }

  static void read_edges(const nlohmann::json& list, graph& made) {
    if (!list.is_array()) refuse("edges", list.is_null() ? "they are missing" : "they are not an array");
    made.edges.reserve(list.size());
    for (std::size_t place = 0; place < list.size(); ++place) {
      const auto& pair = list[place];
      if (!pair.is_array() || pair.size() != 2) refuse(nth("edges", place), "give [dialler, listener]");
      const edge read{end_of(pair[0], nth("edges", place), made), end_of(pair[1], nth("edges", place), made)};
      if (read.dialler == read.listener)
        refuse(nth("edges", place), "node " + std::to_string(read.dialler) + " is connected to itself");
      made.edges.push_back(read);
    }
    refuse_doubles(made.edges);
  }
  static std::uint32_t end_of(const nlohmann::json& value, const std::string& place, const graph& made) {
    if (made.nodes == 0) refuse(place, "there are no nodes");
    return number(value, place, made.nodes - 1);
  }
  static void refuse_doubles(const std::vector<edge>& edges) {
    std::vector<std::pair<edge, std::size_t>> sorted;  // the smaller end first, with the place
    sorted.reserve(edges.size());
    for (std::size_t place = 0; place < edges.size(); ++place) {
      const auto [smaller, larger] = std::minmax(edges[place].dialler, edges[place].listener);
      sorted.push_back({{smaller, larger}, place});
    }
    const auto key = [](const std::pair<edge, std::size_t>& each) {
      return std::pair(std::pair(each.first.dialler, each.first.listener), each.second);
    };
    std::sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end(),
                                          [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice == sorted.end()) return;
    refuse(nth("edges", (twice + 1)->second),
           "nodes " + std::to_string(twice->first.dialler) + " and " + std::to_string(twice->first.listener) +
               " are connected by " + nth("edges", twice->second) + " already");
  }

  static void read_regions(const nlohmann::json& list, graph& made) {
    if (!list.is_array()) refuse("regions", "they are not an array");
    if (!list.empty() && list.size() != made.nodes)
      refuse("regions",
             "there are " + std::to_string(list.size()) + " for " + std::to_string(made.nodes) + " nodes");
    for (std::size_t place = 0; place < list.size(); ++place) {
      constexpr std::uint64_t most = std::numeric_limits<std::uint16_t>::max();
      made.regions.push_back(static_cast<std::uint16_t>(number(list[place], nth("regions", place), most)));
    }
  }
};

/// The graph that a JSON text tells, see graph_to_json. Throws std::invalid_argument with a sentence that names the
/// place for whatever is wrong: no JSON, an unknown or missing key, a node that does not exist, a node connected to
/// itself, two nodes connected twice, regions that are not one for each node.
[[nodiscard]] inline graph graph_from_json(std::string_view text) { return graph_reader{}.read(text); }

}  // namespace midscale
