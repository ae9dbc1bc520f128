// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <cstdio>
#include <vector>

#include "results.hpp"

namespace demo {

/// The member that names the lines that were not sent.
inline void print_too_long(const std::vector<long_line>& lines) {
  std::printf(",\n  \"too_long\": [");
  bool first = true;
  for (const long_line& each : lines) {
    std::printf("%s\n    {\"line\": %zu, \"bytes\": %zu, \"message_bytes\": %zu, \"message_bytes_max\": %zu}",
                first ? "" : ",", each.place, each.bytes, each.message_bytes, message_bytes_max());
    first = false;
  }
  std::printf("\n  ]");
}

/// Everything as one JSON object; `complete` is that of the last row.
inline void print_json(const results& all) {
  const std::uint64_t lines = all.setting.lines.size();
  std::printf("{\n  \"seed\": %llu,\n  \"messages\": %zu,\n  \"complete\": %s,\n  \"rows\": [",
              static_cast<unsigned long long>(all.setting.seed), all.setting.lines.size(),
              all.rows.back().complete ? "true" : "false");
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
  std::printf("\n  }");
  if (!all.too_long.empty()) print_too_long(all.too_long);
  std::printf("\n}\n");
}

}  // namespace demo
