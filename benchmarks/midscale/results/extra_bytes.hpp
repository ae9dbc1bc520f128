// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <midscale/results/measurements.hpp>

namespace midscale {

/// The name of the row of light nodes that use no strategy, with which the others are compared.
constexpr std::string_view no_strategy = "none";

/// What a strategy cost its nodes in bytes, beyond what as many nodes without any strategy had; less than 0 where it
/// saved some. Nothing where no node ran without.
[[nodiscard]] inline std::optional<std::int64_t> extra_bytes(const std::vector<light_row>& rows,
                                                             const light_row& row) {
  const auto base = std::find_if(rows.begin(), rows.end(),
                                 [](const light_row& each) { return each.strategy == no_strategy; });
  if (base == rows.end() || base->nodes == 0) return std::nullopt;
  const double as_many = static_cast<double>(base->bytes) / base->nodes * row.nodes;
  return static_cast<std::int64_t>(std::round(static_cast<double>(row.bytes) - as_many));
}

}  // namespace midscale
