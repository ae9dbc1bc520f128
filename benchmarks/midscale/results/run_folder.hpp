// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <midscale/results/condensed.hpp>
#include <midscale/results/json_file.hpp>
#include <midscale/results/machine.hpp>
#include <midscale/results/measurements.hpp>
#include <midscale/results/summary.hpp>
#include <midscale/results/tables.hpp>
#include <midscale/results/text_file.hpp>

namespace midscale {

/// One parameter as a run had it.
struct parameter_value {
  std::string name;
  json value;
  std::string unit;     ///< such as "messages/s"; empty where there is none
  std::string meaning;  ///< for people, in a few words
};

/// What differs between two runs of one request.
struct run_cost {
  double wall_s = 0;
  double peak_rss_mb = 0;
  std::string version;
  machine made_on;
};

/// parameters.json: all that was asked for.
[[nodiscard]] inline json json_of(const run_request& run, const std::vector<parameter_value>& parameters) {
  json made{{"scenario", run.scenario}, {"nodes", run.nodes}, {"seed", run.seed}};
  for (const char* each : {"values", "units", "meanings"}) made[each] = json::object();
  for (const parameter_value& each : parameters) {
    made["values"][each.name] = each.value;
    if (!each.unit.empty()) made["units"][each.name] = each.unit;
    if (!each.meaning.empty()) made["meanings"][each.name] = each.meaning;
  }
  return made;
}

/// run.json.
[[nodiscard]] inline json json_of(const run_cost& cost) {
  return {{"wall_s", rounded(cost.wall_s)},
          {"peak_rss_mb", rounded(cost.peak_rss_mb, 1)},
          {"version", cost.version},
          {"machine",
           {{"processor", cost.made_on.processor},
            {"processors", cost.made_on.processors},
            {"system", cost.made_on.system},
            {"compiler", cost.made_on.compiler}}}};
}

/// Writes what a run leaves into a folder that is there. summary.json comes last: where it is, all is.
/// Throws file_trouble.
inline void write_run(const std::filesystem::path& folder, const run_request& run,
                      const std::vector<parameter_value>& parameters, const run_cost& cost,
                      const measurements& of) {
  const relay_latency latency = relay_latency_of(of.received);
  write_text(folder / "parameters.json", json_of(run, parameters).dump(2) + "\n");
  write_sent(folder / "sent.csv", of.sent);
  write_received(folder / "received.csv", of.received);
  write_text(folder / "measurements.json", condensed(of, latency, run.seed).dump() + "\n");
  write_text(folder / "run.json", json_of(cost).dump(2) + "\n");
  write_text(folder / "summary.json", summary_of(run, of, latency).dump(2) + "\n");
}

}  // namespace midscale
