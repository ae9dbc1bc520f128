// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

/// Why bytes, or the fields in them, were refused.
namespace waku::reliability::wire {

/// The protocol that was spoken.
enum class protocol : std::uint8_t {
  message,           ///< a WakuMessage by itself
  relay,             ///< gossipsub's RPC
  store,             ///< store v3
  legacy_store,      ///< store 2.0.0-beta4
  filter,            ///< filter-subscribe
  filter_push,       ///< filter-push
  lightpush,         ///< lightpush v3
  legacy_lightpush,  ///< lightpush 2.0.0-beta1
  metadata,          ///< metadata
  peer_exchange,     ///< peer exchange
};

/// The field that was refused, by its name in the schema; `none` where bytes are no fields at all.
enum class field : std::uint8_t {
  none,
  frame,    ///< the whole frame, or its length
  unknown,  ///< a field that the schema does not have
  payload,
  content_topic,
  version,
  timestamp,
  meta,
  rate_limit_proof,
  ephemeral,
  request_id,
  include_data,
  pubsub_topic,
  content_topics,
  time_start,
  time_end,
  message_hashes,
  pagination_cursor,
  pagination_forward,
  pagination_limit,
  status_code,
  status_desc,
  messages,
  message_hash,
  message,
  waku_message,
  filter_subscribe_type,
  relay_peer_count,
  request,
  response,
  is_success,
  info,
  query,
  content_filters,
  paging_info,
  page_size,
  cursor,
  direction,
  digest,
  receiver_time,
  sender_time,
  start_time,
  end_time,
  error,
  cluster_id,
  shards,
  shards_packed,
  num_peers,
  peer_infos,
  enr,
  subscriptions,
  subscribe,
  topicid,
  publish,
  from,
  data,
  seqno,
  topic,
  signature,
  key,
};

/// What was wrong with it.
enum class reason : std::uint8_t {
  truncated,         ///< the bytes end before the field does
  malformed_varint,  ///< a varint of more than ten bytes, or in a frame's length one that is not minimal
  malformed_tag,     ///< field number 0, or a wire type that does not exist
  unbalanced_group,  ///< a group that is not opened or not closed
  too_deep,          ///< groups within groups within groups
  too_long,          ///< more bytes than the limit
  too_many,          ///< more elements than the limit
  wrong_length,      ///< not as many bytes as it must have
  not_utf8,          ///< a string that is not UTF-8
  missing,           ///< must be there and is not
  invalid_value,     ///< a value that means nothing
  contradiction,     ///< may not stand beside another field that is there
  forbidden,         ///< must not be there
  other_request,     ///< the reply to another request
  refused,           ///< Protobuf's own parser refused the bytes
};

/// Why something was not decoded. Nothing of it was taken.
struct rejection {
  wire::protocol protocol = protocol::message;
  wire::field field = field::none;
  wire::reason reason = reason::refused;

  friend bool operator==(const rejection&, const rejection&) = default;
};

/// The protocol in a word.
[[nodiscard]] constexpr std::string_view name_of(protocol value) noexcept {
  constexpr std::string_view names[] = {"message",  "relay",        "store",     "legacy store",
                                        "filter",   "filter push",  "lightpush", "legacy lightpush",
                                        "metadata", "peer exchange"};
  return names[static_cast<std::size_t>(value)];
}

/// The field's name in the schema.
[[nodiscard]] constexpr std::string_view name_of(field value) noexcept {
  constexpr std::string_view names[] = {"none",
                                        "frame",
                                        "unknown",
                                        "payload",
                                        "content_topic",
                                        "version",
                                        "timestamp",
                                        "meta",
                                        "rate_limit_proof",
                                        "ephemeral",
                                        "request_id",
                                        "include_data",
                                        "pubsub_topic",
                                        "content_topics",
                                        "time_start",
                                        "time_end",
                                        "message_hashes",
                                        "pagination_cursor",
                                        "pagination_forward",
                                        "pagination_limit",
                                        "status_code",
                                        "status_desc",
                                        "messages",
                                        "message_hash",
                                        "message",
                                        "waku_message",
                                        "filter_subscribe_type",
                                        "relay_peer_count",
                                        "request",
                                        "response",
                                        "is_success",
                                        "info",
                                        "query",
                                        "content_filters",
                                        "paging_info",
                                        "page_size",
                                        "cursor",
                                        "direction",
                                        "digest",
                                        "receiver_time",
                                        "sender_time",
                                        "start_time",
                                        "end_time",
                                        "error",
                                        "cluster_id",
                                        "shards",
                                        "shards_packed",
                                        "num_peers",
                                        "peer_infos",
                                        "enr",
                                        "subscriptions",
                                        "subscribe",
                                        "topicid",
                                        "publish",
                                        "from",
                                        "data",
                                        "seqno",
                                        "topic",
                                        "signature",
                                        "key"};
  static_assert(std::size(names) == static_cast<std::size_t>(field::key) + 1);
  return names[static_cast<std::size_t>(value)];
}

/// What was wrong, in a few words.
[[nodiscard]] constexpr std::string_view name_of(reason value) noexcept {
  switch (value) {
    case reason::truncated: return "ends too early";
    case reason::malformed_varint: return "is a malformed varint";
    case reason::malformed_tag: return "has a malformed tag";
    case reason::unbalanced_group: return "is a group that is not opened or not closed";
    case reason::too_deep: return "is nested too deep";
    case reason::too_long: return "is too long";
    case reason::too_many: return "has too many elements";
    case reason::wrong_length: return "has the wrong length";
    case reason::not_utf8: return "is not UTF-8";
    case reason::missing: return "is missing";
    case reason::invalid_value: return "has a value that means nothing";
    case reason::contradiction: return "contradicts another field";
    case reason::forbidden: return "must not be there";
    case reason::other_request: return "belongs to another request";
    case reason::refused: return "is refused by Protobuf";
  }
  return "is wrong";
}

/// The rejection as a sentence, such as "store: message_hashes has the wrong length".
[[nodiscard]] inline std::string describe(const rejection& why) {
  std::string text(name_of(why.protocol));
  text += ": ";
  text += name_of(why.field);
  text += ' ';
  text += name_of(why.reason);
  return text;
}

}  // namespace waku::reliability::wire
