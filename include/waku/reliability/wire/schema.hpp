// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <waku/reliability/wire/error.hpp>
#include <waku/reliability/wire/limits.hpp>

/// The schemas of wire/proto/ once more, as tables that the scan reads: what may be where, and how much of it.
namespace waku::reliability::wire {

/// How a field's value is written, and what is checked of it.
enum class field_type : std::uint8_t {
  number,        ///< a varint
  bytes,         ///< any bytes
  text,          ///< UTF-8
  hash,          ///< 32 bytes
  hash_or_none,  ///< 32 bytes, or none, which is as if the field were absent
  message,       ///< a message within the message
  numbers,       ///< varints, each by itself or packed
};

struct message_rule;

/// One field of a message.
struct field_rule {
  std::uint32_t number;
  wire::field field;
  field_type type;
  std::size_t limits::*bytes_max = nullptr;     ///< of one value; nullptr: what the frame holds
  std::size_t limits::*elements_max = nullptr;  ///< in all of the frame; nullptr: not repeated
  const message_rule* nested = nullptr;         ///< of a message
};

/// The fields of a message, by rising numbers; at most 32.
struct message_rule {
  std::span<const field_rule> fields;
};

/// Which Waku messages a frame holds: none, nothing but one, one among other fields, or a page of them.
enum class cargo : std::uint8_t { none, itself, message, page };

/// A message that fills a frame.
struct frame_rule {
  wire::protocol protocol;
  const message_rule& message;
  std::size_t fixed_bytes;  ///< the frame's limit, beside the Waku messages in it
  wire::cargo cargo = wire::cargo::none;
};

/// The most bytes that a frame may have, its length not counted.
[[nodiscard]] constexpr std::size_t frame_limit(const frame_rule& frame, const limits& most) noexcept {
  const std::size_t with_hash_and_topic = most.message_bytes + most.topic_bytes + 128;
  switch (frame.cargo) {
    case cargo::none: return frame.fixed_bytes;
    case cargo::itself: return most.message_bytes;
    case cargo::message: return frame.fixed_bytes + with_hash_and_topic;
    case cargo::page: return frame.fixed_bytes + most.page_messages * with_hash_and_topic;
  }
  return 0;
}

namespace schema {

inline constexpr field_rule request_id{1, field::request_id, field_type::text, &limits::request_id_bytes};
inline constexpr field_rule status_desc{11, field::status_desc, field_type::text, &limits::text_bytes};

inline constexpr field_rule waku_message_fields[] = {
    {1, field::payload, field_type::bytes},
    {2, field::content_topic, field_type::text, &limits::topic_bytes},
    {3, field::version, field_type::number},
    {10, field::timestamp, field_type::number},
    {11, field::meta, field_type::bytes, &limits::meta_bytes},
    {21, field::rate_limit_proof, field_type::bytes, &limits::proof_bytes},
    {31, field::ephemeral, field_type::number},
};
inline constexpr message_rule waku_message{waku_message_fields};

inline constexpr field_rule store_request_fields[] = {
    request_id,
    {2, field::include_data, field_type::number},
    {10, field::pubsub_topic, field_type::text, &limits::topic_bytes},
    {11, field::content_topics, field_type::text, &limits::topic_bytes, &limits::content_topics},
    {12, field::time_start, field_type::number},
    {13, field::time_end, field_type::number},
    {20, field::message_hashes, field_type::hash, nullptr, &limits::hashes},
    {51, field::pagination_cursor, field_type::hash_or_none},
    {52, field::pagination_forward, field_type::number},
    {53, field::pagination_limit, field_type::number},
};
inline constexpr message_rule store_request{store_request_fields};

inline constexpr field_rule store_entry_fields[] = {
    {1, field::message_hash, field_type::hash},
    {2, field::message, field_type::message, &limits::message_bytes, nullptr, &waku_message},
    {3, field::pubsub_topic, field_type::text, &limits::topic_bytes},
};
inline constexpr message_rule store_entry{store_entry_fields};

inline constexpr field_rule store_reply_messages{20,      field::messages,  field_type::message,
                                                 nullptr, &limits::entries, &store_entry};

// Nodes that answer an error leave fields out that a success has: what is missing there is read as empty.
inline constexpr field_rule store_reply_fields[] = {
    {1, field::request_id, field_type::text, &limits::request_id_bytes},
    {10, field::status_code, field_type::number},
    status_desc,
    store_reply_messages,
    {51, field::pagination_cursor, field_type::hash_or_none},
};
inline constexpr message_rule store_reply{store_reply_fields};

inline constexpr field_rule legacy_index_fields[] = {
    {1, field::digest, field_type::bytes, &limits::text_bytes},
    {2, field::receiver_time, field_type::number},
    {3, field::sender_time, field_type::number},
    {4, field::pubsub_topic, field_type::text, &limits::topic_bytes},
};
inline constexpr message_rule legacy_index{legacy_index_fields};

inline constexpr field_rule legacy_paging_fields[] = {
    {1, field::page_size, field_type::number},
    {2, field::cursor, field_type::message, nullptr, nullptr, &legacy_index},
    {3, field::direction, field_type::number},
};
inline constexpr message_rule legacy_paging{legacy_paging_fields};

inline constexpr field_rule legacy_content_filter_fields[] = {
    {1, field::content_topic, field_type::text, &limits::topic_bytes},
};
inline constexpr message_rule legacy_content_filter{legacy_content_filter_fields};

inline constexpr field_rule legacy_query_fields[] = {
    {2, field::pubsub_topic, field_type::text, &limits::topic_bytes},
    {3, field::content_filters, field_type::message, nullptr, &limits::content_topics,
     &legacy_content_filter},
    {4, field::paging_info, field_type::message, nullptr, nullptr, &legacy_paging},
    {5, field::start_time, field_type::number},
    {6, field::end_time, field_type::number},
};
inline constexpr message_rule legacy_query{legacy_query_fields};

inline constexpr field_rule legacy_response_fields[] = {
    {2, field::messages, field_type::message, &limits::message_bytes, &limits::entries, &waku_message},
    {3, field::paging_info, field_type::message, nullptr, nullptr, &legacy_paging},
    {4, field::error, field_type::number},
};
inline constexpr message_rule legacy_response{legacy_response_fields};

inline constexpr field_rule legacy_store_fields[] = {
    {1, field::request_id, field_type::text, &limits::request_id_bytes},
    {2, field::query, field_type::message, nullptr, nullptr, &legacy_query},
    {3, field::response, field_type::message, nullptr, nullptr, &legacy_response},
};
inline constexpr message_rule legacy_store{legacy_store_fields};

inline constexpr field_rule filter_request_fields[] = {
    request_id,
    {2, field::filter_subscribe_type, field_type::number},
    {10, field::pubsub_topic, field_type::text, &limits::topic_bytes},
    {11, field::content_topics, field_type::text, &limits::topic_bytes, &limits::content_topics},
};
inline constexpr message_rule filter_request{filter_request_fields};

inline constexpr field_rule filter_reply_fields[] = {
    {1, field::request_id, field_type::text, &limits::request_id_bytes},
    {10, field::status_code, field_type::number},
    status_desc,
};
inline constexpr message_rule filter_reply{filter_reply_fields};

inline constexpr field_rule filter_push_fields[] = {
    {1, field::waku_message, field_type::message, &limits::message_bytes, nullptr, &waku_message},
    {2, field::pubsub_topic, field_type::text, &limits::topic_bytes},
};
inline constexpr message_rule filter_push{filter_push_fields};

inline constexpr field_rule lightpush_request_fields[] = {
    request_id,
    {20, field::pubsub_topic, field_type::text, &limits::topic_bytes},
    {21, field::message, field_type::message, &limits::message_bytes, nullptr, &waku_message},
};
inline constexpr message_rule lightpush_request{lightpush_request_fields};

inline constexpr field_rule lightpush_reply_fields[] = {
    {1, field::request_id, field_type::text, &limits::request_id_bytes},
    {10, field::status_code, field_type::number},
    status_desc,
    {12, field::relay_peer_count, field_type::number},
};
inline constexpr message_rule lightpush_reply{lightpush_reply_fields};

inline constexpr field_rule legacy_push_request_fields[] = {
    {1, field::pubsub_topic, field_type::text, &limits::topic_bytes},
    {2, field::message, field_type::message, &limits::message_bytes, nullptr, &waku_message},
};
inline constexpr message_rule legacy_push_request{legacy_push_request_fields};

inline constexpr field_rule legacy_push_response_fields[] = {
    {1, field::is_success, field_type::number},
    {2, field::info, field_type::text, &limits::text_bytes},
};
inline constexpr message_rule legacy_push_response{legacy_push_response_fields};

inline constexpr field_rule legacy_lightpush_fields[] = {
    {1, field::request_id, field_type::text, &limits::request_id_bytes},
    {2, field::request, field_type::message, nullptr, nullptr, &legacy_push_request},
    {3, field::response, field_type::message, nullptr, nullptr, &legacy_push_response},
};
inline constexpr message_rule legacy_lightpush{legacy_lightpush_fields};

inline constexpr field_rule metadata_fields[] = {
    {1, field::cluster_id, field_type::number},
    {2, field::shards, field_type::numbers, nullptr, &limits::shards},
    {3, field::shards_packed, field_type::numbers, nullptr, &limits::shards},
};
inline constexpr message_rule metadata{metadata_fields};

inline constexpr field_rule peer_info_fields[] = {
    {1, field::enr, field_type::bytes, &limits::record_bytes},
};
inline constexpr message_rule peer_info{peer_info_fields};

inline constexpr field_rule peer_exchange_query_fields[] = {
    {1, field::num_peers, field_type::number},
};
inline constexpr message_rule peer_exchange_query{peer_exchange_query_fields};

inline constexpr field_rule peer_exchange_response_fields[] = {
    {1, field::peer_infos, field_type::message, nullptr, &limits::peers, &peer_info},
    {10, field::status_code, field_type::number},
    status_desc,
};
inline constexpr message_rule peer_exchange_response{peer_exchange_response_fields};

inline constexpr field_rule peer_exchange_fields[] = {
    {1, field::query, field_type::message, nullptr, nullptr, &peer_exchange_query},
    {2, field::response, field_type::message, nullptr, nullptr, &peer_exchange_response},
};
inline constexpr message_rule peer_exchange{peer_exchange_fields};

inline constexpr field_rule relay_subscription_fields[] = {
    {1, field::subscribe, field_type::number},
    {2, field::topicid, field_type::text, &limits::topic_bytes},
};
inline constexpr message_rule relay_subscription{relay_subscription_fields};

// Too much data is the fault of one publication, and refused by the codec: the others are read.
inline constexpr field_rule relay_message_fields[] = {
    {1, field::from, field_type::bytes},      {2, field::data, field_type::bytes},
    {3, field::seqno, field_type::bytes},     {4, field::topic, field_type::text, &limits::topic_bytes},
    {5, field::signature, field_type::bytes}, {6, field::key, field_type::bytes},
};
inline constexpr message_rule relay_message{relay_message_fields};

inline constexpr field_rule relay_fields[] = {
    {1, field::subscriptions, field_type::message, nullptr, &limits::relayed, &relay_subscription},
    {2, field::publish, field_type::message, nullptr, &limits::relayed, &relay_message},
};
inline constexpr message_rule relay{relay_fields};

}  // namespace schema

/// The frames of every protocol. Limits are nwaku's where it has one.
namespace frames {

inline constexpr std::size_t many_names = 1'601'536;  ///< requests, and other lists of names
inline constexpr std::size_t few_words = 65'536;      ///< an id, a status and its text

/// A WakuMessage by itself, as relayed data holds it without a length.
inline constexpr frame_rule message{protocol::message, schema::waku_message, 0, cargo::itself};
inline constexpr frame_rule relay{protocol::relay, schema::relay, many_names, cargo::page};
inline constexpr frame_rule store_request{protocol::store, schema::store_request, many_names};
inline constexpr frame_rule store_reply{protocol::store, schema::store_reply, few_words, cargo::page};
inline constexpr frame_rule legacy_store_request{protocol::legacy_store, schema::legacy_store, many_names};
inline constexpr frame_rule legacy_store_reply{protocol::legacy_store, schema::legacy_store, few_words,
                                               cargo::page};
inline constexpr frame_rule filter_request{protocol::filter, schema::filter_request, many_names};
inline constexpr frame_rule filter_reply{protocol::filter, schema::filter_reply, few_words};
inline constexpr frame_rule filter_push{protocol::filter_push, schema::filter_push, few_words,
                                        cargo::message};
inline constexpr frame_rule lightpush_request{protocol::lightpush, schema::lightpush_request, few_words,
                                              cargo::message};
inline constexpr frame_rule lightpush_reply{protocol::lightpush, schema::lightpush_reply, few_words};
inline constexpr frame_rule legacy_lightpush_request{protocol::legacy_lightpush, schema::legacy_lightpush,
                                                     few_words, cargo::message};
inline constexpr frame_rule legacy_lightpush_reply{protocol::legacy_lightpush, schema::legacy_lightpush,
                                                   few_words};
inline constexpr frame_rule metadata{protocol::metadata, schema::metadata, 1'024};
inline constexpr frame_rule peer_exchange{protocol::peer_exchange, schema::peer_exchange, many_names};

}  // namespace frames

}  // namespace waku::reliability::wire
