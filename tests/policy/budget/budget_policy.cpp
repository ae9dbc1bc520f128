// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/budget/budget_policy.hpp>

#include <cstddef>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>

namespace budget_policy_tests {

namespace wr = waku::reliability;

namespace {

// A budget of the user's own: so many requests, and that is all.
class hundred_requests {
 public:
  static constexpr wr::slot fills = wr::slot::budget;

  bool take(std::size_t, wr::steady_time, const wr::budget_options&) {
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  int left_ = 100;
};

struct takes_and_says_nothing {
  static constexpr wr::slot fills = wr::slot::budget;
  void take(std::size_t, wr::steady_time, const wr::budget_options&) {}
};
struct needs_a_size {
  static constexpr wr::slot fills = wr::slot::budget;
  explicit needs_a_size(int) {}
  bool take(std::size_t, wr::steady_time, const wr::budget_options&) { return true; }
};

}  // namespace

TEST_CASE("a budget of the user's own fits where theirs does") {
  CHECK(wr::budget_policy<hundred_requests>);
  using chosen = wr::complete_policies<wr::policies<hundred_requests>, wr::all_capabilities>;
  chosen::budget budget;
  int passed = 0;
  for (int count = 0; count < 500; ++count) passed += budget.take(1, {}, {}) ? 1 : 0;
  CHECK(passed == 100);
}

TEST_CASE("what does not answer, or has no default, is no budget") {
  CHECK_FALSE(wr::budget_policy<takes_and_says_nothing>);
  CHECK_FALSE(wr::budget_policy<needs_a_size>);
}

}  // namespace budget_policy_tests
