// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "results.hpp"
#include "wording.hpp"

namespace demo {

/// A line for each strategy.
inline void print_table(const results& all) {
  const std::uint64_t lines = all.setting.lines.size();
  const std::string_view level = wt::name_of(all.setting.faults);
  const bool mixed = all.setting.nodes == wt::node_software::mixed;
  const std::string software = mixed ? "" : std::string(wt::name_of(all.setting.nodes)) + ' ';
  std::printf(
      "%s from one sender to %s, 10 %sservice nodes on 200 relay nodes, seed %llu,\n"
      "faults %.*s for 8 minutes of virtual time, then 2 minutes without\n\n",
      counted(all.setting.lines.size(), "line").c_str(), counted(all.setting.receivers, "receiver").c_str(),
      software.c_str(), static_cast<unsigned long long>(all.setting.seed), static_cast<int>(level.size()),
      level.data());
  std::printf(
      "          reached the   delivered   wrong     given  shown                      bytes per   delivery "
      "time\n");
  std::printf(
      "strategy      network              verdicts      up  twice  requests     bytes   delivery    p50      "
      "p99\n");
  const double usual = bytes_per_delivery(all.baseline);
  for (const row& each : all.rows) {
    std::printf(
        "%-8s %11.1f %% %9.1f %% %9llu %7llu %6llu %9llu %6.1f MB", each.strategy.c_str(),
        100 * share(each.reached_network, lines), 100 * share(each.delivered, lines * all.setting.receivers),
        static_cast<unsigned long long>(each.wrong_verdicts), static_cast<unsigned long long>(each.gave_up),
        static_cast<unsigned long long>(each.duplicates_shown),
        static_cast<unsigned long long>(each.requests), static_cast<double>(each.bytes) / 1e6);
    if (each.delivered == 0 || usual == 0) {
      std::printf("          -");
    } else {
      std::printf("  x %7.2f", bytes_per_delivery(each) / usual);
    }
    std::printf(" %6.2f s %6.2f s\n", in_milliseconds(each.p50) / 1e3, in_milliseconds(each.p99) / 1e3);
  }
}

}  // namespace demo
