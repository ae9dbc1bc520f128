// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/discovery/discovery.hpp>
#include <midscale/scenario/parameters.hpp>
#include <midscale/simulation/relay_setting.hpp>
#include <midscale/topology/shuffle.hpp>

namespace midscale {

/// What a run's discovery is made of.
struct discovery_setting {
  std::vector<discv5_node> nodes;  ///< services and relays
  discovery_options options;
};

/// Whether nodes of a run look for others at all.
[[nodiscard]] constexpr bool discovers(const parameters& of) noexcept {
  return of.discv5 || of.peer_exchange_share > 0 || of.topology == "discovered";
}

/// Who of a run uses peer exchange: relays by their share, drawn, and all lights where there is any share; nobody where
/// there is no service to ask.
[[nodiscard]] inline std::vector<std::uint32_t> exchange_clients(const parameters& of,
                                                                 wr::random_source& random) {
  if (of.services == 0 || of.peer_exchange_share == 0) return {};
  std::vector<std::uint32_t> made(of.relays);
  std::iota(made.begin(), made.end(), of.services);
  shuffle(made, random);
  made.resize(static_cast<std::size_t>(of.peer_exchange_share * of.relays + 0.5));
  std::sort(made.begin(), made.end());
  for (std::uint32_t light = 0; light < of.lights; ++light) made.push_back(of.services + of.relays + light);
  return made;
}

/// The discovery of a run. Bootstrap nodes are the first three, as the published deployments have; who uses peer
/// exchange takes no part in discv5; relays dial where no connections are there from the start.
[[nodiscard]] inline discovery_setting discovery_setting_of(const parameters& of, const relay_setting& relay,
                                                            wr::random_source& random) {
  discovery_setting made;
  const auto relays = static_cast<std::uint32_t>(relay.nodes.size());
  made.nodes.resize(relays);
  for (std::uint32_t node = 0; node < relays; ++node) {
    made.nodes[node].software = relay.nodes[node].profile;
    made.nodes[node].takes_part = of.discv5;
    if (!relay.start.regions.empty()) made.nodes[node].region = relay.start.regions[node];
  }
  std::vector<std::uint32_t> bootstrap(std::min(relays, 3U));
  std::iota(bootstrap.begin(), bootstrap.end(), 0U);
  const wr::testing::latency& latency = relay.options.link.between(0, 0);

  made.options.discv5.software = {nwaku_discv5(), go_waku_discv5()};
  made.options.discv5.link = relay.options.link;
  made.options.discv5.bootstrap = bootstrap;
  made.options.exchange.clients = exchange_clients(of, random);
  made.options.exchange.latency = latency;
  if (!made.options.exchange.clients.empty()) {
    made.options.exchange.services.resize(of.services);
    std::iota(made.options.exchange.services.begin(), made.options.exchange.services.end(), 0U);
  }
  for (const std::uint32_t client : made.options.exchange.clients)
    if (client < relays) made.nodes[client].takes_part = false;
  if (of.topology == "discovered") {
    made.options.membership = membership_options::of_degree(of.degree);
    made.options.membership->latency = latency;
    made.options.membership->bootstrap = bootstrap;
  }
  return made;
}

}  // namespace midscale
