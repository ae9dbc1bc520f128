// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <filesystem>
#include <system_error>

#include <midscale/results/text_file.hpp>

namespace midscale {

/// Makes a folder and those above it, as far as they are not there. Throws file_trouble.
inline void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw file_trouble(folder, "cannot be made", error.value());
}

}  // namespace midscale
