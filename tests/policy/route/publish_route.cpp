// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/route/publish_route.hpp>

#include <cstdint>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>

namespace publish_route_tests {

namespace wr = waku::reliability;
using wr::publish_situation;
using wr::publish_via;

namespace {

// A route of the user's own: both ways at once, so that neither protocol alone can lose a message.
struct both_ways {
  static constexpr wr::slot fills = wr::slot::publish_route;
  static constexpr wr::capability_set needs{.relay = true, .lightpush = true};

  wr::publish_via choose(const wr::publish_situation& now) const {
    if (now.relay_peers > 0 && now.lightpush_usable) return publish_via::relay_and_lightpush;
    return wr::relay_then_lightpush{}.choose(now);
  }
};

struct without_needs {
  static constexpr wr::slot fills = wr::slot::publish_route;
  wr::publish_via choose(const wr::publish_situation&) const { return publish_via::relay; }
};
struct undecided {
  static constexpr wr::slot fills = wr::slot::publish_route;
  static constexpr wr::capability_set needs{};
  bool choose(const wr::publish_situation&) const { return true; }
};
struct changes_while_choosing {
  static constexpr wr::slot fills = wr::slot::publish_route;
  static constexpr wr::capability_set needs{};
  wr::publish_via choose(const wr::publish_situation&) { return publish_via::nothing; }
};

}  // namespace

TEST_CASE("the routes that come with the library are publish routes, and need what they use") {
  CHECK(wr::publish_route_policy<wr::relay_then_lightpush>);
  CHECK(wr::publish_route_policy<wr::lightpush_only>);
  CHECK(wr::publish_route_policy<wr::relay_only>);
  CHECK(wr::publish_route_policy<wr::publish_nothing>);
  CHECK(wr::relay_then_lightpush::needs == wr::capability_set{.relay = true, .lightpush = true});
  CHECK(wr::lightpush_only::needs == wr::capability_set{.lightpush = true});
  CHECK(wr::relay_only::needs == wr::capability_set{.relay = true});
  CHECK(wr::publish_nothing::needs == wr::capability_set{});
}

TEST_CASE("relay goes first where it has peers, lightpush where it has none") {
  constexpr wr::relay_then_lightpush route;
  CHECK(route.choose({.relay_peers = 1, .lightpush_usable = true}) == publish_via::relay);
  CHECK(route.choose({.relay_peers = 6, .lightpush_usable = false}) == publish_via::relay);
  CHECK(route.choose({.relay_peers = 0, .lightpush_usable = true}) == publish_via::lightpush);
  CHECK(route.choose({.relay_peers = 0, .lightpush_usable = false}) == publish_via::nothing);
}

TEST_CASE("a message that relay lost before goes by lightpush, if that can be") {
  constexpr wr::relay_then_lightpush route;
  CHECK(route.choose({.relay_peers = 3, .lightpush_usable = true, .relay_failed_before = true}) ==
        publish_via::lightpush);
  CHECK(route.choose({.relay_peers = 3, .lightpush_usable = false, .relay_failed_before = true}) ==
        publish_via::relay);
  CHECK(route.choose({.relay_peers = 0, .lightpush_usable = false, .relay_failed_before = true}) ==
        publish_via::nothing);
}

TEST_CASE("a light client publishes by lightpush alone, or waits") {
  constexpr wr::lightpush_only route;
  CHECK(route.choose({.relay_peers = 5, .lightpush_usable = true}) == publish_via::lightpush);
  CHECK(route.choose({.relay_peers = 5, .lightpush_usable = false}) == publish_via::nothing);
}

TEST_CASE("a relay node publishes by relay alone, or waits") {
  constexpr wr::relay_only route;
  CHECK(route.choose({.relay_peers = 1, .lightpush_usable = true}) == publish_via::relay);
  CHECK(route.choose({.relay_peers = 0, .lightpush_usable = true}) == publish_via::nothing);
}

TEST_CASE("publish_nothing always waits") {
  constexpr wr::publish_nothing route;
  CHECK(route.choose({.relay_peers = 9, .lightpush_usable = true}) == publish_via::nothing);
}

TEST_CASE("a route of the user's own fits where theirs do") {
  CHECK(wr::publish_route_policy<both_ways>);
  using chosen = wr::complete_policies<wr::policies<both_ways>, wr::all_capabilities>;
  CHECK(chosen::publish_route{}.choose({.relay_peers = 1, .lightpush_usable = true}) ==
        publish_via::relay_and_lightpush);
  CHECK(chosen::publish_route{}.choose({.relay_peers = 0, .lightpush_usable = true}) ==
        publish_via::lightpush);
}

TEST_CASE("what does not say its needs, or does not choose, is no publish route") {
  CHECK_FALSE(wr::publish_route_policy<without_needs>);
  CHECK_FALSE(wr::publish_route_policy<undecided>);
  CHECK_FALSE(wr::publish_route_policy<changes_while_choosing>);
}

}  // namespace publish_route_tests
