// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/recovery/recovery_policy.hpp>

#include <chrono>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>

namespace recovery_policy_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

// Recovery of the user's own: the last hour in every round, and after an outage too.
struct last_hour {
  static constexpr wr::slot fills = wr::slot::recovery;
  static constexpr wr::capability_set needs{.store = true};
  static constexpr bool periodic = true;
  static constexpr bool after_outage = true;

  wr::wall_time range_start(const wr::recovery_situation& situation, const wr::recovery_options&) const {
    return situation.now - 1h;
  }
};

struct without_occasion {
  static constexpr wr::slot fills = wr::slot::recovery;
  static constexpr wr::capability_set needs{};
  wr::wall_time range_start(const wr::recovery_situation& situation, const wr::recovery_options&) const {
    return situation.now;
  }
};
struct begins_on_the_wrong_clock {
  static constexpr wr::slot fills = wr::slot::recovery;
  static constexpr wr::capability_set needs{};
  static constexpr bool periodic = true;
  static constexpr bool after_outage = false;
  wr::steady_time range_start(const wr::recovery_situation&, const wr::recovery_options&) const { return {}; }
};

}  // namespace

TEST_CASE("recovery of the user's own fits where theirs does") {
  CHECK(wr::recovery_policy<last_hour>);
  using chosen = wr::complete_policies<wr::policies<last_hour>, wr::all_capabilities>;
  const wr::wall_time now(1'700'000'000s);
  CHECK(chosen::recovery{}.range_start({now, {}, {}, now}, {}) == now - 1h);
}

TEST_CASE("what says no occasion, or begins on the steady clock, is no recovery") {
  CHECK_FALSE(wr::recovery_policy<without_occasion>);
  CHECK_FALSE(wr::recovery_policy<begins_on_the_wrong_clock>);
}

}  // namespace recovery_policy_tests
