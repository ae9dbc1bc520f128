// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <waku/reliability/capability/event_sink.hpp>
#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability::testing {

/// A request that a test transport received, with copies of all that it lent. Fields that its kind does not
/// have are empty.
template <class Message>
struct recorded_request {
  operation_kind kind = operation_kind::none;
  operation_id operation;
  instant at;                   ///< when it came, by the virtual clock
  std::optional<peer_id> peer;  ///< none for relay
  std::string pubsub_topic;
  std::vector<std::string> content_topics;
  std::optional<Message> message;
  std::optional<message_hash> hash;  ///< of `message`, as the request says
  bool fresh_proof = false;
  std::vector<message_hash> hashes;
  std::optional<wall_time> time_start;
  std::optional<wall_time> time_end;
  bool include_data = false;
  store_cursor cursor;
  std::uint32_t limit = 0;
  bool legacy = false;

  bool answered = false;   ///< a reply or an error was given
  bool cancelled = false;  ///< cancel() came before an answer

  /// True while the transport owes an end: neither answered nor cancelled.
  [[nodiscard]] bool open() const noexcept { return !answered && !cancelled; }
  /// A store query by hash without bodies.
  [[nodiscard]] bool is_presence_query() const noexcept {
    return kind == operation_kind::store_query && !hashes.empty() && !include_data;
  }
  /// A store query by hash with bodies.
  [[nodiscard]] bool is_lookup() const noexcept {
    return kind == operation_kind::store_query && !hashes.empty() && include_data;
  }
  /// A store query over topics and times.
  [[nodiscard]] bool is_content_query() const noexcept {
    return kind == operation_kind::store_query && hashes.empty();
  }
};

/// A reply to any kind of request.
template <class Message>
using any_reply = std::variant<relay_reply, lightpush_reply, filter_reply, store_reply<Message>>;

/// A reply handle of any kind of request.
template <class Message>
using any_reply_handle =
    std::variant<reply_handle<Message, relay_reply>, reply_handle<Message, lightpush_reply>,
                 reply_handle<Message, filter_reply>, reply_handle<Message, store_reply<Message>>>;

/// The name of a kind of operation, for messages.
[[nodiscard]] constexpr std::string_view name_of(operation_kind kind) noexcept {
  switch (kind) {
    case operation_kind::none: return "none";
    case operation_kind::relay_publish: return "relay_publish";
    case operation_kind::lightpush: return "lightpush";
    case operation_kind::filter_subscribe: return "filter_subscribe";
    case operation_kind::filter_unsubscribe: return "filter_unsubscribe";
    case operation_kind::filter_ping: return "filter_ping";
    case operation_kind::store_query: return "store_query";
  }
  return "unknown";
}

/// A lightpush node's 200 with so many relay peers.
[[nodiscard]] inline lightpush_reply push_accepted(std::uint32_t relay_peers = 5) {
  lightpush_reply reply;
  reply.status = status_code::ok;
  reply.relay_peer_count = relay_peers;
  return reply;
}
/// A lightpush node's refusal.
[[nodiscard]] inline lightpush_reply push_refused(std::uint32_t status, std::string_view description = {}) {
  lightpush_reply reply;
  reply.status = status;
  reply.description = description;
  return reply;
}
/// A legacy v2 lightpush node's success, which carries no count.
[[nodiscard]] inline lightpush_reply legacy_push_accepted() {
  lightpush_reply reply;
  reply.status = status_code::ok;
  reply.legacy = true;
  return reply;
}
/// A filter node's answer.
[[nodiscard]] inline filter_reply filter_answer(std::uint32_t status) {
  filter_reply reply;
  reply.status = status;
  return reply;
}
/// A store's complete page that lists these hashes without bodies.
template <class Message>
[[nodiscard]] store_reply<Message> store_lists(std::span<const message_hash> hashes) {
  store_reply<Message> reply;
  reply.status = 200;
  for (const message_hash& hash : hashes) reply.entries.push_back({hash, std::nullopt});
  return reply;
}
/// A store's answer without entries: 200 is a complete page that lists nothing, others are errors.
template <class Message>
[[nodiscard]] store_reply<Message> store_answer(std::uint32_t status = 200) {
  store_reply<Message> reply;
  reply.status = status;
  return reply;
}

}  // namespace waku::reliability::testing
