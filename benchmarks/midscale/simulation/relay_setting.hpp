// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/network/profile.hpp>
#include <midscale/network/relay_options.hpp>
#include <midscale/scenario/parameters.hpp>
#include <midscale/simulation/region_latency.hpp>
#include <midscale/simulation/start_graph.hpp>
#include <midscale/topology/shuffle.hpp>

namespace midscale {

/// Nodes' places among relay_options::gossip.
constexpr std::uint16_t nwaku_place = 0;
constexpr std::uint16_t go_waku_place = 1;

/// How software does GossipSub in a run: as it does, but for what parameters change. A mesh degree D that is given
/// takes the bounds with it, as far from it as those of the public network's 6: D_low = D - 2, D_high = D + 2, and
/// D_lazy and D_score as D.
[[nodiscard]] inline gossip_options gossip_of(const parameters& of, gossip_options software) {
  if (of.mesh_degree != 0) {
    software.degree = software.degree_lazy = software.degree_score = of.mesh_degree;
    software.degree_low = std::max(1U, of.mesh_degree - std::min(2U, of.mesh_degree));
    software.degree_high = of.mesh_degree + 2;
    software.degree_out = std::min(software.degree_out, of.mesh_degree / 2);
  }
  software.gossip_factor = of.gossip_factor;
  software.flood_publish = of.flood_publish;
  // nim-libp2p tells of messages above 512 bytes.
  software.dont_want_from = of.idontwant ? 513 : 0;
  software.validation = duration_of_ms(of.validation_ms);
  software.scores_peers = of.scoring;
  return software;
}

/// How long frames travel in a run.
[[nodiscard]] inline link_options links_of(const parameters& of) {
  link_options made;
  const wr::duration above = of.latency == "fixed" ? wr::duration{} : duration_of_ms(of.latency_above_ms);
  made.latency = {{duration_of_ms(of.latency_ms), above, link_options::longest}};
  if (of.latency == "regions") {
    made.latency = region_matrix(above);
    made.regions = region_shares.size();
  }
  return made;
}

/// What a relay network is made of.
struct relay_setting {
  graph start;
  std::vector<relay_node> nodes;  ///< services, then relays
  relay_options options;
};

/// That of a run. Which nodes are go-waku is drawn.
[[nodiscard]] inline relay_setting relay_setting_of(const parameters& of, wr::random_source& random) {
  relay_setting made;
  made.start = start_graph(of, random);
  made.options.gossip = {gossip_of(of, nwaku_gossip()), gossip_of(of, go_waku_gossip())};
  made.options.link = links_of(of);
  // However little it is: 0 is no limit.
  const auto bytes_of = [](double mbps) {
    return mbps > 0 ? std::max<std::uint64_t>(1, static_cast<std::uint64_t>(mbps * 125'000)) : 0;
  };
  made.nodes.resize(made.start.nodes);
  for (std::uint32_t node = 0; node < made.start.nodes; ++node) {
    relay_node& own = made.nodes[node];
    own.line = {bytes_of(of.up_mbps), bytes_of(of.down_mbps)};
    if (node >= of.services) {
      own.shards = {static_cast<std::uint16_t>(shard_of(of, node))};
    } else {
      own.shards.resize(of.shards);
      std::iota(own.shards.begin(), own.shards.end(), std::uint16_t{0});
    }
  }
  std::vector<std::uint32_t> order(made.start.nodes);
  std::iota(order.begin(), order.end(), 0U);
  shuffle(order, random);
  order.resize(static_cast<std::size_t>(of.go_waku_share * made.start.nodes + 0.5));
  for (const std::uint32_t node : order) made.nodes[node].profile = go_waku_place;
  return made;
}

}  // namespace midscale
