// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/core/message_hash.hpp>

#include <program/naming.hpp>

/// How the lines of drivers spell bytes, hashes, times and messages. What cannot be read throws std::runtime_error.
namespace live_probe {

namespace wr = waku::reliability;
using json = nlohmann::json;
using live_program::hex;

inline std::string base64(std::span<const std::byte> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}
inline std::vector<std::byte> from_base64(std::string_view text) {
  std::vector<std::byte> bytes(text.size() / 4 * 3 + 3);
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0 || text.size() % 4 != 0) throw std::runtime_error("not base64");
  std::size_t size = static_cast<std::size_t>(length);
  for (std::size_t place = text.size(); place-- > 0 && text[place] == '=';) --size;
  bytes.resize(size);
  return bytes;
}

inline wr::message_hash from_hex(std::string_view text) {
  wr::message_hash hash;
  if (text.size() != 2 + 2 * hash.bytes.size() || !text.starts_with("0x"))
    throw std::runtime_error("not a hash in hex");
  for (std::size_t place = 0; place < hash.bytes.size(); ++place) {
    unsigned number = 0;
    const char* const begin = text.data() + 2 + 2 * place;
    const auto read = std::from_chars(begin, begin + 2, number, 16);
    if (read.ec != std::errc() || read.ptr != begin + 2) throw std::runtime_error("not a hash in hex");
    hash.bytes[place] = static_cast<std::byte>(number);
  }
  return hash;
}

inline std::int64_t nanoseconds(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size())
    throw std::runtime_error("not a time in nanoseconds, as text");
  return number;
}

inline wr::message message_of(const json& told) {
  wr::message m;
  m.payload = from_base64(told.value("payload", ""));
  m.content_topic = told.value("content_topic", "");
  m.timestamp = nanoseconds(told.value("timestamp", "0"));
  m.meta = from_base64(told.value("meta", ""));
  m.ephemeral = told.value("ephemeral", false);
  return m;
}
inline json told_of(const wr::message& m) {
  json told = {
      {"payload", base64(m.payload)}, {"content_topic", m.content_topic}, {"ephemeral", m.ephemeral}};
  if (m.timestamp != 0) told["timestamp"] = std::to_string(m.timestamp);
  if (!m.meta.empty()) told["meta"] = base64(m.meta);
  return told;
}

}  // namespace live_probe
