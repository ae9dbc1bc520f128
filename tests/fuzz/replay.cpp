// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "memory.hpp"
#include "target.hpp"

// Feeds files to one target: replay <target> <file or folder>... Any compiler will do. A file or folder that is
// not there, and a folder without files, fail: a corpus that got lost would otherwise pass in silence.

namespace {

std::vector<std::byte> content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::byte> bytes(text.size());
  std::transform(text.begin(), text.end(), bytes.begin(), [](char each) { return std::byte(each); });
  return bytes;
}

// The file, or those of the folder, in order. None if there are none.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& place) {
  std::error_code unknown;
  if (std::filesystem::is_regular_file(place, unknown)) return {place};
  std::vector<std::filesystem::path> files;
  for (const auto& each : std::filesystem::directory_iterator(place, unknown)) {
    if (each.is_regular_file(unknown)) files.push_back(each.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int count, char** arguments) {
  const fuzz::target* const chosen = count < 3 ? nullptr : fuzz::find_target(arguments[1]);
  if (chosen == nullptr) {
    std::fprintf(stderr, "usage: %s <target> <file or folder>...\n", arguments[0]);
    return 2;
  }
  std::size_t fed = 0;
  for (int place = 2; place < count; ++place) {
    const std::vector<std::filesystem::path> files = files_of(arguments[place]);
    if (files.empty()) {
      std::fprintf(stderr, "there is no input in %s\n", arguments[place]);
      return 1;
    }
    for (const std::filesystem::path& path : files) {
      std::printf("%s\n", path.filename().c_str());  // the last line names the file that broke a promise
      std::fflush(stdout);
      chosen->run(content_of(path));
      ++fed;
    }
  }
  std::printf("%zu inputs, memory %s\n", fed, fuzz::memory_is_counted() ? "counted" : "not counted");
  return 0;
}
