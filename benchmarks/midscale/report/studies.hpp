// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <midscale/results/distribution.hpp>
#include <midscale/results/json_file.hpp>
#include <midscale/results/text_file.hpp>
#include <midscale/scenario/scenario_file.hpp>

namespace midscale {

/// What the page shows of one run: its files. Throws file_trouble.
[[nodiscard]] inline json run_of_page(const std::filesystem::path& folder, const std::string& name) {
  json made{{"name", name}};
  for (const std::string each : {"summary", "parameters", "run", "measurements"})
    made[each] = read_json(folder / (each + ".json"));
  return made;
}

/// What the page shows of one run among several: no lines over time, no distributions, no picture. `values` has the
/// parameters in which the run differs from `first`. Of rates over time there is the mean, received and sent.
[[nodiscard]] inline json brief_run(const json& run, const json& first) {
  json values = json::object();
  for (const auto& [name, value] : run.at("parameters").at("values").items())
    if (!first.contains(name) || first.at(name) != value) values[name] = value;
  json rates = json::object();
  const json& measured = run.at("measurements");
  for (const auto& [name, lines] : measured.at("bandwidth_kBps").items()) {
    rates[name] = json::array();
    for (const char* direction : {"in", "out"}) {
      double sum = 0;
      for (const json& each : lines.at(direction)) sum += each.get<double>();
      const auto points = static_cast<double>(std::max<std::size_t>(1, lines.at(direction).size()));
      rates[name].push_back(rounded(sum / points));
    }
  }
  return {{"name", run.at("name")},
          {"values", std::move(values)},
          {"summary", run.at("summary")},
          {"rates_kBps", std::move(rates)},
          {"light", measured.at("light")},
          {"wall_s", run.at("run").at("wall_s")},
          {"peak_rss_mb", run.at("run").at("peak_rss_mb")}};
}

/// The sentences of FOLDER/findings.json, {"scenario": ["sentence", ...], ...}, written by who read the report; an
/// empty object where there is no such file. Throws file_trouble.
[[nodiscard]] inline json findings_in(const std::filesystem::path& folder) {
  const auto path = folder / "findings.json";
  if (!std::filesystem::exists(path)) return json::object();
  json made = read_json(path);
  const auto are_sentences = [](const json& list) {
    return list.is_array() &&
           std::all_of(list.begin(), list.end(), [](const json& each) { return each.is_string(); });
  };
  if (!made.is_object() || !std::all_of(made.begin(), made.end(), are_sentences))
    throw file_trouble(path, "is no object of scenarios, each with a list of sentences");
  return made;
}

/// A run that the page is to show: its folder, what it is called there, and the share that it delivered.
struct found_run {
  std::filesystem::path folder;
  std::string name;
  double delivered = 1;
};

/// The runs of one scenario as the page has them, each brief, and what they have in common: the parameters of the
/// first, and what is told of figures. `whole` is the run that delivered least, the first of equals. Throws
/// file_trouble.
[[nodiscard]] inline json study_of(const scenario& of, const std::vector<found_run>& runs,
                                   const json& findings) {
  json made{{"scenario", of.name},     {"title", of.title},
            {"question", of.question}, {"findings", findings.value(of.name, json::array())},
            {"told", json::object()},  {"runs", json::array()}};
  const auto least = std::min_element(runs.begin(), runs.end(), [](const found_run& a, const found_run& b) {
    return a.delivered < b.delivered;
  });
  for (const found_run& each : runs) {
    json run = run_of_page(each.folder, each.name);
    if (made["runs"].empty()) made["parameters"] = run.at("parameters");
    for (json figure : run.at("measurements").value("told", json::array())) {
      figure.erase("value");
      made["told"][figure.at("name").get<std::string>()] = figure;
    }
    made["runs"].push_back(brief_run(run, made["parameters"].at("values")));
    if (&each == &*least) made["whole"] = std::move(run);
  }
  return made;
}

/// What the page of some runs below a folder shows, by scenario in the order of `known`; scenarios that are not among
/// these come last, in the order of their runs. Throws file_trouble.
[[nodiscard]] inline json studies_of(const std::filesystem::path& folder,
                                     const std::vector<std::filesystem::path>& runs,
                                     std::vector<scenario> known) {
  std::vector<std::vector<found_run>> by_scenario(known.size());
  for (const auto& each : runs) {
    const json summary = read_json(each / "summary.json");
    const std::string asked = summary.at("scenario").get<std::string>();
    const auto place = static_cast<std::size_t>(
        std::find_if(known.begin(), known.end(), [&](const scenario& of) { return of.name == asked; }) -
        known.begin());
    if (place == known.size()) {
      known.emplace_back().name = asked;
      known.back().title = asked;
      by_scenario.emplace_back();
    }
    const std::string name =
        each == folder ? each.filename().string() : each.lexically_relative(folder).string();
    by_scenario[place].push_back({each, name, summary.at("delivered").get<double>()});
  }
  const json findings = findings_in(folder);
  json made = json::array();
  for (std::size_t place = 0; place < known.size(); ++place)
    if (!by_scenario[place].empty()) made.push_back(study_of(known[place], by_scenario[place], findings));
  return made;
}

}  // namespace midscale
