// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/slot.hpp>

#include <doctest/doctest.h>

namespace slot_tests {

namespace wr = waku::reliability;

namespace {

struct fills_the_pool {
  static constexpr wr::slot fills = wr::slot::pool;
};
struct fills_by_deduction {
  static constexpr auto fills = wr::slot::budget;
};
struct fills_nothing {};
struct fills_a_number {
  static constexpr int fills = 3;
};
// A slot that can change while the program runs is none that a type can be chosen by.
struct fills_what_it_likes {
  [[maybe_unused]] static inline wr::slot fills = wr::slot::pool;
};

}  // namespace

TEST_CASE("a policy is a type that says once and for all which slot it fills") {
  CHECK(wr::policy<fills_the_pool>);
  CHECK(wr::policy<fills_by_deduction>);
  CHECK_FALSE(wr::policy<fills_nothing>);
  CHECK_FALSE(wr::policy<fills_a_number>);
  CHECK_FALSE(wr::policy<fills_what_it_likes>);
  CHECK_FALSE(wr::policy<int>);
}

}  // namespace slot_tests
