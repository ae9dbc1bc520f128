// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/message_traits.hpp>

/// How many bytes requests and replies have as length-prefixed Protobuf frames, field by field, for tests and
/// simulations that move no bytes. Request ids count as 20 letters, as nwaku makes them.
namespace waku::reliability::testing::frame_size {

/// Bytes of a Protobuf varint.
[[nodiscard]] constexpr std::size_t varint(std::uint64_t value) noexcept {
  return value == 0 ? 1 : (static_cast<std::size_t>(std::bit_width(value)) + 6) / 7;
}
/// Bytes of a field that holds a string, bytes or a message.
[[nodiscard]] constexpr std::size_t text(std::uint32_t number, std::size_t length) noexcept {
  return varint(std::uint64_t{number} << 3U) + varint(length) + length;
}
/// Bytes of a field that holds an unsigned number.
[[nodiscard]] constexpr std::size_t number(std::uint32_t field, std::uint64_t value) noexcept {
  return varint(std::uint64_t{field} << 3U) + varint(value);
}
/// Bytes of a field that holds a signed number, zigzag coded.
[[nodiscard]] constexpr std::size_t signed_number(std::uint32_t field, std::int64_t value) noexcept {
  const auto bits = static_cast<std::uint64_t>(value);
  return number(field, (bits << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}
/// Bytes of a frame around a body.
[[nodiscard]] constexpr std::size_t framed(std::size_t body) noexcept { return varint(body) + body; }

inline constexpr std::size_t request_id = text(1, 20);
inline constexpr std::size_t ok_text = text(11, 2);

/// A WakuMessage, without a frame.
template <waku_message Message>
[[nodiscard]] std::size_t message(const Message& m) {
  using traits = message_traits<Message>;
  std::size_t size = text(1, traits::payload(m).size()) + text(2, traits::content_topic(m).size());
  size += signed_number(10, traits::timestamp(m));
  if (!traits::meta(m).empty()) size += text(11, traits::meta(m).size());
  if (traits::ephemeral(m)) size += number(31, 1);
  return size;
}

/// `message_bytes` here and below is the size of an encoded WakuMessage.
[[nodiscard]] constexpr std::size_t lightpush_request(std::size_t topic_bytes, std::size_t message_bytes,
                                                      bool legacy) noexcept {
  if (legacy) return framed(request_id + text(2, text(1, topic_bytes) + text(2, message_bytes)));
  return framed(request_id + text(20, topic_bytes) + text(21, message_bytes));
}
[[nodiscard]] inline std::size_t lightpush_answer(const lightpush_reply& reply) {
  const std::size_t words = reply.description.size();
  if (reply.legacy) return framed(request_id + text(3, number(1, 1) + text(2, words == 0 ? 2 : words)));
  std::size_t size = request_id + number(10, reply.status);
  if (words != 0) size += text(11, words);
  if (reply.relay_peer_count) size += number(12, *reply.relay_peer_count);
  return framed(size);
}

/// SUBSCRIBE and UNSUBSCRIBE.
[[nodiscard]] inline std::size_t filter_request(std::string_view pubsub_topic,
                                                std::span<const std::string_view> content_topics) {
  std::size_t size = request_id + number(2, 1) + text(10, pubsub_topic.size());
  for (const std::string_view topic : content_topics) size += text(11, topic.size());
  return framed(size);
}
inline constexpr std::size_t filter_ping = framed(request_id + number(2, 0));
[[nodiscard]] constexpr std::size_t filter_answer(const filter_reply& reply) noexcept {
  return framed(request_id + number(10, reply.status) + ok_text);
}
[[nodiscard]] constexpr std::size_t filter_push(std::size_t topic_bytes, std::size_t message_bytes) noexcept {
  return framed(text(1, message_bytes) + text(2, topic_bytes));
}

[[nodiscard]] inline std::size_t store_request(const reliability::store_request& request) {
  std::size_t times = 0;
  if (request.time_start) times += signed_number(12, request.time_start->time_since_epoch().count());
  if (request.time_end) times += signed_number(13, request.time_end->time_since_epoch().count());
  if (request.legacy) {
    std::size_t query = text(2, request.pubsub_topic.size()) + times;
    for (const std::string_view topic : request.content_topics) query += text(3, text(1, topic.size()));
    std::size_t paging = number(1, request.limit) + number(3, 1);
    if (!request.cursor.empty()) paging += text(2, request.cursor.size());
    return framed(request_id + text(2, query + text(4, paging)));
  }
  std::size_t size = request_id + number(2, 1) + times + number(52, 1) + number(53, request.limit);
  if (request.hashes.empty()) size += text(10, request.pubsub_topic.size());
  for (const std::string_view topic : request.content_topics) size += text(11, topic.size());
  size += request.hashes.size() * text(20, message_hash::size);
  if (!request.cursor.empty()) size += text(51, request.cursor.size());
  return framed(size);
}
/// One entry of a store reply; `message_bytes` is 0 where no body comes along.
[[nodiscard]] constexpr std::size_t store_entry(std::size_t topic_bytes, std::size_t message_bytes,
                                                bool legacy) noexcept {
  if (legacy) return text(2, message_bytes);
  std::size_t pair = text(1, message_hash::size);
  if (message_bytes != 0) pair += text(2, message_bytes) + text(3, topic_bytes);
  return text(20, pair);
}
/// A store reply whose entries have so many bytes in all.
[[nodiscard]] constexpr std::size_t store_answer(std::uint32_t status, std::size_t entry_bytes,
                                                 std::size_t cursor_bytes, bool legacy) noexcept {
  const std::size_t cursor = cursor_bytes == 0 ? 0 : text(51, cursor_bytes);
  if (legacy)
    return framed(request_id + text(3, entry_bytes + text(3, number(1, 100) + cursor) + number(4, 0)));
  return framed(request_id + number(10, status) + ok_text + entry_bytes + cursor);
}

}  // namespace waku::reliability::testing::frame_size
