// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

/// An empty folder that goes with the test.
struct folder_of_test {
  std::filesystem::path path;

  folder_of_test() {
    std::string name = (std::filesystem::temp_directory_path() / "midscale-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made for a test");
    path = name;
  }
  ~folder_of_test() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  folder_of_test(const folder_of_test&) = delete;
  folder_of_test& operator=(const folder_of_test&) = delete;

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
