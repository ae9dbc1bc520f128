// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/profile.hpp>

#include <doctest/doctest.h>

namespace profile_tests {

using namespace midscale;

TEST_CASE("profiles are found by name and differ where their software does") {
  REQUIRE(profile_named("nwaku"));
  REQUIRE(profile_named("go-waku"));
  CHECK_FALSE(profile_named("nim"));
  CHECK_FALSE(*profile_named("nwaku") == *profile_named("go-waku"));
  CHECK(profile_named("rfc29")->history_length == 5);
}

TEST_CASE("every profile can be kept to") {
  for (const profile& each : profiles) {
    CAPTURE(each.name);
    const gossip_options& g = each.gossip;
    // As GossipSub v1.1 demands; go-waku does not keep to it.
    if (each.name != "go-waku") CHECK(g.degree_out <= g.degree / 2);
    CHECK(g.degree_out < g.degree_low);
    CHECK(g.degree_low <= g.degree);
    CHECK(g.degree <= g.degree_high);
    CHECK(g.degree_score <= g.degree);
    CHECK(g.history_gossip <= g.history_length);
    CHECK(g.history_gossip <= 3);  // or IWANT needed a limit: gossiping.hpp
    CHECK(g.history_length <= 8);
  }
}

}  // namespace profile_tests
