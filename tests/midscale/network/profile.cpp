// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/profile.hpp>

#include <doctest/doctest.h>

#include <midscale/network/member.hpp>

namespace profile_tests {

using namespace midscale;

TEST_CASE("profiles differ where their software does") { CHECK_FALSE(nwaku_gossip() == go_waku_gossip()); }

TEST_CASE("every profile can be kept to") {
  // As GossipSub v1.1 demands; go-waku does not keep to it.
  CHECK(nwaku_gossip().degree_out <= nwaku_gossip().degree / 2);
  for (const gossip_options& g : {nwaku_gossip(), go_waku_gossip()}) {
    CHECK(g.degree_out < g.degree_low);
    CHECK(g.degree_low <= g.degree);
    CHECK(g.degree <= g.degree_high);
    CHECK(g.degree_score <= g.degree);
    CHECK(g.history_gossip <= g.history_length);
    CHECK(g.history_gossip <= 3);  // or IWANT needed a limit: gossiping.hpp
    CHECK(g.history_length <= message_cache::most_windows);
  }
}

}  // namespace profile_tests
