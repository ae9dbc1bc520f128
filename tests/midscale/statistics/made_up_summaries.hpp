// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <midscale/results/summary.hpp>
#include <midscale/results/text_file.hpp>

/// Leaves the two files of a run from which comparisons are made.
inline void leave_run(const std::filesystem::path& folder, std::uint64_t seed, const midscale::json& values,
                      const midscale::json& metrics, const std::string& scenario = "shards") {
  std::filesystem::create_directories(folder);
  midscale::json summary{{"scenario", scenario}, {"nodes", 4}, {"seed", seed}, {"simulated_s", 10}};
  summary.update(metrics);
  midscale::write_text(folder / "summary.json", summary.dump());
  midscale::write_text(folder / "parameters.json", midscale::json{{"values", values}}.dump());
}
