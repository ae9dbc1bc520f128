// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <midscale/results/distribution.hpp>
#include <midscale/results/json_file.hpp>
#include <midscale/results/measurements.hpp>

namespace midscale {

/// The seconds of a run put together into points, so that there are few of them however long it was.
struct series {
  std::size_t seconds_per_point = 1;  ///< the last point may have fewer
  std::vector<second_of_run> points;  ///< sums; `nodes_online` is the least of the point's seconds
  std::vector<double> node_seconds;   ///< of each point: seconds of nodes that were online
};

/// O(seconds).
[[nodiscard]] inline series series_of(const std::vector<second_of_run>& seconds, std::size_t most_points) {
  series made;
  made.seconds_per_point = std::max<std::size_t>(1, (seconds.size() + most_points - 1) / most_points);
  for (std::size_t second = 0; second < seconds.size(); ++second) {
    const second_of_run& from = seconds[second];
    if (second % made.seconds_per_point == 0) {
      made.points.push_back(from);
      made.node_seconds.push_back(from.nodes_online);
      continue;
    }
    second_of_run& into = made.points.back();
    for (std::size_t each = 0; each < protocols; ++each) {
      into.bytes[each].in += from.bytes[each].in;
      into.bytes[each].out += from.bytes[each].out;
    }
    into.nodes_online = std::min(into.nodes_online, from.nodes_online);
    into.expected += from.expected;
    into.delivered += from.delivered;
    made.node_seconds.back() += from.nodes_online;
  }
  return made;
}

/// By protocol, as far as it had any traffic: kB a second and online node, in and out, of each point.
[[nodiscard]] inline json bandwidth_of(const series& of) {
  auto made = json::object();
  for (std::size_t each = 0; each < protocols; ++each) {
    json in = json::array();
    json out = json::array();
    bool any = false;
    for (std::size_t point = 0; point < of.points.size(); ++point) {
      const byte_pair& bytes = of.points[point].bytes[each];
      const double over = std::max(of.node_seconds[point], 1.0) * 1e3;
      in.push_back(rounded(static_cast<double>(bytes.in) / over));
      out.push_back(rounded(static_cast<double>(bytes.out) / over));
      any = any || bytes.in != 0 || bytes.out != 0;
    }
    if (any) made[std::string(protocol_names[each])] = {{"in", std::move(in)}, {"out", std::move(out)}};
  }
  return made;
}

/// Receipts that the publications of each point were to bring and brought, and how many nodes were online at least.
[[nodiscard]] inline json delivery_of(const series& of) {
  json made{{"expected", json::array()}, {"delivered", json::array()}, {"nodes_online", json::array()}};
  for (const second_of_run& each : of.points) {
    made["expected"].push_back(each.expected);
    made["delivered"].push_back(each.delivered);
    made["nodes_online"].push_back(each.nodes_online);
  }
  return made;
}

}  // namespace midscale
