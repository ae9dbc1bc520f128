// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <midscale/results/distribution.hpp>
#include <midscale/results/extra_bytes.hpp>
#include <midscale/results/json_file.hpp>
#include <midscale/results/measurements.hpp>
#include <midscale/results/relay_latency.hpp>
#include <midscale/results/series.hpp>
#include <midscale/results/summary.hpp>
#include <midscale/results/tables.hpp>
#include <midscale/results/topology_sample.hpp>
#include <midscale/topology/degrees.hpp>

namespace midscale {

/// How much of a run measurements.json holds at most, however long and large the run was.
struct condensed_limits {
  std::size_t points = 600;     ///< of a line over time
  std::size_t quantiles = 400;  ///< of the latency's distribution; one more is written, the least
  std::size_t bins = 40;        ///< of a histogram
  std::size_t drawn = 1'500;    ///< nodes, and edges, of the picture of the topology
};

[[nodiscard]] inline json json_of(const histogram& of, int decimals = 6) {
  return {
      {"from", rounded(of.from, decimals)}, {"width", rounded(of.width, decimals)}, {"counts", of.counts}};
}

/// Of the relay nodes: how many had which rate, in kB a second, in bins of one width for all directions, so that their
/// heights can be compared. Only what had any traffic.
[[nodiscard]] inline json nodes_by_rate(const measurements& of, std::size_t bins) {
  std::vector<std::pair<std::string, std::vector<double>>> shown;
  double least = 0;
  double most = 0;
  const double over = std::max<double>(1, static_cast<double>(of.seconds.size())) * 1e3;
  for (const auto& [name, nodes] : {std::pair{"relay", &of.relay_by_node}, {"discv5", &of.discv5_by_node}}) {
    for (const auto& [suffix, direction] : {std::pair{"_in", &byte_pair::in}, {"_out", &byte_pair::out}}) {
      std::vector<double> rates;
      for (const byte_pair& each : *nodes) rates.push_back(static_cast<double>(each.*direction) / over);
      const auto [low, high] = std::minmax_element(rates.begin(), rates.end());
      if (rates.empty() || *high == 0) continue;
      least = shown.empty() ? *low : std::min(least, *low);
      most = std::max(most, *high);
      shown.emplace_back(std::string(name) + suffix, std::move(rates));
    }
  }
  const double width = bin_width(most - least, bins, 0.001);
  json made = json::object();
  for (const auto& [name, rates] : shown) made[name] = json_of(histogram_of(rates, bins, width));
  return made;
}

/// Of each number of hops the share of receipts, and the 5th, 25th, 50th, 75th and 95th percentile in milliseconds.
[[nodiscard]] inline json latency_by_hops(const relay_latency& latency) {
  json made = json::array();
  for (std::size_t hops = 0; hops < latency.by_hops.size(); ++hops) {
    const auto& sorted = latency.by_hops[hops];
    if (sorted.empty()) continue;
    json box = json::array();
    for (const unsigned part : {5U, 25U, 50U, 75U, 95U})
      box.push_back(rounded(quantile(sorted, part, 100) / 1e3));
    made.push_back({{"hops", hops}, {"receipts", sorted.size()}, {"box_ms", std::move(box)}});
  }
  return made;
}

/// Of the publications: how many brought so many duplicates to a node that had them, in the mean.
[[nodiscard]] inline json duplicates_by_message(const measurements& of, std::size_t bins) {
  std::vector<std::uint64_t> receivers(of.sent.size(), 0);
  for (const receipt& each : of.received) {
    if (each.by == way::mesh || each.by == way::gossip) ++receivers[each.message];
  }
  std::vector<double> means;
  for (std::size_t message = 0; message < of.duplicates_by_message.size(); ++message) {
    if (receivers[message] != 0)
      means.push_back(static_cast<double>(of.duplicates_by_message[message]) /
                      static_cast<double>(receivers[message]));
  }
  return json_of(histogram_of(means, bins, 0.01));
}

[[nodiscard]] inline json topology_of(const graph& of, std::uint64_t seed, const condensed_limits& limits) {
  const std::vector<std::uint32_t> neighbours = degrees(of);
  const topology_sample shown = sample_of(of, seed, limits.drawn);
  json sample{{"whole", shown.whole}, {"nodes", shown.nodes}, {"edges", json::array()}};
  json of_nodes = json::array();
  json regions = json::array();
  for (const std::uint32_t node : shown.nodes) {
    of_nodes.push_back(neighbours[node]);
    if (!of.regions.empty()) regions.push_back(of.regions[node]);
  }
  sample["degrees"] = std::move(of_nodes);
  if (!of.regions.empty()) sample["regions"] = std::move(regions);
  for (const auto& [from, to] : shown.edges) sample["edges"].push_back({from, to});
  return {{"nodes", of.nodes},
          {"edges", of.edges.size()},
          {"degrees",
           json_of(histogram_of(std::vector<double>(neighbours.begin(), neighbours.end()), limits.bins, 1))},
          {"sample", std::move(sample)}};
}

[[nodiscard]] inline json light_of(const std::vector<light_row>& rows) {
  json made = json::array();
  for (const light_row& each : rows) {
    const auto extra = extra_bytes(rows, each);
    made.push_back({{"strategy", each.strategy},
                    {"nodes", each.nodes},
                    {"expected", each.expected},
                    {"missed", each.missed},
                    {"recovered", each.recovered},
                    {"published", each.published},
                    {"wrong_verdicts", each.wrong_verdicts},
                    {"bytes", each.bytes},
                    {"extra_bytes", extra ? json(*extra) : json()},
                    {"latency_ms", percentiles_of(each.latencies_us)}});
  }
  return made;
}

[[nodiscard]] inline json told_of(const std::vector<told_figure>& figures) {
  json made = json::array();
  for (const told_figure& each : figures) {
    made.push_back({{"name", each.name},
                    {"value", rounded(each.value, 6)},
                    {"unit", each.unit},
                    {"meaning", each.meaning}});
  }
  return made;
}

/// measurements.json: what the report shows of a run, bounded in size.
[[nodiscard]] inline json condensed(const measurements& of, const relay_latency& latency, std::uint64_t seed,
                                    const condensed_limits& limits = {}) {
  const series over_time = series_of(of.seconds, limits.points);
  json quantiles = json::array();
  if (!latency.all.empty()) {
    for (std::size_t part = 0; part <= limits.quantiles; ++part)
      quantiles.push_back(rounded(quantile(latency.all, part, limits.quantiles) / 1e3));
  }
  json ways = json::object();
  for (const std::string_view each : way_names) ways[std::string(each)] = 0U;
  std::vector<std::uint64_t> by_way(way_names.size(), 0);
  for (const receipt& each : of.received) ++by_way[static_cast<std::size_t>(each.by)];
  for (std::size_t each = 0; each < by_way.size(); ++each) ways[std::string(way_names[each])] = by_way[each];
  json duplicates{{"copies", of.copies}, {"duplicates", of.duplicates}};
  if (!of.duplicates_by_message.empty()) duplicates["by_message"] = duplicates_by_message(of, limits.bins);
  return {{"seconds_per_point", over_time.seconds_per_point},
          {"simulated_s", of.seconds.size()},
          {"published", of.sent.size()},
          {"bandwidth_kBps", bandwidth_of(over_time)},
          {"delivery", delivery_of(over_time)},
          {"latency", {{"quantiles_ms", std::move(quantiles)}, {"by_hops", latency_by_hops(latency)}}},
          {"ways", std::move(ways)},
          {"duplicates", std::move(duplicates)},
          {"nodes_by_kBps", nodes_by_rate(of, limits.bins)},
          {"mesh",
           {{"mean_degree", rounded(of.mean_mesh_degree)},
            {"changes", rounded(of.mesh_changes, 6)},
            {"both_ways_share", rounded(of.both_ways_share)}}},
          {"lost_bytes", of.lost_bytes},
          {"topology", topology_of(of.start, seed, limits)},
          {"light", light_of(of.light)},
          {"told", told_of(of.told)}};
}

}  // namespace midscale
