// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace waku::reliability::wire {

/// True where the bytes are UTF-8 as Unicode defines it: no longer spelling than needed, no surrogate, nothing
/// over U+10FFFF. Linear.
[[nodiscard]] constexpr bool is_utf8(std::span<const std::byte> bytes) noexcept {
  std::size_t place = 0;
  while (place < bytes.size()) {
    const auto first = std::to_integer<std::uint32_t>(bytes[place]);
    if (first < 0x80U) {
      ++place;
      continue;
    }
    const std::size_t length = first < 0xc2U   ? 0U
                               : first < 0xe0U ? 2U
                               : first < 0xf0U ? 3U
                               : first < 0xf5U ? 4U
                                               : 0U;
    if (length == 0 || bytes.size() - place < length) return false;
    std::uint32_t point = first & (0xffU >> (length + 1));
    for (std::size_t next = 1; next < length; ++next) {
      const auto byte = std::to_integer<std::uint32_t>(bytes[place + next]);
      if ((byte & 0xc0U) != 0x80U) return false;
      point = point << 6U | (byte & 0x3fU);
    }
    const bool longer_than_needed = (length == 3 && point < 0x800U) || (length == 4 && point < 0x10000U);
    const bool surrogate = point >= 0xd800U && point < 0xe000U;
    if (longer_than_needed || surrogate || point > 0x10ffffU) return false;
    place += length;
  }
  return true;
}

}  // namespace waku::reliability::wire
