// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/meshing.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/network/profile.hpp>

#include "small_networks.hpp"

namespace meshing_tests {

using namespace small_networks;

TEST_CASE("after its heartbeat a mesh is within bounds, whatever happens") {
  for (const bool scored : {false, true}) {
    CAPTURE(scored);
    relay_options options;
    options.gossip = {go_waku_gossip()};
    options.gossip[0].scores_peers = scored;
    options.link.latency = {{20ms, 40ms, 500ms}};
    run each(random_graph(100, 10, 3), options, 3, 40s);
    for (std::uint32_t node = 0; node < 100; node += 3) {
      each.network.set_online(node, false, 15s);
      each.network.set_online(node, true, 20s + node * 10ms);
    }
    for (wr::duration at = 10s; at < 40s; at += 1s) {
      each.network.run_until(at);
      // Between heartbeats a mesh has at most what others grafted, and those are refused from D_high on unless dialled.
      for (const member& own : each.network.nodes().members()) {
        REQUIRE(own.mesh <= own.near.size());
        const auto dialled = static_cast<std::uint32_t>(std::count_if(
            own.near.begin(), own.near.begin() + own.mesh, [](const neighbour& n) { return n.dialled; }));
        REQUIRE(own.mesh <= 8 + dialled);
      }
    }
    const measurements m = each.finish();
    CHECK(m.mean_mesh_degree >= 4);
    CHECK(m.mean_mesh_degree <= 8);
  }
}

TEST_CASE("meshes are mutual when nothing is under way") {
  run each(random_graph(100, 10, 4), fixed_latency(20ms), 4);
  each.network.run_until(30s);
  const auto& members = each.network.nodes().members();
  std::uint32_t one_sided = 0, links = 0;
  for (std::uint32_t number = 0; number < members.size(); ++number)
    for (std::uint32_t place = 0; place < members[number].mesh; ++place) {
      const member& other = members[members[number].near[place].member];
      ++links;
      if (other.find(number) >= other.mesh) ++one_sided;
    }
  CHECK(links >= 400);
  CHECK(one_sided == 0);
}

}  // namespace meshing_tests
