// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <midscale/command_line/commands.hpp>
#include <midscale/command_line/run_into.hpp>
#include <midscale/command_line/sweep.hpp>

namespace midscale {

/// midscale sweep: a scenario with several values of some parameters, each with several seeds.
class sweep_command {
 public:
  sweep_command(CLI::App& program, const program_facts& facts) : facts_(&facts) {
    command_ = program.add_subcommand(
        "sweep", "run a scenario with several values of its parameters; the same command resumes it");
    add_scenario_options(*command_, asked_);
    command_->add_option("--sweep", swept_, "name=value,value,...; repeatable; else what the scenario sweeps")
        ->take_all();
    command_->add_option("--out", out_, "folder for the runs and all their summaries");
  }
  [[nodiscard]] bool asked() const { return command_->parsed(); }
  int run() const {
    const scenario of = scenario_of(asked_, *facts_);
    const std::filesystem::path folder =
        out_.empty() ? std::filesystem::path("midscale-" + of.name + "-sweep") : out_;
    sweep_request sweep{
        .base = of.values, .swept = of.sweep, .repeat = asked_.repeat, .version = facts_->version};
    if (!swept_.empty()) sweep.swept.clear();
    for (const std::string& each : swept_) sweep.swept.push_back(swept_from(each));
    return sweep_into(
        folder, sweep,
        [&](const auto& own, const parameters& values, const run_progress& done) {
          run_into(own, values, facts_->version, done);
        },
        stderr);
  }

 private:
  const program_facts* facts_;
  CLI::App* command_;
  asked_scenario asked_;
  std::vector<std::string> swept_;
  std::filesystem::path out_;
};

}  // namespace midscale
