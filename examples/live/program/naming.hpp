// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <waku/reliability/core/message_hash.hpp>

/// How programs call hashes and peers.
namespace live_program {

/// 0x and 64 digits.
inline std::string hex(const waku::reliability::message_hash& hash) { return "0x" + to_hex(hash); }
/// Enough of it for a person to tell it from others.
inline std::string brief(const waku::reliability::message_hash& hash) { return hex(hash).substr(0, 10); }
/// The end of a peer id, since all of them begin alike.
inline std::string brief(std::string_view peer) {
  constexpr std::size_t shown = 8;
  return peer.size() <= shown ? std::string(peer) : "…" + std::string(peer.substr(peer.size() - shown));
}

}  // namespace live_program
