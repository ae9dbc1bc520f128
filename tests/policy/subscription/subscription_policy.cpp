// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/subscription/subscription_policy.hpp>

#include <chrono>
#include <optional>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>

namespace subscription_policy_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using wr::subscription_reaction;

namespace {

// Upkeep of the user's own: no pings, a refresh every two minutes, and a failed one costs the node its place.
struct refreshed_without_pings {
  static constexpr wr::slot fills = wr::slot::subscription;

  std::optional<wr::duration> ping_interval(const wr::subscription_options&) const { return {}; }
  std::optional<wr::duration> refresh_interval(const wr::subscription_options&) const { return 2min; }
  subscription_reaction after_failed_ping(const wr::subscription_failures&,
                                          const wr::subscription_options&) const {
    return subscription_reaction::keep;
  }
  subscription_reaction after_failed_subscribe(const wr::subscription_failures&,
                                               const wr::subscription_options&) const {
    return subscription_reaction::replace;
  }
};

struct always_pings : refreshed_without_pings {
  wr::duration ping_interval(const wr::subscription_options&) const { return 1s; }
};
struct without_reaction : refreshed_without_pings {
  void after_failed_ping() const {}
};

}  // namespace

TEST_CASE("upkeep of the user's own fits where theirs does") {
  CHECK(wr::subscription_policy<refreshed_without_pings>);
  using chosen = wr::complete_policies<wr::policies<refreshed_without_pings>, wr::all_capabilities>;
  CHECK_FALSE(chosen::subscription{}.ping_interval({}).has_value());
  CHECK(chosen::subscription{}.refresh_interval({}) == wr::duration(2min));
  CHECK(chosen::subscription{}.after_failed_subscribe({}, {}) == subscription_reaction::replace);
}

TEST_CASE("what cannot say never, or does not react, is no upkeep") {
  CHECK_FALSE(wr::subscription_policy<always_pings>);
  CHECK_FALSE(wr::subscription_policy<without_reaction>);
}

TEST_CASE("a node begins without failures") {
  constexpr wr::subscription_failures none;
  CHECK(none.pings == 0);
  CHECK(none.subscribes == 0);
}

}  // namespace subscription_policy_tests
