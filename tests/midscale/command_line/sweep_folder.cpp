// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/command_line/sweep_folder.hpp>

#include <filesystem>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "../results/folder_of_test.hpp"

namespace sweep_folder_tests {

using midscale::json;
using midscale::sweep_folder;
using midscale::write_text;

const json plan{{"seed", 1}, {"values", {{"rate", 1}}}};

void finish(const sweep_folder& folder, const std::string& run) {
  std::filesystem::create_directories(folder.path() / run);
  write_text(folder.path() / run / "summary.json", R"({"scenario": ")" + run + "\"}");
}

TEST_CASE("a run is claimed once") {
  const folder_of_test scratch;
  sweep_folder folder(scratch.path / "sweep");
  folder.begin(plan);
  sweep_folder other(scratch.path / "sweep");
  other.join();
  CHECK(folder.claim(7));
  CHECK_FALSE(other.claim(7));
  CHECK(other.claim(8));
}

TEST_CASE("claims are gone when the sweep is begun again") {
  const folder_of_test scratch;
  for (int turn = 0; turn < 2; ++turn) {
    sweep_folder folder(scratch.path);
    folder.begin(plan);
    CHECK(folder.claim(0));
    CHECK(folder.failure(0) == "");
    folder.note_failure(0, "it rained");
    CHECK(folder.failure(0) == "it rained");
  }
}

TEST_CASE("the sweep ends when no other process is in it") {
  const folder_of_test scratch;
  sweep_folder folder(scratch.path);
  folder.begin(plan);
  {
    sweep_folder other(scratch.path);
    other.join();
    CHECK_FALSE(folder.try_end());
  }
  CHECK(folder.try_end());
}

TEST_CASE("the summaries are there, in their order, when all are finished") {
  const folder_of_test scratch;
  sweep_folder folder(scratch.path);
  folder.begin(plan);
  finish(folder, "b");
  folder.gather({"b", "a"});
  CHECK_FALSE(std::filesystem::exists(scratch.path / "summaries.json"));
  finish(folder, "a");
  folder.gather({"b", "a"});
  CHECK(json::parse(midscale::read_text(scratch.path / "summaries.json")) ==
        json{{{"run", "b"}, {"summary", {{"scenario", "b"}}}},
             {{"run", "a"}, {"summary", {{"scenario", "a"}}}}});
  CHECK(scratch.names() == "a b summaries.json sweep.json sweep.lock");
}

TEST_CASE("a folder that is not this sweep's is refused in a sentence") {
  const folder_of_test scratch;
  const std::string here = scratch.path.string();
  const auto refused = [&](const json& asked) -> std::string {
    try {
      sweep_folder(scratch.path).begin(asked);
    } catch (const std::invalid_argument& wrong) {
      return wrong.what();
    }
    return "";
  };
  write_text(scratch.path / "letter", "Dear");
  CHECK(refused(plan) == here + " is not empty and holds no sweep; name another folder");
  std::filesystem::remove(scratch.path / "letter");
  CHECK(refused(plan).empty());
  CHECK(refused(plan).empty());
  CHECK(refused({{"seed", 1}, {"values", {{"rate", 2}}}}) ==
        here + " holds another sweep: values/rate is 1 there and 2 here; name another folder");
  CHECK(refused({{"seed", 1}, {"values", {{"rate", 1}, {"size", 9}}}}) ==
        here + " holds another sweep: values/size is nothing there and 9 here; name another folder");
  write_text(scratch.path / "sweep.json", "a letter");
  CHECK(refused(plan) == here + " holds another sweep: its sweep.json is none; name another folder");
  sweep_folder at_work(scratch.path);
  at_work.join();
  CHECK(refused(plan) == here + ": another process works at this sweep");
}

TEST_CASE("a folder that cannot be made is told") {
  const folder_of_test scratch;
  write_text(scratch.path / "file", "");
  CHECK_THROWS_AS(sweep_folder(scratch.path / "file" / "sweep"), midscale::file_trouble);
}

}  // namespace sweep_folder_tests
