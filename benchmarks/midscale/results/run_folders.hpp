// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include <midscale/results/text_file.hpp>

namespace midscale {

/// The folders of runs under a folder: itself, or those within it at any depth, by name. A run that has no summary is
/// not finished, and is not among them. Throws file_trouble.
[[nodiscard]] inline std::vector<std::filesystem::path> run_folders(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "summary.json")) return {folder};
  std::error_code error;
  std::filesystem::recursive_directory_iterator each(folder, error);
  std::vector<std::filesystem::path> found;
  for (; !error && each != std::filesystem::recursive_directory_iterator(); each.increment(error)) {
    if (each->path().filename() == "summary.json") found.push_back(each->path().parent_path());
  }
  if (error) throw file_trouble(folder, "cannot be read", error.value());
  if (found.empty()) throw file_trouble(folder, "holds no finished run: there is no summary.json");
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace midscale
