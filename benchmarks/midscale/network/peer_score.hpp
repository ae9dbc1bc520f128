// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include <waku/reliability/core/instant.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// How GossipSub v1.1 scores peers, as nwaku (waku_relay/protocol.nim, TopicParameters and GossipsubParameters) and
/// go-waku (relay/config.go) configure it, both alike. What they give no weight (P3, P5) and what no honest node of the
/// lab does or has (invalid messages, a shared address) is left out.
struct score_options {
  double in_mesh_weight = 0.01;  ///< P1, for each quantum in the mesh
  wr::duration in_mesh_quantum = std::chrono::seconds(1);
  double in_mesh_most = 10;
  double first_weight = 1;  ///< P2, for each message that a peer was the first to bring
  double first_decay = 0.5;
  double first_most = 10;
  double penalty_weight = -10;  ///< P7, for the square of what a peer did against the protocol
  double penalty_decay = 0.986;
  double nothing = 0.01;                ///< below it a count is 0
  std::uint32_t decay_heartbeats = 12;  ///< between two decays: decayInterval, 12 s
  double gossip_threshold = -100;       ///< below it a peer is told nothing
  double publish_threshold = -1'000;    ///< below it nothing is published to a peer
  double opportunistic_threshold = 0;   ///< a mesh with a median below it grafts better peers
  std::uint32_t opportunistic_heartbeats =
      60;                                 ///< between two looks: go-libp2p-pubsub, OpportunisticGraftTicks
  std::uint32_t opportunistic_peers = 2;  ///< GossipSubOpportunisticGraftPeers

  friend bool operator==(const score_options&, const score_options&) = default;
};

/// What a member knows of one neighbour.
struct peer_record {
  wr::duration grafted_at{-1};  ///< negative: it is not in the mesh
  double first_deliveries = 0;
  double penalty = 0;

  void delivered_first(const score_options& options) noexcept {
    first_deliveries = std::min(first_deliveries + 1, options.first_most);
  }
  void decay(const score_options& options) noexcept {
    first_deliveries *= options.first_decay;
    if (first_deliveries < options.nothing) first_deliveries = 0;
    penalty *= options.penalty_decay;
    if (penalty < options.nothing) penalty = 0;
  }
  [[nodiscard]] double score(const score_options& options, wr::duration now) const noexcept {
    double in_mesh = 0;
    if (grafted_at >= wr::duration::zero())
      in_mesh =
          std::min(static_cast<double>((now - grafted_at) / options.in_mesh_quantum), options.in_mesh_most);
    return options.in_mesh_weight * in_mesh + options.first_weight * first_deliveries +
           options.penalty_weight * penalty * penalty;
  }
};

}  // namespace midscale
