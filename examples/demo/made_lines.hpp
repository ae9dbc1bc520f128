// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

namespace demo {

namespace wr = waku::reliability;

/// Lines made from a seed, in the mix and the mean sizes of a chat application: of 300, 225 chat messages of
/// about 4,671 bytes, 70 status updates of about 338 and 5 descriptions of communities of about 48,435.
[[nodiscard]] inline std::vector<std::string> make_lines(std::uint64_t seed) {
  struct kind {
    std::string_view name;
    std::uint32_t count;
    std::uint64_t mean_bytes;
  };
  constexpr kind kinds[] = {{"chat", 225, 4'671}, {"status", 70, 338}, {"community", 5, 48'435}};
  constexpr std::string_view words[] = {"the",   "message", "that",  "was",      "sent", "comes",
                                        "back",  "when",    "a",     "store",    "kept", "it",
                                        "while", "nobody",  "heard", "anything", "at",   "all"};
  wr::random_source random(seed ^ 0x6c696e6573U);
  std::vector<std::string> lines;
  for (const kind& each : kinds) {
    for (std::uint32_t count = 0; count < each.count; ++count) {
      const std::uint64_t bytes = each.mean_bytes / 2 + random.below(each.mean_bytes + 1);
      std::string line(each.name);
      while (line.size() < bytes) line.append(" ").append(words[random.below(std::size(words))]);
      line.resize(bytes);
      lines.push_back(std::move(line));
    }
  }
  for (std::size_t left = lines.size(); left > 1; --left)
    std::swap(lines[left - 1], lines[random.below(left)]);
  return lines;
}

}  // namespace demo
