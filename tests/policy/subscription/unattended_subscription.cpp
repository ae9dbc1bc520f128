// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/subscription/unattended_subscription.hpp>

#include <doctest/doctest.h>

namespace unattended_subscription_tests {

namespace wr = waku::reliability;
using wr::subscription_reaction;

TEST_CASE("[G11] an unattended subscription has no timer of any kind") {
  CHECK(wr::subscription_policy<wr::unattended_subscription>);
  constexpr wr::unattended_subscription subscription;
  CHECK_FALSE(subscription.ping_interval({}).has_value());
  CHECK_FALSE(subscription.refresh_interval({}).has_value());
}

TEST_CASE("[G11] no failure of an unattended subscription leads to a request") {
  constexpr wr::unattended_subscription subscription;
  CHECK(subscription.after_failed_ping({.pings = 9}, {}) == subscription_reaction::keep);
  CHECK(subscription.after_failed_subscribe({.subscribes = 9}, {}) == subscription_reaction::keep);
}

}  // namespace unattended_subscription_tests
