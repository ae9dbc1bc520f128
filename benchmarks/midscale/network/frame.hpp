// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <waku/reliability/testing/frame_size.hpp>

/// How many bytes frames of the relay protocol have, as encoded: the Protobuf RPC of GossipSub field by field, the
/// length before it, and what libp2p puts around it. TCP and IP are not counted, as in nodes' own counters.
namespace midscale::frame {

namespace size = waku::reliability::testing::frame_size;

inline constexpr std::size_t message_id = 32;      ///< a SHA-256 in nwaku and go-waku
inline constexpr std::size_t yamux_header = 12;    ///< yamux specification, "Framing"
inline constexpr std::size_t yamux_most = 65'536;  ///< of one frame with its header: go-yamux, MaxMessageSize
inline constexpr std::size_t noise_length = 2;     ///< before each Noise message: libp2p Noise, "Wire Format"
inline constexpr std::size_t noise_tag = 16;       ///< of ChaCha20-Poly1305, after each
inline constexpr std::size_t noise_most = 65'519;  ///< clear bytes of one Noise message: 65,535 less the tag

/// Length of the name of a shard, "/waku/2/rs/CLUSTER/SHARD" (51/WAKU2-RELAY-SHARDING).
[[nodiscard]] constexpr std::size_t pubsub_topic(std::uint32_t cluster, std::uint32_t shard) noexcept {
  const auto digits = [](std::uint32_t value) {
    std::size_t count = 1;
    for (; value >= 10; value /= 10) ++count;
    return count;
  };
  return 12 + digits(cluster) + digits(shard);
}

/// A WakuMessage (14/WAKU2-MESSAGE) with payload, content topic, and a time in nanoseconds of our days, whose zigzag
/// varint has nine bytes. No version, meta or proof.
[[nodiscard]] constexpr std::size_t waku_message(std::size_t payload, std::size_t content_topic) noexcept {
  return size::text(1, payload) + size::text(2, content_topic) +
         size::signed_number(10, 1'700'000'000'000'000'000);
}

/// RPC.publish with {data, topic}: Waku signs nothing, so there is no from, seqno, signature or key.
[[nodiscard]] constexpr std::size_t publish(std::size_t topic, std::size_t message) noexcept {
  return size::text(2, size::text(2, message) + size::text(4, topic));
}
/// RPC.control.ihave with so many ids of one topic.
[[nodiscard]] constexpr std::size_t have(std::size_t topic, std::size_t ids) noexcept {
  return size::text(3, size::text(1, size::text(1, topic) + ids * size::text(2, message_id)));
}
/// RPC.control.iwant.
[[nodiscard]] constexpr std::size_t want(std::size_t ids) noexcept {
  return size::text(3, size::text(2, ids * size::text(1, message_id)));
}
/// RPC.control.graft of one topic.
[[nodiscard]] constexpr std::size_t graft(std::size_t topic) noexcept {
  return size::text(3, size::text(3, size::text(1, topic)));
}
/// RPC.control.prune of one topic, with a backoff and no peers.
[[nodiscard]] constexpr std::size_t prune(std::size_t topic, std::uint64_t backoff_seconds) noexcept {
  return size::text(3, size::text(4, size::text(1, topic) + size::number(3, backoff_seconds)));
}
/// RPC.control.idontwant of one id.
[[nodiscard]] constexpr std::size_t dont_want() noexcept {
  return size::text(3, size::text(5, size::text(1, message_id)));
}
/// One entry of RPC.subscriptions; several stand one after another.
[[nodiscard]] constexpr std::size_t subscription(std::size_t topic) noexcept {
  return size::text(1, size::number(1, 1) + size::text(2, topic));
}

/// Bytes on the connection for so many of a stream: cut into yamux frames, and each of these into Noise messages.
[[nodiscard]] constexpr std::size_t of_stream(std::size_t left) noexcept {
  std::size_t bytes = 0;
  while (left != 0) {
    const std::size_t piece = std::min(left, yamux_most - yamux_header);
    const std::size_t clear = piece + yamux_header;
    bytes += clear + (clear + noise_most - 1) / noise_most * (noise_length + noise_tag);
    left -= piece;
  }
  return bytes;
}
/// Bytes on the connection for one RPC, with its length as a varint before it.
[[nodiscard]] constexpr std::size_t on_the_wire(std::size_t rpc) noexcept {
  return of_stream(size::framed(rpc));
}

}  // namespace midscale::frame
