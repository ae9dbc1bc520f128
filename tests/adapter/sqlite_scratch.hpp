// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <testing/scratch_folder.hpp>

namespace sqlite_scratch {

/// A folder with an archive in it.
class scratch_folder {
 public:
  [[nodiscard]] std::string file() const { return folder_.file("archive.db"); }

 private:
  scratch::scratch_folder folder_;
};

/// The body of message `number`.
inline std::vector<std::byte> body(std::uint32_t number) {
  std::vector<std::byte> bytes(4 + number % 50);
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

}  // namespace sqlite_scratch
