// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// RLP, the encoding of discv5's messages and records (Ethereum's yellow paper, appendix B). Each call appends.
namespace midscale::rlp {

using bytes = std::vector<std::byte>;

/// Bytes of what stands before the content of a list, or of a string of more than one byte.
[[nodiscard]] constexpr std::size_t header(std::size_t length) noexcept {
  std::size_t size = 1;
  if (length >= 56)
    for (; length != 0; length >>= 8U) ++size;
  return size;
}

/// The header of a string (0x80) or a list (0xc0).
inline void append_header(bytes& into, std::uint8_t kind, std::size_t length) {
  if (length < 56) return into.push_back(static_cast<std::byte>(kind + length));
  std::size_t digits = header(length) - 1;
  into.push_back(static_cast<std::byte>(kind + 55 + digits));
  while (digits-- > 0) into.push_back(static_cast<std::byte>(length >> (8 * digits)));
}

inline void append_string(bytes& into, std::span<const std::byte> text) {
  const bool is_its_own_encoding = text.size() == 1 && text[0] < std::byte{0x80};
  if (!is_its_own_encoding) append_header(into, 0x80, text.size());
  into.insert(into.end(), text.begin(), text.end());
}
inline void append_string(bytes& into, std::string_view text) {
  append_string(into, std::as_bytes(std::span(text)));
}
/// A number, big endian, without leading zeros; 0 is the empty string.
inline void append_number(bytes& into, std::uint64_t value) {
  bytes digits;
  for (int shift = 56; shift >= 0; shift -= 8)
    if (!digits.empty() || value >> shift != 0) digits.push_back(static_cast<std::byte>(value >> shift));
  append_string(into, digits);
}
/// A list of what is encoded already.
inline void append_list(bytes& into, std::span<const std::byte> items) {
  append_header(into, 0xc0, items.size());
  into.insert(into.end(), items.begin(), items.end());
}

}  // namespace midscale::rlp
