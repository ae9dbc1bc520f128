// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace midscale {

/// How many characters are to be changed, added, dropped or swapped with their neighbour to make `b` of `a` (the
/// optimal string alignment distance; Damerau, 1964). O(|a| · |b|).
[[nodiscard]] inline std::size_t distance_of(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t column = 0; column <= b.size(); ++column) last[column] = column;
  for (std::size_t line = 1; line <= a.size(); ++line) {
    row[0] = line;
    for (std::size_t column = 1; column <= b.size(); ++column) {
      const std::size_t changed = last[column - 1] + (a[line - 1] == b[column - 1] ? 0 : 1);
      row[column] = std::min({last[column] + 1, row[column - 1] + 1, changed});
      const bool swapped =
          line > 1 && column > 1 && a[line - 1] == b[column - 2] && a[line - 2] == b[column - 1];
      if (swapped) row[column] = std::min(row[column], before[column - 2] + 1);
    }
    before = std::exchange(last, row);
  }
  return last[b.size()];
}

/// The name that was most likely meant: of those that begin or end with what was given, or else of all, the nearest
/// one, the first of equals. Nothing where the list is empty.
[[nodiscard]] inline std::string_view nearest_name(std::string_view given,
                                                   const std::vector<std::string_view>& names) {
  const auto key = [given](std::string_view name) {
    const bool part = !given.empty() && (name.starts_with(given) || name.ends_with(given));
    return std::pair(!part, distance_of(given, name));
  };
  const auto nearest = std::min_element(
      names.begin(), names.end(), [&](std::string_view a, std::string_view b) { return key(a) < key(b); });
  return nearest == names.end() ? std::string_view{} : *nearest;
}

}  // namespace midscale
