// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "experiment.hpp"
#include "row.hpp"

namespace demo {

/// Called now and then with the share of a row that is done, 0 to 1.
using progress = std::function<void(double)>;

/// A policy that takes part in a row, and how often it acted.
struct policy_count {
  std::string_view policy;
  std::uint64_t policy_acts::*count;
};

/// A strategy of the spec, and how to run its row.
struct strategy {
  std::string_view name;
  std::string_view what;
  std::span<const policy_count> policies;
  row (*run)(const experiment&, const progress&);
};

// In two parts, which compile side by side.

/// Nothing, and the strategies for publishing: none, L1 to L4, S1.
std::span<const strategy> publishing_strategies();
/// The strategies for receiving, for both ways, and all: S2, S3, F1 to F4, all.
std::span<const strategy> receiving_strategies();

/// All of them in the order of the table: `none` first.
[[nodiscard]] inline std::vector<strategy> all_strategies() {
  std::vector<strategy> found;
  for (const std::string_view name :
       {"none", "L1", "L2", "L3", "L4", "S1", "S2", "S3", "F1", "F2", "F3", "F4", "all"}) {
    for (const auto part : {publishing_strategies(), receiving_strategies()}) {
      for (const strategy& each : part) {
        if (each.name == name) found.push_back(each);
      }
    }
  }
  return found;
}

}  // namespace demo
