// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <midscale/discovery/rlp.hpp>

namespace midscale {

/// What the record of a Waku node says (EIP-778 with the fields of 31/WAKU2-ENR), the same for all nodes but for
/// address, key and signature.
struct node_record {
  /// nim-eth begins at 1 and counts changes; nodes here change nothing. go-ethereum's p2p/enode/localnode.go begins at
  /// the milliseconds of the clock.
  std::uint64_t sequence = 1;
  std::uint16_t tcp_port = 60'000;  ///< nwaku, external_config.nim, tcp-port
  std::uint16_t udp_port = 9'000;   ///< the same, discv5-udp-port
  std::uint16_t cluster = 1;
  std::vector<std::uint16_t> shards{0};
  std::uint8_t capabilities = 0b0001;  ///< relay alone; 31/WAKU2-ENR has the bits
  /// nwaku's internal_config.nim gives every record the field `multiaddrs`, and what it holds are addresses that have
  /// no field of their own: of websockets and names. A relay node has none, and the field is empty.
  bool has_multiaddrs = true;
};

namespace node_record_limits {
inline constexpr std::size_t most_bytes = 300;  ///< EIP-778
inline constexpr std::size_t listed_shards =
    64;  ///< from so many on they are a bit vector: 51/WAKU2-RELAY-SHARDING
}  // namespace node_record_limits

/// The record as it is encoded, of the node with that number. Key and signature are bytes that no two nodes share, of
/// the lengths that the real ones have. At most 300 bytes.
[[nodiscard]] inline rlp::bytes encoded(const node_record& record, std::uint32_t node) {
  const auto two = [](rlp::bytes& into, std::uint32_t value) {
    into.push_back(static_cast<std::byte>(value >> 8U));
    into.push_back(static_cast<std::byte>(value));
  };
  const auto filled = [node](std::size_t length, std::byte first) {
    rlp::bytes made(length, std::byte{0xa5});
    made[0] = first;
    for (std::size_t place = 1; place <= 4; ++place)
      made[place] = static_cast<std::byte>(node >> (8 * (4 - place)));
    return made;
  };
  rlp::bytes fields;
  rlp::append_string(fields, filled(64, std::byte{0x01}));  // the signature
  rlp::append_number(fields, record.sequence);
  const auto add = [&fields](std::string_view key, const rlp::bytes& value) {
    rlp::append_string(fields, key);
    rlp::append_string(fields, value);
  };
  // Keys are sorted.
  rlp::append_string(fields, std::string_view("id"));
  rlp::append_string(fields, std::string_view("v4"));
  add("ip", {std::byte{10}, static_cast<std::byte>(node >> 16U), static_cast<std::byte>(node >> 8U),
             static_cast<std::byte>(node)});
  if (record.has_multiaddrs) add("multiaddrs", {});
  rlp::bytes shards;
  two(shards, record.cluster);
  if (record.shards.size() < node_record_limits::listed_shards) {
    shards.push_back(static_cast<std::byte>(record.shards.size()));
    for (const std::uint16_t shard : record.shards) two(shards, shard);
    add("rs", shards);
  } else {
    shards.resize(2 + 1'024 / 8);
    for (const std::uint16_t shard : record.shards) {
      assert(shard < 1'024);
      shards[2U + shard / 8U] |= static_cast<std::byte>(1U << shard % 8U);
    }
    add("rsv", shards);
  }
  add("secp256k1", filled(33, std::byte{0x02}));
  rlp::append_string(fields, std::string_view("tcp"));
  rlp::append_number(fields, record.tcp_port);
  rlp::append_string(fields, std::string_view("udp"));
  rlp::append_number(fields, record.udp_port);
  add("waku2", {static_cast<std::byte>(record.capabilities)});
  rlp::bytes made;
  rlp::append_list(made, fields);
  assert(made.size() <= node_record_limits::most_bytes);
  return made;
}

/// The number of the node that a record from encoded() is of.
[[nodiscard]] inline std::uint32_t node_of_record(std::span<const std::byte> record) {
  // It stands after the first byte of the signature, which follows the list's header and its own of two bytes.
  const std::size_t begin = rlp::header(record.size() - rlp::header(record.size())) + 2 + 1;
  std::uint32_t node = 0;
  for (std::size_t place = 0; place < 4; ++place)
    node = node << 8U | std::to_integer<std::uint32_t>(record[begin + place]);
  return node;
}

}  // namespace midscale
