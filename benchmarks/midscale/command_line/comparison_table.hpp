// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include <midscale/results/json_file.hpp>
#include <midscale/statistics/folder_comparison.hpp>

namespace midscale {

/// A number for people, with five digits that count.
[[nodiscard]] inline std::string digits_of(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.5g", value);
  return text.data();
}

/// The difference in percent of the base; empty where that is 0.
[[nodiscard]] inline std::string change_of(const compared_metric& row) {
  if (row.base_mean == 0) return "";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%+.2f %%", 100 * row.difference / std::abs(row.base_mean));
  return text.data();
}

/// How many metrics differ, in a sentence.
[[nodiscard]] inline std::string counted(const folder_comparison& of) {
  const auto differing = std::count_if(of.found.rows.begin(), of.found.rows.end(),
                                       [](const compared_metric& each) { return each.significant; });
  return std::to_string(of.found.rows.size()) + " metrics compared, " + std::to_string(differing) +
         (differing == 1 ? " differs significantly" : " differ significantly");
}

/// A comparison as a table for people: what differs significantly is marked.
[[nodiscard]] inline std::string table_of(const folder_comparison& of) {
  using line = std::array<std::string, 7>;
  std::vector<line> lines;
  std::string made;
  for (const compared_group& group : of.groups)
    made += group.name + ": " + std::to_string(group.base_seeds.size()) + " seeds of the base, " +
            std::to_string(group.new_seeds.size()) + " of the new version\n";
  lines.push_back({"metric", "base", "new", "change", "difference, 95 % interval", "corrected p", "verdict"});
  for (const compared_metric& row : of.found.rows)
    lines.push_back({row.metric, digits_of(row.base_mean), digits_of(row.new_mean), change_of(row),
                     digits_of(row.difference) + " (" + digits_of(row.between.low) + " to " +
                         digits_of(row.between.high) + ")",
                     digits_of(row.corrected_p), row.significant ? "differs" : ""});
  std::array<std::size_t, 7> widths{};
  for (const line& each : lines)
    for (std::size_t column = 0; column < each.size(); ++column)
      widths[column] = std::max(widths[column], each[column].size());
  for (const line& each : lines) {
    std::string text;
    for (std::size_t column = 0; column < each.size(); ++column)
      text += each[column] + std::string(widths[column] - each[column].size() + 2, ' ');
    made += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }
  for (const std::string& each : of.remarks) made += each + "\n";
  return made + counted(of) + "\n";
}

/// comparison.json.
[[nodiscard]] inline json json_of(const folder_comparison& of) {
  json made{{"differs", of.found.differs()}, {"groups", json::array()}};
  auto row = of.found.rows.begin();
  for (const compared_group& group : of.groups) {
    json rows = json::array();
    const std::string prefix = group.name + " / ";
    for (; row != of.found.rows.end() && row->metric.starts_with(prefix); ++row) {
      const std::string metric = row->metric.substr(prefix.size());
      rows.push_back({{"metric", metric},
                      {"base", {{"mean", row->base_mean}, {"values", group.base.at(metric)}}},
                      {"new", {{"mean", row->new_mean}, {"values", group.changed.at(metric)}}},
                      {"difference", row->difference},
                      {"between", {row->between.low, row->between.high}},
                      {"p", row->p},
                      {"corrected_p", row->corrected_p},
                      {"significant", row->significant}});
    }
    made["groups"].push_back({{"name", group.name},
                              {"base_seeds", group.base_seeds},
                              {"new_seeds", group.new_seeds},
                              {"metrics", std::move(rows)}});
  }
  made["remarks"] = of.remarks;
  return made;
}

}  // namespace midscale
