// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <testing/scratch_folder.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

/// A scratch folder, with its path and what it holds.
class folder_of_test {
  scratch::scratch_folder folder_;

 public:
  std::filesystem::path path = std::filesystem::path(folder_.file("any")).parent_path();

  /// What it holds, sorted, with a blank between.
  [[nodiscard]] std::string names() const {
    std::vector<std::string> found;
    for (const auto& each : std::filesystem::directory_iterator(path))
      found.push_back(each.path().filename());
    std::sort(found.begin(), found.end());
    std::string joined;
    for (const std::string& each : found) joined += (joined.empty() ? "" : " ") + each;
    return joined;
  }
};
