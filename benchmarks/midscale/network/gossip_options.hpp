// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstdint>

#include <waku/reliability/core/instant.hpp>

#include <midscale/network/peer_score.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// How a node does GossipSub v1.1 (and IDONTWANT of v1.2). What software does is in profile.hpp.
struct gossip_options {
  std::uint32_t degree = 6;      ///< D, the members of a mesh that are aimed at
  std::uint32_t degree_low = 4;  ///< D_low: below it neighbours are grafted
  std::uint32_t degree_high =
      8;  ///< D_high: above it members are pruned, and GRAFTs of listeners refused from it on
  std::uint32_t degree_out =
      3;  ///< D_out: so many of a mesh are neighbours that the node dialled, where it has them
  std::uint32_t degree_score = 6;  ///< D_score: so many of the best stay when a mesh is pruned
  std::uint32_t degree_lazy = 6;   ///< D_lazy: gossip goes to so many neighbours at least
  bool prunes_at_high = false;     ///< a mesh of D_high itself is pruned
  double gossip_factor = 0.25;     ///< gossip goes to this share of those that are not in the mesh, at least
  std::uint32_t history_length = 6;  ///< heartbeats for which a message can be asked for, 8 at most
  std::uint32_t history_gossip = 3;  ///< heartbeats in which it is told of
  wr::duration heartbeat = std::chrono::seconds(1);
  wr::duration prune_backoff = std::chrono::minutes(1);  ///< so long no GRAFT follows a PRUNE
  bool flood_publish = true;         ///< a publisher sends to all neighbours, not to its mesh alone
  std::uint64_t flood_bits = 0;      ///< bits a second that a flood may take of a heartbeat; 0: no limit
  std::uint32_t dont_want_from = 0;  ///< IDONTWANT is told of messages of so many bytes and more; 0: never
  wr::duration validation{};         ///< between receiving a message and passing it on
  bool scores_peers = false;
  score_options score;  ///< where peers are scored

  friend bool operator==(const gossip_options&, const gossip_options&) = default;
};

}  // namespace midscale
