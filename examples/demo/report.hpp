// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record.hpp"
#include "rows.hpp"

namespace demo {

/// All that the program has to tell.
struct results {
  experiment setting;
  std::vector<std::size_t> places;  ///< the line number in the input, from 1, of each message
  std::vector<row> rows;
  row baseline;  ///< the row of `none`, shown or not
  std::vector<std::pair<std::string_view, std::uint64_t>> fired;
};

[[nodiscard]] inline double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
}
[[nodiscard]] inline double in_milliseconds(wr::duration length) {
  return static_cast<double>(length.count()) / 1e6;
}
[[nodiscard]] inline double bytes_per_delivery(const row& each) {
  return each.delivered == 0 ? 0.0 : static_cast<double>(each.bytes) / static_cast<double>(each.delivered);
}

/// Line numbers as "3, 5-8, 12".
[[nodiscard]] inline std::string as_ranges(const std::vector<std::size_t>& sorted) {
  std::string text;
  for (std::size_t place = 0; place < sorted.size();) {
    std::size_t last = place;
    while (last + 1 < sorted.size() && sorted[last + 1] == sorted[last] + 1) ++last;
    if (!text.empty()) text += ", ";
    text += std::to_string(sorted[place]);
    if (last > place) text += (last == place + 1 ? ", " : "-") + std::to_string(sorted[last]);
    place = last + 1;
  }
  return text;
}

inline void print_table(const results& all) {
  const std::uint64_t lines = all.setting.lines.size();
  const std::string_view level = wt::name_of(all.setting.faults);
  std::printf(
      "%zu lines from one sender to %u receivers, 10 service nodes on 200 relay nodes, seed %llu,\n"
      "faults %.*s for 8 minutes of virtual time, then 2 minutes without\n\n",
      all.setting.lines.size(), all.setting.receivers, static_cast<unsigned long long>(all.setting.seed),
      static_cast<int>(level.size()), level.data());
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

/// Says of one row what came out at the receivers.
inline void print_verdict(const results& all, const row& judged) {
  std::vector<std::size_t> outside;
  for (const std::uint64_t line : judged.not_in_network) outside.push_back(all.places[line]);
  const std::size_t inside = all.setting.lines.size() - outside.size();
  std::printf("\n%s: %zu of %zu lines got into the network.\n", judged.strategy.c_str(), inside,
              all.setting.lines.size());
  if (judged.lacking.empty()) {
    std::printf("Every receiver holds all of them, byte for byte.\n");
  } else {
    std::printf("Not every receiver holds all of them:\n");
    std::map<std::uint32_t, std::vector<std::size_t>> by_receiver;
    for (const auto& [receiver, line] : judged.lacking) by_receiver[receiver].push_back(all.places[line]);
    constexpr std::size_t shown = 20;
    std::size_t count = 0;
    for (const auto& [receiver, lacking] : by_receiver) {
      if (count++ == shown) break;
      std::printf("  receiver %u lacks %zu: lines %s\n", receiver + 1, lacking.size(),
                  as_ranges(lacking).c_str());
    }
    if (by_receiver.size() > shown) std::printf("  and %zu more receivers\n", by_receiver.size() - shown);
  }
  std::printf(
      "They came in the order of the input at %u of %u receivers; by their numbers all are put in order.\n",
      judged.receivers_in_order, all.setting.receivers);
  if (outside.empty()) {
    std::printf("There is no line that did not get in.\n");
  } else {
    std::printf("Lines that did not get in: %s\n", as_ranges(outside).c_str());
  }
  std::printf(
      "Complete (every receiver holds what was confirmed, and what an honest store held when the faults "
      "ended): %s\n",
      judged.complete ? "yes" : "no");
}

inline void print_json(const results& all, bool complete) {
  const std::uint64_t lines = all.setting.lines.size();
  std::printf("{\n  \"seed\": %llu,\n  \"messages\": %zu,\n  \"complete\": %s,\n  \"rows\": [",
              static_cast<unsigned long long>(all.setting.seed), all.setting.lines.size(),
              complete ? "true" : "false");
  bool first = true;
  for (const row& each : all.rows) {
    std::printf(
        "%s\n    {\"strategy\": \"%s\", \"reached_network\": %.6f, \"delivered\": %.6f, "
        "\"wrong_verdicts\": %llu, \"gave_up\": %llu, \"duplicates_shown\": %llu, \"requests\": %llu, "
        "\"bytes\": %llu, \"p50_ms\": %.3f, \"p99_ms\": %.3f}",
        first ? "" : ",", each.strategy.c_str(), share(each.reached_network, lines),
        share(each.delivered, lines * all.setting.receivers),
        static_cast<unsigned long long>(each.wrong_verdicts), static_cast<unsigned long long>(each.gave_up),
        static_cast<unsigned long long>(each.duplicates_shown),
        static_cast<unsigned long long>(each.requests), static_cast<unsigned long long>(each.bytes),
        in_milliseconds(each.p50), in_milliseconds(each.p99));
    first = false;
  }
  std::printf("\n  ],\n  \"fired\": {");
  first = true;
  for (const auto& [name, count] : all.fired) {
    std::printf("%s\n    \"%.*s\": %llu", first ? "" : ",", static_cast<int>(name.size()), name.data(),
                static_cast<unsigned long long>(count));
    first = false;
  }
  std::printf("\n  }\n}\n");
}

}  // namespace demo
