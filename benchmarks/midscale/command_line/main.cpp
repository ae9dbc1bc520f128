// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <cstdio>
#include <exception>

#include <midscale/command_line/commands.hpp>
#include <midscale/command_line/compare_command.hpp>
#include <midscale/command_line/list_command.hpp>
#include <midscale/command_line/report_command.hpp>
#include <midscale/command_line/run_command.hpp>
#include <midscale/command_line/sweep_command.hpp>
#include <midscale/command_line/topology_command.hpp>
#include <midscale_version.hpp>

namespace {

int run_program(int count, char** words) {
  const midscale::program_facts facts{MIDSCALE_VERSION, MIDSCALE_SCENARIOS, MIDSCALE_REPORT_PAGE};
  CLI::App app(
      "The midscale lab: networks of thousands of Waku nodes on one machine. Begin with: midscale list");
  app.set_version_flag("--version", facts.version);
  app.require_subcommand(1);
  const midscale::list_command list(app, facts);
  const midscale::run_command run(app, facts);
  const midscale::sweep_command sweep(app, facts);
  const midscale::report_command report(app, facts);
  const midscale::compare_command compare(app, facts);
  const midscale::topology_command topology(app);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (list.asked()) return list.run();
  if (run.asked()) return run.run();
  if (sweep.asked()) return sweep.run();
  if (report.asked()) return report.run();
  if (compare.asked()) return compare.run();
  return topology.run();
}

}  // namespace

int main(int count, char** words) {
  try {
    return run_program(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "midscale: %s\n", error.what());
    return 2;
  }
}
