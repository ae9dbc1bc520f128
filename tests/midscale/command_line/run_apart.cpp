// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/command_line/run_apart.hpp>

#include <csignal>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace run_apart_tests {

using midscale::apart;
using midscale::run_progress;

void nobody(double) {}

TEST_CASE("work apart changes nothing here, and tells how far it is") {
  int here = 1;
  std::vector<double> shares;
  const auto wrong = apart::run(
      [&](const run_progress& done) {
        here = 2;
        done(0.25);
        done(1);
      },
      [&](double share) { shares.push_back(share); });
  CHECK_FALSE(wrong.has_value());
  CHECK(here == 1);
  REQUIRE_FALSE(shares.empty());
  CHECK(shares.back() == 1);
}

TEST_CASE("what work throws is told") {
  const auto wrong = apart::run(
      [](const run_progress& done) {
        done(0.5);
        throw std::runtime_error("the disk is full");
      },
      nobody);
  CHECK(wrong == "the disk is full");
  CHECK(apart::run([](const run_progress&) { throw 1; }, nobody) == "it threw something that is no exception");
}

TEST_CASE("an end of its process is a failure, not ours") {
  CHECK(apart::run([](const run_progress&) { std::raise(SIGKILL); }, nobody) ==
        "its process ended by signal 9 (Killed)");
  CHECK(apart::run([](const run_progress&) { _exit(3); }, nobody) == "its process ended without a word");
}

}  // namespace run_apart_tests
