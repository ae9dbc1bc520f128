// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <waku/reliability/core/message_hash.hpp>

/// How programs call hashes and peers.
namespace live_program {

/// 0x and 64 digits.
inline std::string hex(const waku::reliability::message_hash& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "0x";
  for (const std::byte each : hash.bytes) {
    text += digits[std::to_integer<std::size_t>(each >> 4)];
    text += digits[std::to_integer<std::size_t>(each & std::byte{15})];
  }
  return text;
}
/// Enough of it for a person to tell it from others.
inline std::string brief(const waku::reliability::message_hash& hash) { return hex(hash).substr(0, 10); }
/// The end of a peer id, since all of them begin alike.
inline std::string brief(std::string_view peer) {
  constexpr std::size_t shown = 8;
  return peer.size() <= shown ? std::string(peer) : "…" + std::string(peer.substr(peer.size() - shown));
}

}  // namespace live_program
