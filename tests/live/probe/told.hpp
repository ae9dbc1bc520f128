// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/rest/text.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/core/message_hash.hpp>

#include <program/naming.hpp>

/// How the lines of drivers spell bytes, hashes, times and messages. What cannot be read throws std::runtime_error.
namespace live_probe {

namespace wr = waku::reliability;
using json = nlohmann::json;
using live_program::hex;
using wr::rest::to_base64;

inline std::vector<std::byte> from_base64(std::string_view text) {
  auto bytes = wr::rest::from_base64(text);
  if (!bytes) throw std::runtime_error("not base64");
  return *std::move(bytes);
}
inline wr::message_hash from_hex(std::string_view text) {
  wr::message_hash hash;
  const auto bytes = wr::rest::from_hex(text);
  if (!bytes || bytes->size() != hash.bytes.size()) throw std::runtime_error("not a hash in hex");
  std::copy(bytes->begin(), bytes->end(), hash.bytes.begin());
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
      {"payload", to_base64(m.payload)}, {"content_topic", m.content_topic}, {"ephemeral", m.ephemeral}};
  if (m.timestamp != 0) told["timestamp"] = std::to_string(m.timestamp);
  if (!m.meta.empty()) told["meta"] = to_base64(m.meta);
  return told;
}

}  // namespace live_probe
