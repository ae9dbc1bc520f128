// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <midscale/discovery/rlp.hpp>

/// How many bytes discv5 v5.1 sends: "Node Discovery Protocol v5 - Wire Protocol" of Ethereum's devp2p. The headers of
/// UDP and IP are not counted, as in nim-eth's own counter (discv5_network_bytes).
namespace midscale::discv5_packet {

inline constexpr std::size_t masking_iv = 16;
inline constexpr std::size_t static_header =
    23;                                 ///< protocol id 6, version 2, flag 1, nonce 12, authdata-size 2
inline constexpr std::size_t tag = 16;  ///< of AES-GCM, after an encrypted message
inline constexpr std::size_t message_authdata = 32;        ///< the sender's node id
inline constexpr std::size_t challenge_authdata = 16 + 8;  ///< id-nonce, enr-seq
inline constexpr std::size_t handshake_authdata =
    34 + 64 + 33;                                  ///< head, signature, ephemeral key; then a record
inline constexpr std::size_t random_message = 20;  ///< nim-eth and go-ethereum, where no key is known
inline constexpr std::size_t most = 1'280;         ///< of a packet
inline constexpr std::size_t request_id = 8;       ///< nim-eth and go-ethereum

/// Packets by the length of their message, tag not counted.
[[nodiscard]] constexpr std::size_t ordinary(std::size_t message) noexcept {
  return masking_iv + static_header + message_authdata + message + tag;
}
/// What a node sends that has no session: noise, which is answered by WHOAREYOU.
[[nodiscard]] constexpr std::size_t without_session() noexcept {
  return masking_iv + static_header + message_authdata + random_message;
}
[[nodiscard]] constexpr std::size_t challenge() noexcept {
  return masking_iv + static_header + challenge_authdata;
}
/// The answer to WHOAREYOU, with the sender's record where the other side lacks it, else with 0 bytes.
[[nodiscard]] constexpr std::size_t handshake(std::size_t record, std::size_t message) noexcept {
  return masking_iv + static_header + handshake_authdata + record + message + tag;
}

/// Messages: the kind, then a list that begins with the request id.
[[nodiscard]] inline std::size_t message(std::span<const std::byte> fields) {
  rlp::bytes items;
  rlp::append_string(items, rlp::bytes(request_id, std::byte{0xff}));
  items.insert(items.end(), fields.begin(), fields.end());
  rlp::bytes list;
  rlp::append_list(list, items);
  return 1 + list.size();
}
[[nodiscard]] inline std::size_t ping(std::uint64_t sequence) {
  rlp::bytes fields;
  rlp::append_number(fields, sequence);
  return message(fields);
}
/// To a node with an IPv4 address.
[[nodiscard]] inline std::size_t pong(std::uint64_t sequence, std::uint16_t port) {
  rlp::bytes fields;
  rlp::append_number(fields, sequence);
  rlp::append_string(fields, rlp::bytes(4, std::byte{10}));
  rlp::append_number(fields, port);
  return message(fields);
}
[[nodiscard]] inline std::size_t find_node(std::span<const std::uint16_t> distances) {
  rlp::bytes list;
  for (const std::uint16_t each : distances) rlp::append_number(list, each);
  rlp::bytes fields;
  rlp::append_list(fields, list);
  return message(fields);
}
/// One of the NODES packets of an answer, with so many bytes of records; the number of packets is below 128.
[[nodiscard]] constexpr std::size_t nodes(std::size_t records) noexcept {
  const std::size_t items = 1 + request_id + 1 + rlp::header(records) + records;
  return 1 + rlp::header(items) + items;
}

/// The distances that a look-up asks a node for, which is at that log distance (1 to 256) from its target: the target's
/// own and the next ones (nim-eth protocol.nim and go-ethereum v5_udp.go, lookupRequestLimit = 3).
[[nodiscard]] constexpr std::array<std::uint16_t, 3> asked_distances(std::uint16_t distance) noexcept {
  std::array<std::uint16_t, 3> result{distance};
  std::size_t count = 1;
  for (std::uint16_t step = 1; count < result.size(); ++step) {
    if (distance + step <= 256) result[count++] = static_cast<std::uint16_t>(distance + step);
    if (count < result.size() && distance > step)
      result[count++] = static_cast<std::uint16_t>(distance - step);
  }
  return result;
}

}  // namespace midscale::discv5_packet
