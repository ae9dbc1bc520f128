// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdio>
#include <span>
#include <string_view>

#include "rows.hpp"

namespace demo {

/// What the columns of the table are.
inline constexpr std::string_view columns_legend =
    R"(  reached the network  lines that got to an honest store, or beyond the nodes that they were handed to
  delivered            lines shown to receivers, of lines times receivers
  wrong verdicts       lines confirmed that had not arrived, failed that somebody has, or without just one verdict
  given up             lines that were never confirmed
  shown twice          lines shown to the same receiver once more
  requests, bytes      of the sender and all receivers, both ways
  bytes per delivery   how many times that of none
  delivery time        from publishing a line to showing it: of half of them at most p50, of 99 % at most p99
)";

/// What the names of strategies stand for, in two columns.
inline void print_strategies_legend(std::span<const strategy> strategies) {
  const std::size_t half = (strategies.size() + 1) / 2;
  for (std::size_t line = 0; line < half; ++line) {
    const strategy& left = strategies[line];
    const bool last = line + half >= strategies.size();
    std::printf("  %-4s  %-*.*s", left.name.data(), last ? 0 : 46, static_cast<int>(left.what.size()),
                left.what.data());
    if (!last) {
      const strategy& right = strategies[line + half];
      std::printf("%-4s  %s", right.name.data(), right.what.data());
    }
    std::printf("\n");
  }
}

/// What the table means.
inline void print_legend(std::span<const strategy> strategies) {
  std::printf("\nColumns:\n%s\nStrategies of WAKU-P2P-RELIABILITY (L lightpush, S store, F filter):\n",
              columns_legend.data());
  print_strategies_legend(strategies);
}

}  // namespace demo
