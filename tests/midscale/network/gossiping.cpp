// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/gossiping.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/network/profile.hpp>

#include "small_networks.hpp"

namespace gossiping_tests {

using namespace small_networks;

TEST_CASE("without flood publishing a message goes to the mesh alone, and to others by gossip") {
  // The leaves' meshes hold the centre; the centre's holds D of twenty leaves at most D_high.
  relay_options options = fixed_latency(20ms);
  options.gossip[0].flood_publish = false;
  run star(star_of(21), options);
  const overlay& nodes = star.network.nodes();
  const std::uint32_t mesh = nodes.members()[0].mesh;
  CHECK(mesh >= 4);
  CHECK(mesh <= 8);
  star.network.publish(0, 0, 1'000);
  const measurements m = star.finish();
  std::uint32_t by_mesh = 0, by_gossip = 0;
  for (const receipt& each : m.received) {
    CHECK(each.hops == 1);
    if (each.by == way::mesh) {
      ++by_mesh;
      CHECK(each.latency_us == 20'000);
    } else {
      ++by_gossip;
      CHECK(each.by == way::gossip);
      CHECK(each.latency_us >= 60'000);  // IHAVE, IWANT and the message
      CHECK(each.latency_us < 3'060'000);
    }
  }
  CHECK(by_mesh == mesh);
  CHECK(by_gossip > 0);
  CHECK(m.copies == m.received.size());
  // Three heartbeats tell six others each of one message: an IHAVE of 54 bytes and 31 around it, an IWANT of 38 and 31.
  // Those who have it thereby, which are in no mesh, tell the centre of it in three heartbeats of theirs.
  const auto& control = star.book.by_node(protocol::relay_control);
  CHECK(control[0].out == 3 * 6 * 85);
  CHECK(control[0].in == by_gossip * (69 + 3 * 85));
}

TEST_CASE("what is asked for by gossip is only had while the history holds it") {
  relay_options options = fixed_latency(3'500ms);  // an IWANT comes seven seconds after the heartbeat
  options.gossip[0].flood_publish = false;
  options.gossip[0].history_length = 6;
  run star(star_of(21), options);
  star.network.publish(0, 0, 1'000);
  const measurements m = star.finish();
  for (const receipt& each : m.received) CHECK(each.by == way::mesh);
  CHECK(star.book.by_node(protocol::relay_control)[0].in > 0);
}

}  // namespace gossiping_tests
