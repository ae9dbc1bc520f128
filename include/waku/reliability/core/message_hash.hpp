// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include <waku/reliability/core/hex.hpp>

namespace waku::reliability {

/// The deterministic message hash of 14/WAKU2-MESSAGE: 32 bytes that name a message on a pubsub topic.
struct message_hash {
  static constexpr std::size_t size = 32;

  std::array<std::byte, size> bytes{};

  friend constexpr bool operator==(const message_hash& left, const message_hash& right) noexcept {
    if (std::is_constant_evaluated()) return left.bytes == right.bytes;
    // What compilers make of the line above compares byte by byte.
    return ((left.word(0) ^ right.word(0)) | (left.word(1) ^ right.word(1)) | (left.word(2) ^ right.word(2)) |
            (left.word(3) ^ right.word(3))) == 0;
  }
  friend constexpr auto operator<=>(const message_hash&, const message_hash&) = default;

  /// Eight of the hash's bytes as a number in the machine's byte order; `index` counts words, 0 to 3.
  [[nodiscard]] std::uint64_t word(std::size_t index) const noexcept {
    std::uint64_t value;
    std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
    return value;
  }
};

/// The hash as 64 lower-case hexadecimal digits.
[[nodiscard]] inline std::string to_hex(const message_hash& hash) { return to_hex(hash.bytes); }

}  // namespace waku::reliability
