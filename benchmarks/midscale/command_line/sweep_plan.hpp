// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <midscale/results/json_file.hpp>
#include <midscale/scenario/parameter_values.hpp>
#include <midscale/scenario/scenario_file.hpp>

namespace midscale {

/// What stands in `text`, which is name=value,value,... Throws std::invalid_argument.
[[nodiscard]] inline swept_parameter swept_from(std::string_view text) {
  const std::size_t sign = text.find('=');
  if (sign == std::string_view::npos || sign == 0 || sign + 1 == text.size())
    throw std::invalid_argument("'" + std::string(text) + "' sweeps nothing: write name=value,value");
  swept_parameter made{std::string(text.substr(0, sign)), {}};
  for (std::string_view left = text.substr(sign + 1);;) {
    const std::size_t end = std::min(left.find(','), left.size());
    made.values.emplace_back(left.substr(0, end));
    if (end == left.size()) return made;
    left.remove_prefix(end + 1);
  }
}

/// One run of a sweep.
struct planned_run {
  std::filesystem::path folder;  ///< within the sweep's, such as churn=0.2,shards=8/seed-3
  parameters values;
};

/// What a sweep is asked to be.
struct sweep_request {
  parameters base{};                     ///< with the first seed
  std::vector<swept_parameter> swept{};  ///< `nodes` may be among them: the network in that size
  std::uint64_t repeat = 1;              ///< how many seeds, one after another
  std::string version{};                 ///< of this program
};

/// sweep.json: of two sweeps that have it alike, the runs are alike.
[[nodiscard]] inline json json_of(const sweep_request& sweep) {
  json swept = json::array();
  for (const swept_parameter& each : sweep.swept)
    swept.push_back({{"name", each.name}, {"values", each.values}});
  return {{"scenario", sweep.base.scenario}, {"version", sweep.version},  {"seed", sweep.base.seed},
          {"repeat", sweep.repeat},          {"sweep", std::move(swept)}, {"values", to_json(sweep.base)}};
}

/// Makes the plan of a sweep.
class sweep_planner {
 public:
  explicit sweep_planner(const sweep_request& sweep) : sweep_(sweep) {}

  [[nodiscard]] std::vector<planned_run> plan() {
    if (sweep_.repeat == 0) throw std::invalid_argument("repeat cannot be 0: there would be no run");
    std::size_t runs = sweep_.repeat > most_runs ? most_runs + 1 : static_cast<std::size_t>(sweep_.repeat);
    for (const swept_parameter& each : sweep_.swept)
      runs = std::min(runs * each.values.size(), most_runs + 1);
    if (runs > most_runs)
      throw std::invalid_argument("the sweep is of more than " + std::to_string(most_runs) + " runs");
    check_names();
    choose(0, sweep_.base, "");
    return std::move(plan_);
  }

 private:
  // More than anybody waits for, and few enough to look for each of them in a folder.
  static constexpr std::size_t most_runs = 100'000;

  // The size stands first, for a parameter that has a part of the nodes is to keep its value.
  void check_names() const {
    for (auto each = sweep_.swept.begin(); each != sweep_.swept.end(); ++each) {
      if (each->name == "nodes" && each != sweep_.swept.begin())
        throw std::invalid_argument("nodes has to be the first parameter that is swept");
      if (std::any_of(sweep_.swept.begin(), each,
                      [&](const swept_parameter& before) { return before.name == each->name; }))
        throw std::invalid_argument(each->name + " is swept twice");
    }
  }
  void choose(std::size_t at, const parameters& values, const std::string& folder) {
    if (at == sweep_.swept.size()) return repeat(values, folder);
    const auto& [name, texts] = sweep_.swept[at];
    std::vector<parameters> before;
    for (const std::string& text : texts) {
      parameters changed = values;
      const std::string value = set(changed, name, text);
      if (std::find(before.begin(), before.end(), changed) != before.end())
        throw std::invalid_argument(name + " has the value " + text + " twice");
      before.push_back(changed);
      choose(at + 1, changed, folder + (folder.empty() ? "" : ",") + name + "=" + value);
    }
  }
  // Gives the value as it is in names of folders.
  static std::string set(parameters& into, const std::string& name, const std::string& text) {
    if (name != "nodes") {
      set_parameter(into, name, text);
      const json value = to_json(into)[name];
      if (value.is_number_float()) return parameter_values::shown(value);
      return value.is_string() ? as_one_name(value.get<std::string>()) : value.dump();
    }
    const auto nodes = parameter_values::number_of(text);
    if (!nodes || *nodes < 1 || *nodes > most_nodes || *nodes != std::floor(*nodes))
      throw std::invalid_argument("nodes cannot be '" + text + "': it is a whole number from 1 to " +
                                  parameter_values::shown(most_nodes));
    scale_to(into, static_cast<std::uint64_t>(*nodes));
    return std::to_string(into.nodes());
  }
  // A file's path is one name, which leads nowhere: as in URLs.
  static std::string as_one_name(const std::string& text) {
    std::string made;
    for (const char each : text) {
      if (each == '/' || each == '%') {
        made += each == '/' ? "%2F" : "%25";
      } else {
        made += each;
      }
    }
    return made;
  }
  static constexpr double most_nodes = 1e6;  // as of relays in parameter_table()

  void repeat(const parameters& values, const std::string& folder) {
    for (std::uint64_t turn = 0; turn < sweep_.repeat; ++turn) {
      parameters seeded = values;
      seeded.seed += turn;
      plan_.push_back({std::filesystem::path(folder) / ("seed-" + std::to_string(seeded.seed)), seeded});
    }
  }

  const sweep_request& sweep_;
  std::vector<planned_run> plan_;
};

/// All runs of a sweep in their order: every combination of the values, the last name's changing fastest, and of each
/// all seeds. Throws std::invalid_argument with a sentence where a value cannot be, or stands twice.
[[nodiscard]] inline std::vector<planned_run> plan_of(const sweep_request& sweep) {
  return sweep_planner(sweep).plan();
}

}  // namespace midscale
