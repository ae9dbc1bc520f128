// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

#include <midscale/command_line/commands.hpp>
#include <midscale/command_line/progress_line.hpp>
#include <midscale/command_line/report_command.hpp>
#include <midscale/command_line/run_apart.hpp>
#include <midscale/command_line/run_into.hpp>

namespace midscale {

/// midscale run: one scenario with one set of parameters, once or with several seeds.
class run_command {
 public:
  run_command(CLI::App& program, const program_facts& facts) : facts_(&facts) {
    command_ = program.add_subcommand("run", "run a scenario and leave its results in a folder");
    add_scenario_options(*command_, asked_);
    command_->add_option("--out", out_, "folder for the results; with --repeat each run has one within it");
  }
  [[nodiscard]] bool asked() const { return command_->parsed(); }
  int run() const {
    scenario of = scenario_of(asked_, *facts_);
    const std::filesystem::path folder = out_.empty() ? std::filesystem::path("midscale-" + of.name) : out_;
    // It would stand before those within.
    if (asked_.repeat > 1 && std::filesystem::exists(folder / "summary.json"))
      throw std::invalid_argument(folder.string() + " holds a run of its own; name another folder");
    for (std::uint32_t done = 0; done < asked_.repeat; ++done) {
      of.values.seed = asked_.seed + done;
      const auto own = asked_.repeat == 1 ? folder : folder / ("seed-" + std::to_string(of.values.seed));
      std::optional<std::string> trouble;
      {
        progress_line progress(of.name + ", " + std::to_string(of.values.nodes()) + " nodes, seed " +
                               std::to_string(of.values.seed));
        // Each in a process of its own, so that its memory is its own.
        trouble =
            apart::run([&](const run_progress& tell) { run_into(own, of.values, facts_->version, tell); },
                       [&](double share) { progress.show(share); });
      }
      if (trouble) throw std::runtime_error(*trouble);
      std::printf("%s\n", (own / "summary.json").c_str());
    }
    make_report(*facts_, folder);
    return 0;
  }

 private:
  const program_facts* facts_;
  CLI::App* command_;
  asked_scenario asked_;
  std::filesystem::path out_;
};

}  // namespace midscale
