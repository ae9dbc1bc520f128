// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace live_program {

/// The shards that a text names, such as 0,3 or 0-7; throws std::invalid_argument with a sentence for any other.
inline std::vector<std::uint32_t> parse_shards(std::string_view text) {
  const auto refuse = [whole = std::string(text)] {
    throw std::invalid_argument("--shards " + whole + ": give numbers from 0 to 1023, such as 0,3 or 0-7");
  };
  const auto number = [&](std::string_view part) {
    std::uint32_t read = 0;
    const auto end = std::from_chars(part.data(), part.data() + part.size(), read);
    if (end.ec != std::errc() || end.ptr != part.data() + part.size() || read > 1'023) refuse();
    return read;
  };
  std::vector<std::uint32_t> shards;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const std::size_t dash = part.find('-');
    const std::uint32_t first = number(part.substr(0, dash));
    const std::uint32_t last = dash == std::string_view::npos ? first : number(part.substr(dash + 1));
    if (last < first) refuse();
    for (std::uint32_t each = first; each <= last; ++each) shards.push_back(each);
    if (comma == std::string_view::npos) return shards;
    text.remove_prefix(comma + 1);
  }
}

/// As parse_shards() reads it: in order, and those that follow one another as first-last.
inline std::string text_of_shards(std::vector<std::uint32_t> shards) {
  std::sort(shards.begin(), shards.end());
  shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  std::string text;
  for (std::size_t at = 0; at < shards.size(); ++at) {
    const std::uint32_t first = shards[at];
    while (at + 1 < shards.size() && shards[at + 1] == shards[at] + 1) ++at;
    text += (text.empty() ? "" : ",") + std::to_string(first);
    if (shards[at] != first) text += '-' + std::to_string(shards[at]);
  }
  return text;
}

}  // namespace live_program
