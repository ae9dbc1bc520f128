// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/command_line/compare_command.hpp>

#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "../results/folder_of_test.hpp"
#include "../statistics/made_up_summaries.hpp"

namespace compare_command_tests {

using midscale::json;

struct two_versions : folder_of_test {
  void leave(const std::string& version, double kBps) const {
    for (const unsigned seed : {1U, 2U, 3U})
      leave_run(path / version / std::to_string(seed), seed, json::object(),
                {{"kBps", kBps + 0.1 * seed}, {"delivered", 1}});
  }
  [[nodiscard]] int compare(const std::string& more = "") const {
    CLI::App app;
    const midscale::program_facts facts{"1.2.3", "no/scenarios", "no/page.html"};
    midscale::compare_command command(app, facts);
    app.parse("compare " + (path / "base").string() + " " + (path / "new").string() + more);
    REQUIRE(command.asked());
    return command.run();
  }
};

TEST_CASE("a difference is told by the exit code, and in a file") {
  two_versions two;
  two.leave("base", 9.8);
  two.leave("new", 10.8);
  CHECK(two.compare(" --out " + (two.path / "out").string()) == 1);
  const json left = json::parse(midscale::read_text(two.path / "out" / "comparison.json"));
  CHECK(left["differs"] == true);
  two.leave("new", 9.8);
  CHECK(two.compare() == 0);
}

TEST_CASE("what cannot be compared is refused in a sentence") {
  two_versions two;
  two.leave("base", 9.8);
  CHECK_THROWS_WITH_AS((void)two.compare(),
                       ((two.path / "new").string() + " cannot be read: No such file or directory").c_str(),
                       midscale::file_trouble);
  leave_run(two.path / "new", 4, json::object(), {{"kBps", 1}});
  CHECK_THROWS_WITH_AS(
      (void)two.compare(),
      "nothing can be compared: it takes two seeds of each version, with the same parameters",
      std::invalid_argument);
}

}  // namespace compare_command_tests
