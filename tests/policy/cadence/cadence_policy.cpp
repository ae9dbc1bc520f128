// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/cadence/cadence_policy.hpp>

#include <chrono>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>

namespace cadence_policy_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

// A cadence of the user's own: soon after a loss, else as set.
struct soon_after_a_loss {
  static constexpr wr::slot fills = wr::slot::cadence;

  wr::duration next(wr::duration, bool loss_found, const wr::cadence_options& numbers) const {
    return loss_found ? numbers.shortest : numbers.interval;
  }
};

struct counts_seconds {
  static constexpr wr::slot fills = wr::slot::cadence;
  int next(wr::duration, bool, const wr::cadence_options&) const { return 60; }
};

}  // namespace

TEST_CASE("a cadence of the user's own fits where theirs does") {
  CHECK(wr::cadence_policy<soon_after_a_loss>);
  using chosen = wr::complete_policies<wr::policies<soon_after_a_loss>, wr::all_capabilities>;
  CHECK(chosen::cadence{}.next(0s, true, {}) == 15s);
  CHECK(chosen::cadence{}.next(0s, false, {}) == 60s);
}

TEST_CASE("what does not answer with a duration is no cadence") {
  CHECK_FALSE(wr::cadence_policy<counts_seconds>);
}

}  // namespace cadence_policy_tests
