// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/json_file.hpp>

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "folder_of_test.hpp"

namespace json_file_tests {

using midscale::file_trouble;
using midscale::read_json;
using midscale::write_text;

TEST_CASE("names keep the order of the file") {
  const folder_of_test folder;
  write_text(folder.path / "a.json", R"({"b": 1, "a": [2]})");
  CHECK(read_json(folder.path / "a.json").dump() == R"({"b":1,"a":[2]})");
}

TEST_CASE("a file that is missing or no JSON is named") {
  const folder_of_test folder;
  const std::string path = (folder.path / "a.json").string();
  CHECK_THROWS_WITH_AS((void)read_json(path), (path + " cannot be read: No such file or directory").c_str(),
                       file_trouble);
  write_text(path, "{");
  CHECK_THROWS_WITH_AS((void)read_json(path), (path + " is no JSON").c_str(), file_trouble);
}

}  // namespace json_file_tests
