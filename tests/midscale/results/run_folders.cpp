// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/run_folders.hpp>

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "folder_of_test.hpp"

namespace run_folders_tests {

using midscale::run_folders;

TEST_CASE("finished runs are found by their summaries, at any depth") {
  const folder_of_test folder;
  for (const char* each : {"b", "a/deep", "unfinished"})
    std::filesystem::create_directories(folder.path / each);
  for (const char* each : {"b", "a/deep"}) midscale::write_text(folder.path / each / "summary.json", "{}");
  CHECK(run_folders(folder.path) == std::vector{folder.path / "a/deep", folder.path / "b"});
  CHECK(run_folders(folder.path / "b") == std::vector{folder.path / "b"});
}

TEST_CASE("a folder without runs is refused by name") {
  const folder_of_test folder;
  const std::string here = folder.path.string();
  CHECK_THROWS_WITH_AS((void)run_folders(folder.path),
                       (here + " holds no finished run: there is no summary.json").c_str(),
                       midscale::file_trouble);
  CHECK_THROWS_WITH_AS((void)run_folders(folder.path / "none"),
                       (here + "/none cannot be read: No such file or directory").c_str(),
                       midscale::file_trouble);
}

}  // namespace run_folders_tests
