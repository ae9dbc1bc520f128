// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/wire/content_topic.hpp>
#include <waku/reliability/wire/generated.hpp>
#include <waku/reliability/wire/shard.hpp>

#include "target.hpp"

namespace wr = waku::reliability;
namespace ww = wr::wire;
using fuzz::demand;

namespace {

/// Bytes of the texts in turn, in place of SHA-256.
struct plain_hasher {
  wr::message_hash hash_of_text(std::string_view first, std::string_view second) const {
    wr::message_hash hash;
    std::size_t place = 0;
    for (const std::string_view text : {first, second}) {
      for (const char each : text) hash.bytes[31 - place++ % 32] ^= static_cast<std::byte>(each);
    }
    return hash;
  }
};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char each : text) {
    if (each == '/') {
      parts.emplace_back();
    } else {
      parts.back() += each;
    }
  }
  return parts;
}

// A content topic by its text, the long way round.
std::optional<std::vector<std::string>> topic_parts(std::string_view text) {
  std::vector<std::string> parts = split(text);
  if (!parts.front().empty()) return std::nullopt;
  parts.erase(parts.begin());
  if (parts.size() == 5) {
    for (const char each : parts.front()) {
      if (each != '0') return std::nullopt;
    }
    if (parts.front().empty()) return std::nullopt;
    parts.erase(parts.begin());
  }
  if (parts.size() != 4) return std::nullopt;
  for (const std::string& each : parts) {
    if (each.empty()) return std::nullopt;
  }
  return parts;
}

std::optional<std::uint16_t> small_number(const std::string& text) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint32_t value = 0;
  for (const char each : text) {
    if (each < '0' || each > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(each - '0');
  }
  if (value > 65'535) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

void content_topic(std::string_view text, std::uint32_t shard_count) {
  const auto parsed = ww::parse_content_topic(text);
  const auto expected = topic_parts(text);
  demand(parsed.has_value() == expected.has_value(), "a content topic is one by its parts");
  plain_hasher hasher;
  const auto shard_of = ww::autosharding(hasher, 1, shard_count)(text);
  demand(shard_of.has_value() == parsed.has_value(), "each content topic has a shard, nothing else has");
  if (!parsed) return;
  const std::vector<std::string> parts{std::string(parsed->application), std::string(parsed->version),
                                       std::string(parsed->name), std::string(parsed->encoding)};
  demand(parts == *expected, "the parts of a content topic are those between its slashes");
  const std::string written = parsed->to_string();
  demand(ww::parse_content_topic(written) == parsed, "a content topic is read as it was written");
  demand(text.ends_with(written), "a content topic is written as it was, but for the generation");
  const auto named = ww::parse_shard(*shard_of);
  demand(named && named->cluster == 1 && named->index < shard_count,
         "a shard is one of those that there are");
}

void shard(std::string_view text) {
  const auto parsed = ww::parse_shard(text);
  const std::vector<std::string> parts = split(text);
  std::optional<ww::shard> expected;
  if (parts.size() == 6 && parts[0].empty() && parts[1] == "waku" && parts[2] == "2" && parts[3] == "rs") {
    const auto cluster = small_number(parts[4]);
    const auto index = small_number(parts[5]);
    if (cluster && index) expected = ww::shard{*cluster, *index};
  }
  demand(parsed == expected, "a shard is one by its parts");
  demand(!parsed || parsed->to_string() == text, "a shard has one name only");
}

}  // namespace

// Shards, two bytes; then the text. It also stands behind the beginning that every shard has, and behind zeros.
void fuzz::names(byte_span bytes) {
  input from(bytes);
  const std::uint32_t shard_count = 1 + (from.byte() | static_cast<std::uint32_t>(from.byte()) << 8U);
  const std::string_view text = ww::text_of(from.rest());
  content_topic(text, shard_count);
  shard(text);
  constexpr std::string_view prefix = "/waku/2/rs/";
  const std::string numbers(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
  for (const char* const more : {"", "0", "1/", "1/0"}) shard(std::string(prefix) + more + numbers);
}
