// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "results.hpp"
#include "wording.hpp"

namespace demo {

/// "line 3" or "lines 3, 5-8".
[[nodiscard]] inline std::string named_lines(const std::vector<std::size_t>& places) {
  return (places.size() == 1 ? "line " : "lines ") + as_ranges(places);
}

/// Says which receivers lack which lines that are in the network.
inline void print_lacking(const results& all, const row& judged) {
  if (judged.lacking.empty()) {
    std::printf("Every receiver holds all of them, byte for byte.\n");
    return;
  }
  std::printf("Not every receiver holds all of them:\n");
  std::map<std::uint32_t, std::vector<std::size_t>> by_receiver;
  for (const auto& [receiver, line] : judged.lacking) by_receiver[receiver].push_back(all.places[line]);
  constexpr std::size_t shown = 20;
  std::size_t count = 0;
  for (const auto& [receiver, lacking] : by_receiver) {
    if (count++ == shown) break;
    std::printf("  receiver %u lacks %zu: %s\n", receiver + 1, lacking.size(), named_lines(lacking).c_str());
  }
  if (by_receiver.size() > shown) {
    std::printf("  and %s more\n", counted(by_receiver.size() - shown, "receiver").c_str());
  }
}

/// Says which lines did not get into the network, and why.
inline void print_outside(const results& all, const std::vector<std::size_t>& lost) {
  if (lost.empty() && all.too_long.empty()) {
    std::printf("There is no line that did not get in.\n");
    return;
  }
  std::printf("Lines that did not get in:\n");
  if (!lost.empty()) {
    std::printf("  lost on the way, for all that the sender did: %s\n", named_lines(lost).c_str());
  }
  std::vector<std::size_t> places;
  for (const long_line& each : all.too_long) places.push_back(each.place);
  if (!places.empty()) {
    std::printf("  not sent, since the network takes messages of at most %zu bytes: %s\n",
                message_bytes_max(), named_lines(places).c_str());
  }
}

/// Says of one row what came out at the receivers.
inline void print_verdict(const results& all, const row& judged) {
  std::vector<std::size_t> lost;
  for (const std::uint64_t line : judged.not_in_network) lost.push_back(all.places[line]);
  const std::size_t sent = all.setting.lines.size();
  std::printf("\n%s: %zu of %s got into the network.\n", judged.strategy.c_str(), sent - lost.size(),
              counted(sent + all.too_long.size(), "line").c_str());
  print_lacking(all, judged);
  std::printf("They came in the order of the input at %u of %s; by their numbers all are put in order.\n",
              judged.receivers_in_order, counted(all.setting.receivers, "receiver").c_str());
  print_outside(all, lost);
  std::printf(
      "Complete (every receiver holds what was confirmed, and what an honest store held when the faults "
      "ended): %s\n",
      judged.complete ? "yes" : "no");
}

}  // namespace demo
