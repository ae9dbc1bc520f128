// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <midscale/results/json_file.hpp>
#include <midscale/results/text_file.hpp>

namespace midscale {

/// What comparisons need of one finished run.
struct run_metrics {
  std::uint64_t seed = 0;
  std::map<std::string, json> asked;  ///< all parameters but the seed, and `scenario` and `nodes`
  std::map<std::string, double>
      metrics;  ///< every number of the summary that is not asked for; nested names as a.b
};

/// The numbers in a summary.
class summary_numbers {
 public:
  [[nodiscard]] static std::map<std::string, double> of(const json& summary) {
    std::map<std::string, double> made;
    for (const auto& [name, value] : summary.items()) {
      if (name != "seed" && name != "nodes" && name != "simulated_s") add(made, name, value);
    }
    return made;
  }

 private:
  static void add(std::map<std::string, double>& to, const std::string& name, const json& value) {
    if (value.is_number()) to[name] = value.get<double>();
    if (!value.is_object()) return;
    for (const auto& [inner, nested] : value.items()) add(to, name + "." + inner, nested);
  }
};

/// Reads a run's summary.json and parameters.json. Throws file_trouble.
[[nodiscard]] inline run_metrics run_metrics_of(const std::filesystem::path& folder) {
  const auto read = [&](const char* name) {
    json made = read_json(folder / name);
    if (!made.is_object()) throw file_trouble(folder / name, "is no object of JSON");
    return made;
  };
  const json summary = read("summary.json");
  const json parameters = read("parameters.json");
  run_metrics made;
  try {
    made.seed = summary.at("seed").get<std::uint64_t>();
    for (const char* each : {"scenario", "nodes"}) made.asked[each] = summary.at(each);
    for (const auto& [name, value] : parameters.at("values").items()) made.asked[name] = value;
  } catch (const json::exception& wrong) {
    throw file_trouble(folder, std::string("is no run's: ") + wrong.what());
  }
  made.metrics = summary_numbers::of(summary);
  return made;
}

}  // namespace midscale
