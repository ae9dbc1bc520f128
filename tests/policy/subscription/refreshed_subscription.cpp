// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/subscription/refreshed_subscription.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace refreshed_subscription_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using wr::subscription_reaction;

TEST_CASE("[F3.6] the criteria are sent again every 5 min by default") {
  CHECK(wr::subscription_policy<wr::refreshed_subscription>);
  constexpr wr::refreshed_subscription subscription;
  CHECK(subscription.refresh_interval({}) == wr::duration(5min));
  CHECK(subscription.refresh_interval({.refresh_interval = 90s}) == wr::duration(90s));
}

TEST_CASE("pings and replacements stay as they are without a refresh") {
  constexpr wr::refreshed_subscription subscription;
  CHECK(subscription.ping_interval({}) == wr::duration(60s));
  CHECK(subscription.after_failed_ping({.pings = 1}, {}) == subscription_reaction::subscribe);
  CHECK(subscription.after_failed_ping({.pings = 2}, {}) == subscription_reaction::replace);
  CHECK(subscription.after_failed_subscribe({.subscribes = 1}, {}) == subscription_reaction::replace);
}

}  // namespace refreshed_subscription_tests
