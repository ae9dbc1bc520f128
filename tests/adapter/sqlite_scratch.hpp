// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace sqlite_scratch {

/// A folder that goes with its contents.
class scratch_folder {
 public:
  scratch_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "archive_XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file() const { return (path_ / "archive.db").string(); }

 private:
  std::filesystem::path path_;
};

/// The body of message `number`.
inline std::vector<std::byte> body(std::uint32_t number) {
  std::vector<std::byte> bytes(4 + number % 50);
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

}  // namespace sqlite_scratch
