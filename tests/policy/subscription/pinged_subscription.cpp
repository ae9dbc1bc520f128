// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/subscription/pinged_subscription.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace pinged_subscription_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using wr::subscription_reaction;

namespace {

constexpr wr::pinged_subscription subscription;

}  // namespace

TEST_CASE("[F3.2] nodes are pinged every minute by default, and nothing is refreshed") {
  CHECK(wr::subscription_policy<wr::pinged_subscription>);
  CHECK(subscription.ping_interval({}) == wr::duration(60s));
  CHECK(subscription.ping_interval({.ping_interval = 25s}) == wr::duration(25s));
  CHECK_FALSE(subscription.refresh_interval({}).has_value());
}

TEST_CASE("[F3.3, R25] the first failed ping leads to SUBSCRIBE at the same node, not to a replacement") {
  CHECK(subscription.after_failed_ping({.pings = 1}, {}) == subscription_reaction::subscribe);
}

TEST_CASE("[F3.5, F1.5, R2] two failed pings in a row and the node is replaced") {
  CHECK(subscription.after_failed_ping({.pings = 2}, {}) == subscription_reaction::replace);
  CHECK(subscription.after_failed_ping({.pings = 3}, {}) == subscription_reaction::replace);
  CHECK(subscription.after_failed_ping({.pings = 1, .subscribes = 5}, {}) ==
        subscription_reaction::subscribe);
}

TEST_CASE("[F3.5, F1.5] one failed SUBSCRIBE and the node is replaced") {
  CHECK(subscription.after_failed_subscribe({.subscribes = 1}, {}) == subscription_reaction::replace);
}

TEST_CASE("[F3.4, R25] a lenient setting replaces a node only after the second failure of either kind") {
  constexpr wr::subscription_options lenient{.ping_failures_max = 2, .subscribe_failures_max = 2};
  CHECK(subscription.after_failed_subscribe({.subscribes = 1}, lenient) == subscription_reaction::subscribe);
  CHECK(subscription.after_failed_subscribe({.subscribes = 2}, lenient) == subscription_reaction::replace);
  CHECK(subscription.after_failed_ping({.pings = 1, .subscribes = 1}, lenient) ==
        subscription_reaction::subscribe);
  CHECK(subscription.after_failed_ping({.pings = 2}, lenient) == subscription_reaction::replace);
}

TEST_CASE("how many failed pings is an option") {
  constexpr wr::subscription_options patient{.ping_failures_max = 4};
  CHECK(subscription.after_failed_ping({.pings = 3}, patient) == subscription_reaction::subscribe);
  CHECK(subscription.after_failed_ping({.pings = 4}, patient) == subscription_reaction::replace);
  constexpr wr::subscription_options hasty{.ping_failures_max = 1};
  CHECK(subscription.after_failed_ping({.pings = 1}, hasty) == subscription_reaction::replace);
}

}  // namespace pinged_subscription_tests
