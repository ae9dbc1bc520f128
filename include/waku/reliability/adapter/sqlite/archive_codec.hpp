// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace waku::reliability {

/// How a sqlite_archive turns bodies into bytes and back: encode(body) gives something that converts to a span
/// of bytes, decode(bytes) a body, or nothing where the bytes are none. Specialise it for bodies of your own, or
/// hand in another type.
template <class Body>
struct archive_codec;
template <>
struct archive_codec<std::vector<std::byte>> {
  static std::span<const std::byte> encode(const std::vector<std::byte>& body) { return body; }
  static std::optional<std::vector<std::byte>> decode(std::span<const std::byte> bytes) {
    return std::vector<std::byte>(bytes.begin(), bytes.end());
  }
};

}  // namespace waku::reliability

namespace waku::reliability::sqlite {

/// True for a codec that turns bodies of this type into bytes and back.
template <class Codec, class Body>
concept codec_of = requires(Codec codec, const Body& body, std::span<const std::byte> bytes) {
  { codec.encode(body) } -> std::convertible_to<std::span<const std::byte>>;
  { codec.decode(bytes) } -> std::same_as<std::optional<Body>>;
};

}  // namespace waku::reliability::sqlite
