// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/testing/latency.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// How relay nodes dial those that they found: nwaku 0.34, waku/node/peer_manager/peer_manager.nim, unless a line says
/// otherwise.
struct membership_options {
  /// external_config.nim: 50 connections, of which a fifth is left to services; of the other 40 a third is dialled.
  std::uint32_t dialled = 13;
  std::uint32_t accepted = 27;

  wr::duration pause = std::chrono::seconds(30);       ///< ConnectivityLoopInterval; shorter while nodes lack
  wr::duration least_pause = std::chrono::seconds(1);  ///< relayConnectivityLoop
  wr::duration after_dials = std::chrono::seconds(5);  ///< connectToNodes
  std::uint32_t dials_at_once = 10;                    ///< MaxParallelDials
  wr::duration dial_timeout = std::chrono::seconds(10);    ///< DefaultDialTimeout
  wr::duration first_backoff = std::chrono::seconds(120);  ///< InitialBackoffInSec
  std::uint32_t backoff_factor = 4;                        ///< BackoffFactor
  std::uint32_t failures_most = 5;                         ///< MaxFailedAttempts

  /// One way, drawn for each dial.
  wr::testing::latency latency{std::chrono::milliseconds(50), {}, std::chrono::seconds(4)};
  /// Until a dialled connection can carry RPCs: TCP 1, multistream-select for Noise 1, Noise XX 2 (its third message
  /// carries nothing that is waited for but ends the handshake), multistream-select for yamux 1 (libp2p,
  /// "Connection Establishment").
  std::uint32_t round_trips = 5;

  std::vector<std::uint32_t> bootstrap{0};  ///< nodes that all know from the start: setupDiscoveryV5
  std::uint32_t mesh_least = 4;             ///< D_low; a mesh is full from there on

  /// So many connections of a node on average: it dials half, and accepts twice that, as nwaku does.
  [[nodiscard]] static membership_options of_degree(std::uint32_t degree) {
    membership_options made;
    made.dialled = std::max(1U, degree / 2);
    made.accepted = 2 * made.dialled + 1;
    return made;
  }
};

}  // namespace midscale
