// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/wire/content_topic.hpp>

/// Shards: pubsub topics with the name /waku/2/rs/cluster/shard, and which of them a content topic belongs to.
namespace waku::reliability::wire {

/// A static shard.
struct shard {
  std::uint16_t cluster = 0;
  std::uint16_t index = 0;  ///< below 1,024 by the spec; all 16 bits are read, as nodes do

  friend constexpr bool operator==(const shard&, const shard&) = default;

  /// The shard's pubsub topic.
  [[nodiscard]] std::string to_string() const {
    return "/waku/2/rs/" + std::to_string(cluster) + '/' + std::to_string(index);
  }
};

/// The shard that a pubsub topic names; nothing for any other topic. Numbers have no leading zeros, so that a
/// shard has one name only.
[[nodiscard]] inline std::optional<shard> parse_shard(std::string_view pubsub_topic) noexcept {
  constexpr std::string_view prefix = "/waku/2/rs/";
  if (!pubsub_topic.starts_with(prefix)) return std::nullopt;
  const char* place = pubsub_topic.data() + prefix.size();
  const char* const end = pubsub_topic.data() + pubsub_topic.size();
  const auto read = [&](std::uint16_t& number) {
    const char* const begin = place;
    const auto result = std::from_chars(begin, end, number);
    place = result.ptr;
    return result.ec == std::errc() && (*begin != '0' || place == begin + 1);
  };
  shard named;
  if (!read(named.cluster) || place == end || *place++ != '/') return std::nullopt;
  if (!read(named.index) || place != end) return std::nullopt;
  return named;
}

/// What computes the SHA-256 of two texts, one after the other, such as openssl_hasher.
template <class Hasher>
concept text_hasher = requires(Hasher& hasher, std::string_view text) {
  { hasher.hash_of_text(text, text) } -> std::same_as<message_hash>;
};

/// Which shard of `shard_count` (1 to 65,536) a content topic belongs to: the last 8 bytes of SHA-256(application,
/// version) as a big-endian number, modulo the count. The spec's text takes the whole hash as a number, which is
/// the same for powers of two only; every implementation does it like this.
template <text_hasher Hasher>
[[nodiscard]] std::uint16_t shard_index(const content_topic& topic, std::uint32_t shard_count,
                                        Hasher& hasher) {
  assert(shard_count >= 1 && shard_count <= 65'536);
  const message_hash hash = hasher.hash_of_text(topic.application, topic.version);
  std::uint64_t number = 0;
  for (std::size_t place = message_hash::size - 8; place < message_hash::size; ++place)
    number = number << 8U | std::to_integer<std::uint64_t>(hash.bytes[place]);
  return static_cast<std::uint16_t>(number % shard_count);
}

/// Autosharding on one network: content topic to pubsub topic. Refers to the hasher, which must live as long.
///
///     autosharding shard_of(hasher, 1, 8);  // The Waku Network
///     auto pubsub_topic = shard_of("/toychat/2/huilong/proto");
template <text_hasher Hasher>
class autosharding {
 public:
  autosharding(Hasher& hasher, std::uint16_t cluster, std::uint32_t shard_count) noexcept
      : hasher_(&hasher), shard_count_(shard_count), cluster_(cluster) {}

  /// The pubsub topic of a content topic; nothing where that is malformed.
  [[nodiscard]] std::optional<std::string> operator()(std::string_view topic) const {
    const auto parsed = parse_content_topic(topic);
    if (!parsed) return std::nullopt;
    return shard{cluster_, shard_index(*parsed, shard_count_, *hasher_)}.to_string();
  }

 private:
  Hasher* hasher_;
  std::uint32_t shard_count_;
  std::uint16_t cluster_;
};

}  // namespace waku::reliability::wire
