// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

#include <midscale/results/make_folder.hpp>
#include <midscale/results/run_folder.hpp>
#include <midscale/scenario/parameter_table.hpp>
#include <midscale/scenario/parameters.hpp>
#include <midscale/simulation/run_simulation.hpp>

namespace midscale {

/// All parameters as parameters.json has them.
[[nodiscard]] inline std::vector<parameter_value> told_parameters(const parameters& of) {
  std::vector<parameter_value> told;
  for (const parameter& each : parameter_table()) {
    json value;
    std::visit([&](auto where) { value = of.*where; }, each.where);
    told.push_back(
        {std::string(each.name), std::move(value), std::string(each.unit), std::string(each.meaning)});
  }
  return told;
}

/// Runs the network of the parameters and leaves what a run leaves in the folder, which is made. A summary of an
/// earlier run there goes first. Throws as run_simulation() does, and file_trouble.
inline void run_into(const std::filesystem::path& folder, const parameters& of, std::string_view version,
                     const run_progress& progress) {
  make_folder(folder);
  std::error_code ignored;
  std::filesystem::remove(folder / "summary.json", ignored);
  const auto begin = std::chrono::steady_clock::now();
  const measurements measured = run_simulation(of, progress);
  const double wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  write_run(folder, {of.scenario, static_cast<std::uint32_t>(of.nodes()), of.seed}, told_parameters(of),
            {wall_s, peak_memory_mb(), std::string(version), this_machine()}, measured);
}

}  // namespace midscale
