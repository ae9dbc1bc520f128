// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace demo {

/// The lines of a text, without their line feeds; a last line needs none. All other bytes stay.
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

/// All of a file, or of standard input for "-". When it cannot be read, nothing, and `why` says why.
[[nodiscard]] inline std::optional<std::string> read_all(const std::string& path, std::string& why) {
  using all = std::istreambuf_iterator<char>;
  // A folder opens, and fails when it is read.
  std::error_code unknown;
  if (path != "-" && std::filesystem::is_directory(path, unknown)) {
    why = "it is a folder";
    return std::nullopt;
  }
  try {
    if (path == "-") return std::string(all(std::cin), all());
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (file) return std::string(all(file), all());
    why = std::generic_category().message(errno);
  } catch (const std::ios_base::failure&) {
    why = "reading it failed";
  }
  return std::nullopt;
}

}  // namespace demo
