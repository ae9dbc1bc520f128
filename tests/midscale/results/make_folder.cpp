// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/make_folder.hpp>

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "folder_of_test.hpp"

namespace make_folder_tests {

using midscale::make_folder;

TEST_CASE("a folder is made with those above it, and may be there") {
  const folder_of_test folder;
  const auto path = folder.path / "a" / "b";
  make_folder(path);
  make_folder(path);
  CHECK(std::filesystem::is_directory(path));
}

TEST_CASE("a folder that cannot be is named") {
  const folder_of_test folder;
  midscale::write_text(folder.path / "a", "a file");
  const std::string path = (folder.path / "a" / "b").string();
  CHECK_THROWS_WITH_AS(make_folder(path), (path + " cannot be made: Not a directory").c_str(),
                       midscale::file_trouble);
}

}  // namespace make_folder_tests
