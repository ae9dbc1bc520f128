// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/route/receive_route.hpp>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>

namespace receive_route_tests {

namespace wr = waku::reliability;

namespace {

// A route of the user's own: filter besides relay while the mesh is thin.
struct filter_while_thin {
  static constexpr wr::slot fills = wr::slot::receive_route;
  static constexpr wr::capability_set needs{.relay = true, .filter = true};

  bool filter_wanted(const wr::receive_situation& now) const { return now.relay_peers < 4; }
};

struct without_needs {
  static constexpr wr::slot fills = wr::slot::receive_route;
  bool filter_wanted(const wr::receive_situation&) const { return true; }
};
struct answers_with_a_number {
  static constexpr wr::slot fills = wr::slot::receive_route;
  static constexpr wr::capability_set needs{};
  int filter_wanted(const wr::receive_situation&) const { return 1; }
};

}  // namespace

TEST_CASE("the routes that come with the library are receive routes, and need what they use") {
  CHECK(wr::receive_route_policy<wr::relay_then_filter>);
  CHECK(wr::receive_route_policy<wr::filter_only>);
  CHECK(wr::receive_route_policy<wr::relay_reception>);
  CHECK(wr::receive_route_policy<wr::receive_nothing>);
  CHECK(wr::relay_then_filter::needs == wr::capability_set{.relay = true, .filter = true});
  CHECK(wr::filter_only::needs == wr::capability_set{.filter = true});
  CHECK(wr::relay_reception::needs == wr::capability_set{.relay = true});
  CHECK(wr::receive_nothing::needs == wr::capability_set{});
}

TEST_CASE("filter nodes are wanted while relay has no peers, and only then") {
  constexpr wr::relay_then_filter route;
  CHECK(route.filter_wanted({.relay_peers = 0}));
  CHECK_FALSE(route.filter_wanted({.relay_peers = 1}));
}

TEST_CASE("a light client always wants filter nodes, a relay node never does") {
  CHECK(wr::filter_only{}.filter_wanted({.relay_peers = 0}));
  CHECK(wr::filter_only{}.filter_wanted({.relay_peers = 8}));
  CHECK_FALSE(wr::relay_reception{}.filter_wanted({.relay_peers = 0}));
  CHECK_FALSE(wr::receive_nothing{}.filter_wanted({.relay_peers = 0}));
}

TEST_CASE("a route of the user's own fits where theirs do") {
  CHECK(wr::receive_route_policy<filter_while_thin>);
  using chosen = wr::complete_policies<wr::policies<filter_while_thin>, wr::all_capabilities>;
  CHECK(chosen::receive_route{}.filter_wanted({.relay_peers = 3}));
  CHECK_FALSE(chosen::receive_route{}.filter_wanted({.relay_peers = 4}));
}

TEST_CASE("what does not say its needs, or does not answer yes or no, is no receive route") {
  CHECK_FALSE(wr::receive_route_policy<without_needs>);
  CHECK_FALSE(wr::receive_route_policy<answers_with_a_number>);
}

}  // namespace receive_route_tests
