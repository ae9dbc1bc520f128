// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/text_file.hpp>

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "folder_of_test.hpp"

namespace text_file_tests {

using midscale::file_trouble;
using midscale::read_text;
using midscale::text_file;
using midscale::write_text;

TEST_CASE("a file has its new text when it is finished, and its old one until then and after a failure") {
  const folder_of_test folder;
  const auto path = folder.path / "a.txt";
  write_text(path, "old\n");
  {
    text_file file(path);
    file << "new " << 7 << "," << -3 << "," << ~0ULL << "\n";
    CHECK(read_text(path) == "old\n");
  }
  CHECK(read_text(path) == "old\n");
  {
    text_file file(path);
    file << "new " << 7 << "," << -3 << "," << ~0ULL << "\n";
    file.finish();
  }
  CHECK(read_text(path) == "new 7,-3,18446744073709551615\n");
  CHECK(folder.names() == "a.txt");
}

TEST_CASE("a folder that is missing, and a file that is, are told in a sentence") {
  const folder_of_test folder;
  const std::string missing = (folder.path / "none" / "a.txt").string();
  CHECK_THROWS_WITH_AS(write_text(missing, "text"),
                       (missing + " cannot be written: No such file or directory").c_str(), file_trouble);
  CHECK_THROWS_WITH_AS((void)read_text(missing),
                       (missing + " cannot be read: No such file or directory").c_str(), file_trouble);
}

TEST_CASE("a folder in the place of the file is told, and nothing is left beside it") {
  const folder_of_test folder;
  std::filesystem::create_directories(folder.path / "a.txt" / "full");
  CHECK_THROWS_AS(write_text(folder.path / "a.txt", "text"), file_trouble);
  CHECK_THROWS_AS((void)read_text(folder.path / "a.txt"), file_trouble);
  CHECK(folder.names() == "a.txt");
}

TEST_CASE("a disk that is full is told, however little or much is written, and the file is as before") {
  REQUIRE(std::filesystem::exists("/dev/full"));
  const folder_of_test folder;
  const auto path = folder.path / "a.txt";
  write_text(path, "old\n");
  for (const std::size_t size : {std::size_t{4}, std::size_t{1} << 20U}) {
    CAPTURE(size);
    std::filesystem::create_symlink("/dev/full", path.string() + ".part");
    CHECK_THROWS_WITH_AS(write_text(path, std::string(size, 'a')),
                         (path.string() + " cannot be written: No space left on device").c_str(),
                         file_trouble);
    CHECK(read_text(path) == "old\n");
    CHECK(folder.names() == "a.txt");
  }
}

}  // namespace text_file_tests
