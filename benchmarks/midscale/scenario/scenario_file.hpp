// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <midscale/results/json_file.hpp>
#include <midscale/results/text_file.hpp>
#include <midscale/scenario/nearest_name.hpp>
#include <midscale/scenario/parameter_values.hpp>

namespace midscale {

/// The values that one parameter takes in turn, as --set has them.
struct swept_parameter {
  std::string name;
  std::vector<std::string> values;

  friend bool operator==(const swept_parameter&, const swept_parameter&) = default;
};

/// A study: what it asks, its parameters, and those that it varies.
struct scenario {
  std::string name;
  std::uint32_t place = 0;  ///< in the list of studies; those without one come last
  std::string title;
  std::string question;
  parameters values;                   ///< with the scenario's name
  std::vector<swept_parameter> sweep;  ///< in the order of the file

  friend bool operator==(const scenario&, const scenario&) = default;
};

/// Reads a scenario from JSON with place, title, question, parameters and sweep, each of which may be missing. Throws
/// std::invalid_argument with a sentence that names what is wrong.
[[nodiscard]] inline scenario scenario_from_json(const std::string& name, std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  const auto refuse = [&](const std::string& why) {
    throw std::invalid_argument("the scenario " + name + " " + why);
  };
  if (!object.is_object()) refuse("is no JSON object");
  scenario made;
  made.name = made.values.scenario = name;
  const std::vector<std::string_view> known{"place", "title", "question", "parameters", "sweep"};
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      refuse("has " + key + "; did you mean " + std::string(nearest_name(key, known)) + "?");
    const bool words = key == "title" || key == "question";
    const bool fits = key == "place" ? value.is_number_unsigned()
                      : words        ? value.is_string()
                                     : value.is_object();
    if (!fits)
      refuse("has a " + key + " that is no " + (key == "place" ? "number" : words ? "text" : "object"));
  }
  made.place = object.value("place", 0U);
  made.title = object.value("title", name);
  made.question = object.value("question", "");
  if (object.contains("parameters")) read_parameters(made.values, object["parameters"]);
  if (!object.contains("sweep")) return made;
  for (const auto& [parameter, values] : object["sweep"].items()) {
    if (!values.is_array() || values.empty()) refuse("sweeps " + parameter + " over no list of values");
    swept_parameter& swept = made.sweep.emplace_back(swept_parameter{parameter, {}});
    for (const json& each : values) {
      swept.values.push_back(assigned_text(each));
      parameters tried = made.values;
      set_parameter(tried, parameter, swept.values.back());
    }
  }
  return made;
}

/// The scenarios of a folder, by place and name: its files NAME.json. Throws file_trouble or std::invalid_argument.
[[nodiscard]] inline std::vector<scenario> scenarios_in(const std::filesystem::path& folder) {
  std::vector<scenario> found;
  std::error_code error;
  std::filesystem::directory_iterator each(folder, error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) {
    if (each->path().extension() != ".json") continue;
    found.push_back(scenario_from_json(each->path().stem().string(), read_text(each->path())));
  }
  if (error) throw file_trouble(folder, "cannot be read", error.value());
  // Place 0 wraps round to the last.
  std::sort(found.begin(), found.end(), [](const scenario& a, const scenario& b) {
    return std::pair(a.place - 1, a.name) < std::pair(b.place - 1, b.name);
  });
  return found;
}

/// The scenario that a word names: one of the folder, or a file that ends in .json. Throws file_trouble or
/// std::invalid_argument, which tells the nearest name.
[[nodiscard]] inline scenario find_scenario(const std::filesystem::path& folder, const std::string& word) {
  const std::filesystem::path file = word;
  if (file.extension() == ".json") return scenario_from_json(file.stem().string(), read_text(file));
  const std::vector<scenario> all = scenarios_in(folder);
  std::vector<std::string_view> names;
  for (const scenario& each : all) {
    if (each.name == word) return each;
    names.push_back(each.name);
  }
  throw std::invalid_argument("there is no scenario " + word + "; did you mean " +
                              std::string(nearest_name(word, names)) + "?");
}

}  // namespace midscale
