// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

/// "1 line", "2 lines".
[[nodiscard]] inline std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

/// Numbers as "3, 5-8, 12".
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

}  // namespace demo
