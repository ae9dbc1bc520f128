// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/statistics/folder_comparison.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../results/folder_of_test.hpp"
#include "made_up_summaries.hpp"

namespace folder_comparison_tests {

using midscale::compare_folders;
using midscale::folder_comparison;
using midscale::json;

struct two_versions : folder_of_test {
  int runs = 0;
  void base(std::uint64_t seed, const json& values, const json& metrics) {
    leave_run(path / "base" / std::to_string(runs++), seed, values, metrics);
  }
  void changed(std::uint64_t seed, const json& values, const json& metrics) {
    leave_run(path / "new" / std::to_string(runs++), seed, values, metrics);
  }
  [[nodiscard]] folder_comparison compare() const { return compare_folders(path / "base", path / "new"); }
};

TEST_CASE("runs of equal parameters are compared over their seeds") {
  two_versions two;
  for (const unsigned seed : {3U, 1U, 2U}) {
    two.base(seed, {{"churn", 0}}, {{"kBps", 10 + seed}});
    two.changed(seed + 10, {{"churn", 0}}, {{"kBps", 20 + seed}});
    two.base(seed, {{"churn", 0.2}}, {{"kBps", 10 + seed}});
    two.changed(seed + 10, {{"churn", 0.2}}, {{"kBps", 10 + seed}});
  }
  const folder_comparison made = two.compare();
  REQUIRE(made.groups.size() == 2);
  CHECK(made.groups[0].name == "shards churn=0");
  CHECK(made.groups[0].base_seeds == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(made.groups[0].new_seeds == std::vector<std::uint64_t>{11, 12, 13});
  CHECK(made.groups[0].base.at("kBps") == std::vector<double>{11, 12, 13});
  CHECK(made.groups[1].name == "shards churn=0.2");
  REQUIRE(made.found.rows.size() == 2);
  CHECK(made.found.rows[0].metric == "shards churn=0 / kBps");
  CHECK(made.found.rows[0].significant);
  CHECK(made.found.rows[1].metric == "shards churn=0.2 / kBps");
  CHECK_FALSE(made.found.rows[1].significant);
  CHECK(made.remarks.empty());
}

TEST_CASE("the correction is over all metrics of all groups") {
  two_versions two;
  for (const int group : {0, 1, 2})
    for (const unsigned seed : {1U, 2U, 3U}) {
      two.base(seed, {{"churn", group}}, {{"kBps", seed}});
      two.changed(seed, {{"churn", group}}, {{"kBps", seed + 1}});
    }
  for (const auto& row : two.compare().found.rows) CHECK(row.corrected_p == doctest::Approx(3 * row.p));
}

TEST_CASE("groups stand in the order of their metrics, also where one name begins as another") {
  two_versions two;
  for (const int shards : {1, 10})
    for (const unsigned seed : {1U, 2U}) {
      two.base(seed, {{"shards", shards}}, {{"kBps", 1}});
      two.changed(seed, {{"shards", shards}}, {{"kBps", 1}});
    }
  const folder_comparison made = two.compare();
  REQUIRE(made.groups.size() == 2);
  for (std::size_t at : {0U, 1U}) CHECK(made.found.rows[at].metric == made.groups[at].name + " / kBps");
}

TEST_CASE("a number of hops that no message needed has a share of 0") {
  two_versions two;
  two.base(1, {}, {{"hops", {{"1", 0.5}, {"2", 0.5}}}});
  two.base(2, {}, {{"hops", {{"1", 1}}}});
  two.changed(3, {}, {{"hops", {{"1", 1}}}});
  two.changed(4, {}, {{"hops", {{"1", 1}}}});
  const folder_comparison made = two.compare();
  REQUIRE(made.groups.size() == 1);
  CHECK(made.groups[0].name == "shards");
  CHECK(made.groups[0].base.at("hops.2") == std::vector<double>{0.5, 0});
  CHECK(made.groups[0].changed.at("hops.2") == std::vector<double>{0, 0});
}

TEST_CASE("what only one version has is named") {
  two_versions two;
  for (const unsigned seed : {1U, 2U}) {
    two.base(seed, {{"churn", 0}}, {{"kBps", 1}, {"old", 1}});
    two.changed(seed, {{"churn", 0}, {"scoring", false}}, {{"kBps", 1}});
  }
  two.base(1, {{"churn", 0.1}}, {{"kBps", 1}});
  two.changed(1, {{"churn", 0.2}, {"scoring", false}}, {{"kBps", 1}});
  const folder_comparison made = two.compare();
  CHECK(made.found.rows.size() == 1);
  CHECK(made.remarks ==
        std::vector<std::string>{"only the new version has the parameter scoring",
                                 "only the base has runs of shards churn=0.1",
                                 "only the new version has runs of shards churn=0.2",
                                 "shards churn=0 / old is not compared: the new version does not have it"});
}

TEST_CASE("runs that cannot be told apart are refused") {
  two_versions two;
  two.base(1, json::object(), {{"kBps", 1}});
  two.changed(1, {{"scoring", false}}, {{"kBps", 1}});
  two.changed(2, {{"scoring", true}}, {{"kBps", 1}});
  CHECK_THROWS_WITH_AS(
      (void)two.compare(),
      "the runs of the new version differ in scoring, a parameter that the other version does not have",
      std::invalid_argument);
  two_versions twice;
  twice.base(1, json::object(), json::object());
  twice.changed(7, json::object(), json::object());
  twice.changed(7, json::object(), json::object());
  CHECK_THROWS_WITH_AS((void)twice.compare(), "the new version has the seed 7 twice for the same parameters",
                       std::invalid_argument);
}

}  // namespace folder_comparison_tests
