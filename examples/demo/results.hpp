// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "experiment.hpp"
#include "numbered_lines.hpp"
#include "rows.hpp"

namespace demo {

/// All that the program has to tell.
struct results {
  experiment setting;
  std::vector<std::size_t> places;  ///< the number in the input, from 1, of each line that was sent
  std::vector<long_line> too_long;  ///< the lines that were not
  std::vector<strategy> strategies;
  std::vector<row> rows;  ///< one for each strategy
  row baseline;           ///< the row of `none`, shown or not
  /// How often each kind of fault struck and each policy acted in all rows, in the order of their coming up.
  std::vector<std::pair<std::string_view, std::uint64_t>> fired;
};

/// Adds what struck and acted in a row to the sums.
inline void add_fired(results& all, const strategy& each, const row& done) {
  const auto add = [&all](std::string_view name, std::uint64_t count) {
    const auto place =
        std::find_if(all.fired.begin(), all.fired.end(), [&](const auto& own) { return own.first == name; });
    if (place == all.fired.end()) {
      all.fired.emplace_back(name, count);
    } else {
      place->second += count;
    }
  };
  for (std::size_t kind = 0; kind < wt::fault_kinds; ++kind) {
    const auto fault = static_cast<wt::fault_kind>(kind);
    add(wt::name_of(fault), done.faults.count(fault));
  }
  for (const policy_count& policy : each.policies) add(policy.policy, done.acts.*policy.count);
}

[[nodiscard]] inline double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
}
[[nodiscard]] inline double in_milliseconds(wr::duration length) {
  return static_cast<double>(length.count()) / 1e6;
}
[[nodiscard]] inline double bytes_per_delivery(const row& each) {
  return each.delivered == 0 ? 0.0 : static_cast<double>(each.bytes) / static_cast<double>(each.delivered);
}

}  // namespace demo
