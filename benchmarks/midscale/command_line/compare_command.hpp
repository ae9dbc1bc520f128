// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include <midscale/command_line/commands.hpp>
#include <midscale/command_line/comparison_table.hpp>
#include <midscale/command_line/report_command.hpp>
#include <midscale/results/make_folder.hpp>
#include <midscale/results/text_file.hpp>
#include <midscale/statistics/folder_comparison.hpp>

namespace midscale {

/// midscale compare: two versions by the runs that they left. The exit code is 0 where no metric differs
/// significantly, 1 where one does, and 2 where nothing can be compared.
class compare_command {
 public:
  compare_command(CLI::App& program, const program_facts& facts) : facts_(&facts) {
    command_ = program.add_subcommand("compare", "find what is different between the runs of two versions");
    command_->add_option("base", base_, "folder of one version's runs, with several seeds")->required();
    command_->add_option("new", new_, "that of the other")->required();
    command_->add_option("--out", out_, "folder for comparison.json and its page");
  }
  [[nodiscard]] bool asked() const { return command_->parsed(); }
  int run() const {
    const folder_comparison made = compare_folders(base_, new_);
    std::fputs(table_of(made).c_str(), stdout);
    if (!out_.empty()) {
      make_folder(out_);
      write_text(out_ / "comparison.json", json_of(made).dump(2) + "\n");
      make_report(*facts_, out_);
    }
    if (made.found.rows.empty())
      throw std::invalid_argument(
          "nothing can be compared: it takes two seeds of each version, with the same parameters");
    return made.found.differs() ? 1 : 0;
  }

 private:
  const program_facts* facts_;
  CLI::App* command_;
  std::filesystem::path base_, new_, out_;
};

}  // namespace midscale
