// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <midscale/command_line/run_apart.hpp>
#include <midscale/results/run_folder.hpp>
#include <midscale/scenario/parameter_values.hpp>

#include "../results/small_run.hpp"

/// Leaves what a run of these parameters might: figures that go by them and the seed. That of a rate of 13 fails.
inline void made_up_run(const std::filesystem::path& folder, const midscale::parameters& of,
                        const midscale::run_progress& done) {
  done(0.5);
  std::filesystem::create_directories(folder);
  if (of.rate == 13) throw std::runtime_error("13 is no good");
  midscale::measurements made = small_run();
  made.copies += of.seed + of.shards;
  std::vector<midscale::parameter_value> parameters;
  const midscale::json values = midscale::to_json(of);
  for (const auto& [name, value] : values.items()) parameters.push_back({name, value, "", ""});
  midscale::write_run(folder, {of.scenario, 4, of.seed}, parameters, {}, made);
  done(1);
}
