// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace waku::reliability {

/// Bytes as lower-case hexadecimal digits, two for each byte, without 0x. Linear.
[[nodiscard]] inline std::string to_hex(std::span<const std::byte> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte each : bytes) {
    text += digits[std::to_integer<unsigned>(each) >> 4U];
    text += digits[std::to_integer<unsigned>(each) & 15U];
  }
  return text;
}

}  // namespace waku::reliability
