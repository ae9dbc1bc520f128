// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>
#include <waku/reliability/policy/options.hpp>

#include "line_message.hpp"

namespace demo {

/// The lines of a text, without their line ends; a last line needs none.
[[nodiscard]] inline std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) break;
    begin = end + 1;
  }
  return lines;
}

/// All of a file, or of standard input for "-"; nothing when it cannot be read.
[[nodiscard]] inline std::optional<std::string> read_all(const std::string& path) {
  using all = std::istreambuf_iterator<char>;
  if (path == "-") return std::string(all(std::cin), all());
  // A folder opens, and throws when it is read.
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(all(file), all());
}

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

/// The lines as messages, numbered from 0. Those that the network would not take are left out with a word on
/// standard error; `places` gets the line number, from 1, of each message.
[[nodiscard]] inline std::vector<line_message> make_messages(const std::vector<std::string>& lines,
                                                             std::vector<std::size_t>& places) {
  const std::size_t most = wr::publish_options{}.message_bytes_max;
  std::vector<line_message> messages;
  for (std::size_t place = 0; place < lines.size(); ++place) {
    line_message made = make_line_message(messages.size(), lines[place]);
    const std::size_t size = wr::message_traits<line_message>::encoded_size(made);
    if (size > most) {
      std::fprintf(stderr,
                   "demo: line %zu is too long: %zu bytes, which make a message of %zu; the network takes at "
                   "most %zu. It is left out.\n",
                   place + 1, lines[place].size(), size, most);
      continue;
    }
    messages.push_back(std::move(made));
    places.push_back(place + 1);
  }
  return messages;
}

}  // namespace demo
