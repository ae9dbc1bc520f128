// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <waku/reliability/core/message_traits.hpp>

namespace waku::reliability {

/// A plain Waku message (14/WAKU2-MESSAGE) for those who have no type of their own.
struct message {
  std::vector<std::byte> payload;
  std::string content_topic;
  std::vector<std::byte> meta;  ///< at most 64 bytes
  std::int64_t timestamp = 0;   ///< Unix time in ns; 0 lets the engine stamp it when it first leaves
  bool ephemeral = false;       ///< true: stores must not keep it
  std::uint32_t version = 0;    ///< how the payload is encrypted; not part of the hash, nor is the proof
  std::vector<std::byte> rate_limit_proof{};  ///< an encoded RLN proof; empty: none

  friend bool operator==(const message&, const message&) = default;
};

}  // namespace waku::reliability
