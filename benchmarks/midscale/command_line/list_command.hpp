// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdio>
#include <string>
#include <variant>

#include <midscale/command_line/commands.hpp>
#include <midscale/scenario/parameter_table.hpp>

namespace midscale {

/// Prints the parameters, with what they are where nothing is said.
inline void list_parameters() {
  const json usual = to_json(parameters{});
  for (const parameter& each : parameter_table()) {
    std::string may_be(each.choices);
    if (each.least < each.most)
      may_be = parameter_values::shown(each.least) + " to " + parameter_values::shown(each.most);
    if (!each.unit.empty()) may_be += (may_be.empty() ? "" : " ") + std::string(each.unit);
    if (std::holds_alternative<bool parameters::*>(each.where)) may_be = "true false";
    const std::string value = assigned_text(usual[std::string(each.name)]);
    std::printf("  %-20s %-15s %.*s (%s)\n", std::string(each.name).c_str(),
                value.empty() ? "none" : value.c_str(), static_cast<int>(each.meaning.size()),
                each.meaning.data(), may_be.c_str());
  }
}

/// midscale list: the scenarios, and with a name or --parameters what is in them.
class list_command {
 public:
  list_command(CLI::App& program, const program_facts& facts) : facts_(&facts) {
    command_ =
        program.add_subcommand("list", "the scenarios; with a name, its parameters and what it varies");
    command_->add_option("scenario", name_, "its name");
    command_->add_flag("--parameters", parameters_, "all parameters, with units and bounds");
  }
  [[nodiscard]] bool asked() const { return command_->parsed(); }
  int run() const {
    if (parameters_) {
      list_parameters();
    } else if (!name_.empty()) {
      print(find_scenario(facts_->scenarios, name_));
    } else {
      for (const scenario& each : scenarios_in(facts_->scenarios))
        std::printf("%-20s %s\n", each.name.c_str(), each.question.c_str());
    }
    return 0;
  }

 private:
  static void print(const scenario& of) {
    std::printf("%s: %s\n%s\n", of.name.c_str(), of.title.c_str(), of.question.c_str());
    const json values = to_json(of.values);
    const json usual = to_json(parameters{});
    std::puts("Parameters, those of the scenario with a star:");
    for (const auto& [name, value] : values.items())
      std::printf("%s %-20s %s\n", value == usual[name] ? " " : "*", name.c_str(),
                  assigned_text(value).c_str());
    for (const swept_parameter& each : of.sweep) {
      std::string line = "A sweep varies " + each.name + ":";
      for (const std::string& value : each.values) line += " " + value;
      std::puts(line.c_str());
    }
  }

  const program_facts* facts_;
  CLI::App* command_;
  std::string name_;
  bool parameters_ = false;
};

}  // namespace midscale
