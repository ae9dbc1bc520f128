// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/redundancy/redundancy_policy.hpp>

#include <concepts>
#include <cstdint>
#include <optional>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>

namespace redundancy_policy_tests {

namespace wr = waku::reliability;

namespace {

// Redundancy of the user's own: messages to three nodes, subscriptions at one.
struct three_out_one_in {
  static constexpr wr::slot fills = wr::slot::redundancy;

  std::uint32_t publish_targets(const wr::redundancy_options&) const { return 3; }
  std::uint32_t subscribe_targets(const wr::redundancy_options&) const { return 1; }
  std::optional<wr::duration> hedge_delay(const wr::redundancy_options&) const { return {}; }
};

struct without_hedge : three_out_one_in {
  void hedge_delay() const {}
};
struct made_of_something : three_out_one_in {
  explicit made_of_something(int) {}
};
struct in_another_slot : three_out_one_in {
  static constexpr wr::slot fills = wr::slot::pool;
};

}  // namespace

TEST_CASE("redundancy of the user's own fits where theirs does") {
  CHECK(wr::redundancy_policy<three_out_one_in>);
  using chosen = wr::complete_policies<wr::policies<three_out_one_in>, wr::all_capabilities>;
  CHECK(chosen::redundancy{}.publish_targets({}) == 3);
  CHECK(chosen::redundancy{}.subscribe_targets({}) == 1);
}

TEST_CASE("what lacks an answer, or a default, is no redundancy") {
  CHECK_FALSE(wr::redundancy_policy<without_hedge>);
  CHECK_FALSE(wr::redundancy_policy<made_of_something>);
  CHECK_FALSE(wr::redundancy_policy<in_another_slot>);
}

}  // namespace redundancy_policy_tests
