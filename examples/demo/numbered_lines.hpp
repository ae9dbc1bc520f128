// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/policy/options.hpp>

#include "line_message.hpp"

namespace demo {

/// A line that the network would not take.
struct long_line {
  std::size_t place = 0;  ///< its number in the input, from 1
  std::size_t bytes = 0;
  std::size_t message_bytes = 0;  ///< of the message that it would make
};

/// The lines of an input as messages, numbered from 0.
struct numbered_lines {
  std::vector<line_message> messages;
  std::vector<std::size_t> places;  ///< the number in the input, from 1, of each message's line
  std::vector<long_line> too_long;
};

/// The largest message that a node takes by default.
[[nodiscard]] inline std::size_t message_bytes_max() { return wr::publish_options{}.message_bytes_max; }

/// Makes messages of lines, but for those that are too long.
[[nodiscard]] inline numbered_lines number_lines(const std::vector<std::string>& lines) {
  numbered_lines made;
  for (std::size_t line = 0; line < lines.size(); ++line) {
    line_message message = make_line_message(made.messages.size(), lines[line]);
    const std::size_t bytes = wr::message_traits<line_message>::encoded_size(message);
    if (bytes > message_bytes_max()) {
      made.too_long.push_back({line + 1, lines[line].size(), bytes});
      continue;
    }
    made.messages.push_back(std::move(message));
    made.places.push_back(line + 1);
  }
  return made;
}

}  // namespace demo
