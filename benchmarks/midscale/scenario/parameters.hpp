// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <string>

#include <waku/reliability/core/instant.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// What a run is made of. Names, units, bounds and meanings are in parameter_table().
struct parameters {
  std::string scenario;
  std::uint64_t seed = 1;

  std::uint32_t relays = 1'000;
  std::uint32_t services = 0;
  std::uint32_t lights = 0;

  double rate = 1;
  std::uint32_t size = 1'000;
  double duration = 600;
  double warm_up = 60;
  double settle = 10;
  std::uint32_t publishers = 0;
  double light_share = 0;
  std::string workload = "constant";
  std::string trace;

  std::string topology = "random_regular";
  std::uint32_t degree = 26;  // nwaku dials 13, a third of the 40 that it leaves to relay, and is dialled as often
  std::string graph;
  std::uint32_t shards = 1;
  bool shard_peers = true;
  std::string latency = "distribution";
  // Calibrated once, on the median of a published simulation (docs/lab.md, "Truth").
  double latency_ms = 112;
  double latency_above_ms = 56;
  double up_mbps = 50;
  double down_mbps = 50;

  double go_waku_share = 0;
  std::uint32_t mesh_degree = 0;
  double gossip_factor = 0.25;
  bool flood_publish = true;
  bool idontwant = false;
  bool scoring = false;
  double validation_ms = 0;

  double churn = 0;
  double service_churn = 0;
  double online_s = 300;
  double link_churn = 0;
  bool discv5 = true;
  double peer_exchange_share = 0;

  std::string strategy = "light_client";
  double asleep_share = 0;
  double link_loss = 0;
  double relay_engines = 0;
  std::uint32_t archive = 0;
  double query_rate = 0;
  double query_span = 600;

  /// All that take part.
  [[nodiscard]] std::uint64_t nodes() const noexcept { return std::uint64_t{relays} + services + lights; }

  friend bool operator==(const parameters&, const parameters&) = default;
};

/// The shard of a node that follows one: services, which come first, follow all.
[[nodiscard]] constexpr std::uint32_t shard_of(const parameters& of, std::uint32_t node) noexcept {
  return (node - of.services) % of.shards;
}

/// A length of time from milliseconds or seconds that a parameter gives.
[[nodiscard]] inline wr::duration duration_of_ms(double value) {
  return wr::duration(static_cast<wr::duration::rep>(value * 1e6));
}
[[nodiscard]] inline wr::duration duration_of_s(double value) { return duration_of_ms(value * 1e3); }

}  // namespace midscale
