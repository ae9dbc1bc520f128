// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/meshing.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>
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

// The largest mesh that a node has in its first seconds.
std::uint32_t largest_mesh(run& of, std::uint32_t node) {
  std::uint32_t largest = 0;
  for (wr::duration at = of.network.now(); at < 14s; at += 5ms) {
    of.network.run_until(at);
    largest = std::max(largest, of.network.nodes().members()[node].mesh);
  }
  return largest;
}

TEST_CASE(
    "from D_high on a GRAFT of one that dialled is refused, and of one that was dialled taken until a "
    "heartbeat") {
  graph dials = star_of(31);
  for (edge& each : dials.edges) std::swap(each.dialler, each.listener);
  for (const bool centre_dials : {false, true}) {
    CAPTURE(centre_dials);
    run star(centre_dials ? dials : star_of(31), fixed_latency(20ms));
    // The centre goes and comes back, and all leaves graft it within a second.
    star.network.set_online(0, false, 10s);
    star.network.set_online(0, true, 11s);
    const std::uint32_t largest = largest_mesh(star, 0);
    CHECK((centre_dials ? largest > 8 : largest == 8));
    CHECK(star.network.nodes().members()[0].mesh <= 8);
    CHECK(star.network.nodes().members()[0].mesh >= 4);
  }
}

TEST_CASE("who was pruned grafts again after a minute, not before") {
  for (const bool again : {false, true}) {
    CAPTURE(again);
    const auto begin = again ? 60s : 5s;
    const auto end = again ? 63s : 60s;
    const graph start = star_of(31);  // most leaves find the centre's mesh full in the first second
    ledger book(start.nodes, begin, end);
    relay_network network(start, std::vector<relay_node>(start.nodes), fixed_latency(20ms), book, 1);
    network.run_until(end);
    measurements m;
    book.report(m);
    CHECK((bytes_out(m) > 0) == again);
    CHECK(bytes_in(m) == bytes_out(m));
  }
}

}  // namespace meshing_tests
