// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdio>
#include <filesystem>
#include <system_error>

#include <midscale/command_line/commands.hpp>
#include <midscale/report/report.hpp>

namespace midscale {

/// Writes the report of the runs below a folder and prints where it is; where the page was not built, says so, which is
/// no failure. Throws file_trouble, and std::invalid_argument for a wrong file of a scenario.
inline void make_report(const program_facts& facts, const std::filesystem::path& folder) {
  std::error_code ignored;
  if (!std::filesystem::exists(facts.report_page, ignored)) {
    std::printf("no report: this program was built without Node.js, which puts its page together\n");
    return;
  }
  std::printf("%s\n", write_report(folder, facts.report_page, scenarios_in(facts.scenarios)).c_str());
}

/// midscale report: the page of one run, or of all runs below a folder.
class report_command {
 public:
  report_command(CLI::App& program, const program_facts& facts) : facts_(&facts) {
    command_ = program.add_subcommand("report", "put a run, or all runs below a folder, into one page");
    command_->add_option("folder", folder_, "where they are")->required();
  }
  [[nodiscard]] bool asked() const { return command_->parsed(); }
  int run() const {
    make_report(*facts_, folder_);
    return 0;
  }

 private:
  const program_facts* facts_;
  CLI::App* command_;
  std::filesystem::path folder_;
};

}  // namespace midscale
