// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <midscale/scenario/scenario_file.hpp>

namespace midscale {

/// What the program knows of itself.
struct program_facts {
  std::string version;
  std::filesystem::path scenarios;    ///< the folder of the scenarios
  std::filesystem::path report_page;  ///< the template of reports; none where it was not built
};

/// A scenario as the command line asks for it.
struct asked_scenario {
  std::string scenario;
  std::optional<std::uint64_t> nodes;
  std::optional<double> scale;
  std::uint64_t seed = 1;
  std::uint32_t repeat = 1;
  std::vector<std::string> set;
};

/// The options of whatever runs a scenario.
inline void add_scenario_options(CLI::App& command, asked_scenario& asked) {
  command.add_option("scenario", asked.scenario, "its name, or a file of your own that ends in .json")
      ->required();
  command
      .add_option("--nodes", asked.nodes,
                  "how many in all, with the proportions of the scenario; else its own")
      ->check(CLI::Range(2, 1'000'000));
  command.add_option("--scale", asked.scale, "a share of the scenario's nodes, such as 0.1")
      ->check(CLI::Range(0.0001, 1'000.0))
      ->excludes("--nodes");
  command.add_option("--seed", asked.seed, "of the first run")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command.add_option("--repeat", asked.repeat, "so many runs, each with the next seed")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command.add_option("--set", asked.set, "a parameter, name=value; repeatable")->take_all();
}

/// The scenario with what was asked for. Throws std::invalid_argument with a sentence, and file_trouble.
[[nodiscard]] inline scenario scenario_of(const asked_scenario& asked, const program_facts& facts) {
  scenario made = find_scenario(facts.scenarios, asked.scenario);
  for (const std::string& each : asked.set) set_parameter(made.values, each);
  if (asked.nodes) scale_to(made.values, *asked.nodes);
  if (asked.scale) {
    const double nodes = *asked.scale * static_cast<double>(made.values.nodes());
    scale_to(made.values, static_cast<std::uint64_t>(nodes + 0.5));
  }
  made.values.seed = asked.seed;
  return made;
}

}  // namespace midscale
