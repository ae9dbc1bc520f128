// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <midscale/results/distribution.hpp>
#include <midscale/results/extra_bytes.hpp>
#include <midscale/results/json_file.hpp>
#include <midscale/results/measurements.hpp>
#include <midscale/results/relay_latency.hpp>

namespace midscale {

/// What a run was asked to be.
struct run_request {
  std::string scenario;
  std::uint32_t nodes = 0;  ///< of all kinds
  std::uint64_t seed = 0;
};

/// The 50th, 95th and 99th percentile, in milliseconds.
[[nodiscard]] inline json percentiles_of(std::span<const std::uint32_t> sorted_us) {
  json made = json::object();
  for (const unsigned part : {50U, 95U, 99U})
    made["p" + std::to_string(part)] = rounded(quantile(sorted_us, part, 100) / 1e3);
  return made;
}

/// The mean rate of nodes, in kB (1,000 bytes) a second and node.
[[nodiscard]] inline double mean_rate(const std::vector<byte_pair>& nodes,
                                      std::uint64_t byte_pair::*direction, double seconds) {
  std::uint64_t bytes = 0;
  for (const byte_pair& each : nodes) bytes += each.*direction;
  const double over = seconds * static_cast<double>(nodes.size());
  return over == 0 ? 0 : rounded(static_cast<double>(bytes) / over / 1e3);
}

/// Part of a whole; nothing of nothing is `of_nothing`. Only the whole itself is 1.
[[nodiscard]] inline double share_of(std::uint64_t part, std::uint64_t whole, double of_nothing = 0) {
  if (whole == 0) return of_nothing;
  const double share = rounded(static_cast<double>(part) / static_cast<double>(whole), 6);
  return part < whole ? std::min(share, 0.999999) : share;
}

/// What light nodes with a strategy missed, recovered, were told wrongly and paid; those without are what they are
/// compared with. Where all are without, it is of them.
[[nodiscard]] inline json light_summary(const std::vector<light_row>& rows) {
  const bool compared = std::any_of(rows.begin(), rows.end(),
                                    [](const light_row& each) { return each.strategy != no_strategy; });
  std::uint64_t missed = 0;
  std::uint64_t recovered = 0;
  std::uint64_t wrong_verdicts = 0;
  std::optional<std::int64_t> extra = 0;
  for (const light_row& each : rows) {
    if (compared && each.strategy == no_strategy) continue;
    missed += each.missed;
    recovered += each.recovered;
    wrong_verdicts += each.wrong_verdicts;
    const auto more = extra_bytes(rows, each);
    if (extra) extra = more ? std::optional(*extra + *more) : std::nullopt;
  }
  return {{"missed", missed},
          {"recovered", recovered},
          {"wrong_verdicts", wrong_verdicts},
          {"extra_bytes", extra ? json(*extra) : json()}};
}

/// How many more copies a relay node got of a message, in the mean.
[[nodiscard]] inline double duplicates_per_message(const measurements& of) {
  const std::uint64_t first = of.copies - of.duplicates;
  return first == 0 ? 0 : rounded(static_cast<double>(of.duplicates) / static_cast<double>(first), 6);
}

/// summary.json: what comparisons read. Rates are means over the relay nodes, latency and hops are of what came by
/// relay. Has `light` where there are light nodes, and `told` where the scenario tells more.
[[nodiscard]] inline json summary_of(const run_request& run, const measurements& of,
                                     const relay_latency& latency) {
  const auto seconds = static_cast<double>(of.seconds.size());
  std::uint64_t expected = 0;
  std::uint64_t delivered = 0;
  for (const second_of_run& each : of.seconds) {
    expected += each.expected;
    delivered += each.delivered;
  }
  json hops = json::object();
  for (std::size_t count = 0; count < latency.by_hops.size(); ++count) {
    if (!latency.by_hops[count].empty())
      hops[std::to_string(count)] = share_of(latency.by_hops[count].size(), latency.all.size());
  }
  json made{{"scenario", run.scenario},
            {"nodes", run.nodes},
            {"seed", run.seed},
            {"simulated_s", of.seconds.size()},
            {"relay_in_kBps", mean_rate(of.relay_by_node, &byte_pair::in, seconds)},
            {"relay_out_kBps", mean_rate(of.relay_by_node, &byte_pair::out, seconds)},
            {"discv5_in_kBps", mean_rate(of.discv5_by_node, &byte_pair::in, seconds)},
            {"discv5_out_kBps", mean_rate(of.discv5_by_node, &byte_pair::out, seconds)},
            {"latency_ms", percentiles_of(latency.all)},
            {"hops", std::move(hops)},
            {"duplicates_per_message", duplicates_per_message(of)},
            {"delivered", share_of(delivered, expected, 1)}};
  if (!of.light.empty()) made["light"] = light_summary(of.light);
  for (const told_figure& each : of.told) made["told"][each.name] = rounded(each.value, 6);
  return made;
}

}  // namespace midscale
