// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

/// Protobuf's varints: seven bits a byte, the lowest first, the top bit set where another byte follows.
namespace waku::reliability::wire {

/// The most bytes that a varint has.
inline constexpr std::size_t varint_bytes_max = 10;

/// Bytes of the minimal varint of `value`.
[[nodiscard]] constexpr std::size_t varint_size(std::uint64_t value) noexcept {
  return value == 0 ? 1 : (static_cast<std::size_t>(std::bit_width(value)) + 6) / 7;
}

/// A minimal varint.
struct encoded_varint {
  std::array<std::byte, varint_bytes_max> bytes{};
  std::size_t size = 0;

  [[nodiscard]] constexpr std::span<const std::byte> view() const noexcept { return {bytes.data(), size}; }
};

/// The minimal varint of `value`.
[[nodiscard]] constexpr encoded_varint encode_varint(std::uint64_t value) noexcept {
  encoded_varint encoded;
  while (value >= 0x80U) {
    encoded.bytes[encoded.size++] = static_cast<std::byte>(value | 0x80U);
    value >>= 7U;
  }
  encoded.bytes[encoded.size++] = static_cast<std::byte>(value);
  return encoded;
}

/// Whether a varint could be read: all of it, not yet all, or never.
enum class varint_state : std::uint8_t { complete, incomplete, malformed };

/// What stands at the beginning of some bytes.
struct decoded_varint {
  varint_state state = varint_state::incomplete;
  std::uint64_t value = 0;
  std::size_t size = 0;  ///< bytes that were read
};

/// Reads the varint at the beginning of `bytes`. More than ten bytes are malformed; a varint that could be
/// shorter is not, and bits beyond the 64th are dropped, as Protobuf does it.
[[nodiscard]] constexpr decoded_varint decode_varint(std::span<const std::byte> bytes) noexcept {
  // Nearly all tags, lengths and numbers have one byte or two.
  if (bytes.size() >= 2) {
    const auto first = std::to_integer<std::uint64_t>(bytes[0]);
    const auto second = std::to_integer<std::uint64_t>(bytes[1]);
    if (first < 0x80U) return {varint_state::complete, first, 1};
    if (second < 0x80U) return {varint_state::complete, (first & 0x7fU) | second << 7U, 2};
  }
  const std::size_t most = bytes.size() < varint_bytes_max ? bytes.size() : varint_bytes_max;
  std::uint64_t value = 0;
  for (std::size_t place = 0; place < most; ++place) {
    const auto byte = std::to_integer<std::uint64_t>(bytes[place]);
    value |= (byte & 0x7fU) << (7 * place);
    if (byte < 0x80U) return {varint_state::complete, value, place + 1};
  }
  return {most < varint_bytes_max ? varint_state::incomplete : varint_state::malformed, value, most};
}

}  // namespace waku::reliability::wire
