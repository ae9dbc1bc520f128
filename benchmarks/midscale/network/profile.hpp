// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>

#include <midscale/network/gossip_options.hpp>

namespace midscale {

// How the software of the network configures GossipSub.

/// nwaku 0.34: waku_relay/protocol.nim, GossipsubParameters, has d, dLow, dHigh, dOut, dScore, dLazy, gossipFactor,
/// historyLength, historyGossip, pruneBackoff and floodPublish. nim-libp2p has the rest: gossipsub/behavior.nim prunes
/// above dHigh only, and gossipsub.nim lets a flood take what 100 Mbit/s (bandwidthEstimatebps) carry in a heartbeat.
/// IDONTWANT, which newer nim-libp2p tells of messages above 512 bytes, is off.
[[nodiscard]] constexpr gossip_options nwaku_gossip() noexcept {
  gossip_options options;
  options.degree = 6;
  options.degree_low = 4;
  options.degree_high = 8;
  options.degree_out = 3;
  options.degree_score = 6;
  options.degree_lazy = 6;
  options.prunes_at_high = false;
  options.gossip_factor = 0.25;
  options.history_length = 6;
  options.history_gossip = 3;
  options.heartbeat = std::chrono::seconds(1);
  options.prune_backoff = std::chrono::minutes(1);
  options.flood_publish = true;
  options.flood_bits = 100'000'000;
  return options;
}

/// go-waku 0.10, as its running router tells (docs/data/traffic): D, Dlazy and Dscore are 4, though Dout is 3. The rest
/// of relay/config.go, defaultPubsubOptions, is as nwaku's; go-libp2p-pubsub's heartbeat prunes from Dhi on. go-waku's
/// list of protocols leaves IDONTWANT off.
[[nodiscard]] constexpr gossip_options go_waku_gossip() noexcept {
  gossip_options options = nwaku_gossip();
  options.degree = 4;
  options.degree_lazy = 4;
  options.degree_score = 4;
  options.prunes_at_high = true;
  options.flood_bits = 0;
  return options;
}

}  // namespace midscale
