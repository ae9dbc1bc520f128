// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Bytes as text: what goes into addresses and JSON. All linear.
namespace waku::reliability::rest {

/// The two alphabets of RFC 4648, both padded.
enum class base64_alphabet : std::uint8_t { standard, url_safe };

[[nodiscard]] inline std::string to_base64(std::span<const std::byte> bytes,
                                           base64_alphabet alphabet = base64_alphabet::standard) {
  constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view url_safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::string_view letters = alphabet == base64_alphabet::standard ? standard : url_safe;
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t each = 0; each < 3; ++each) {
      group =
          group << 8U | (at + each < bytes.size() ? std::to_integer<std::uint32_t>(bytes[at + each]) : 0U);
    }
    for (std::size_t each = 0; each < 4; ++each) {
      const bool padding = at + each > bytes.size();
      text.push_back(padding ? '=' : letters[group >> (18U - 6U * each) & 63U]);
    }
  }
  return text;
}

/// Reads either alphabet, padded or not, as nodes write it. Nothing for other letters or a length that no bytes
/// have.
[[nodiscard]] inline std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
  const auto value_of = [](char letter) -> std::uint32_t {
    if (letter >= 'A' && letter <= 'Z') return static_cast<std::uint32_t>(letter - 'A');
    if (letter >= 'a' && letter <= 'z') return static_cast<std::uint32_t>(letter - 'a') + 26U;
    if (letter >= '0' && letter <= '9') return static_cast<std::uint32_t>(letter - '0') + 52U;
    if (letter == '+' || letter == '-') return 62U;
    if (letter == '/' || letter == '_') return 63U;
    return 64U;
  };
  if (text.size() % 4 == 0) {
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char letter : text) {
    const std::uint32_t value = value_of(letter);
    if (value > 63U) return std::nullopt;
    group = (group << 6U | value) & 0xffffffU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::byte>(group >> bits & 0xffU));
  }
  return bytes;
}

/// Reads digits of either case, with 0x or without. Nothing for anything else.
[[nodiscard]] inline std::optional<std::vector<std::byte>> from_hex(std::string_view text) {
  const auto value_of = [](char digit) -> unsigned {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10U;
    if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10U;
    return 16U;
  };
  if (text.starts_with("0x")) text.remove_prefix(2);
  if (text.size() % 2 != 0) return std::nullopt;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const unsigned high = value_of(text[at]);
    const unsigned low = value_of(text[at + 1]);
    if (high > 15U || low > 15U) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(high << 4U | low));
  }
  return bytes;
}

/// A part of a path or query as RFC 3986 wants it: all but letters, digits and -._~ as %XX.
[[nodiscard]] inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char each : text) {
    const bool plain = (each >= 'A' && each <= 'Z') || (each >= 'a' && each <= 'z') ||
                       (each >= '0' && each <= '9') ||
                       std::string_view("-._~").find(each) != std::string_view::npos;
    if (plain) {
      encoded.push_back(each);
    } else {
      encoded.push_back('%');
      encoded.push_back(digits[static_cast<unsigned char>(each) >> 4U]);
      encoded.push_back(digits[static_cast<unsigned char>(each) & 15U]);
    }
  }
  return encoded;
}

}  // namespace waku::reliability::rest
