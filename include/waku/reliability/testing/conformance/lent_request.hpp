// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/capability/request.hpp>

namespace waku::reliability::testing {

/// What one request lends to the transport. Spoiling makes it unreadable without freeing it, so a transport
/// that reads too late is found out and does not crash.
template <class Message>
struct lent_request {
  operation_id operation;
  std::uint32_t mark = 0;           ///< tells it from others of its kind
  std::size_t arrivals_before = 0;  ///< requests that had reached the peers when this one was made
  std::string pubsub_topic;
  std::optional<Message> message;
  message_hash hash;
  std::vector<std::string> topics;
  std::vector<std::string_view> topic_views;
  std::vector<message_hash> hashes;
  store_cursor cursor;

  /// What was lent for the call alone: content topics, hashes, cursor.
  void spoil_call_views() {
    for (std::string& each : topics) std::fill(each.begin(), each.end(), '?');
    for (message_hash& each : hashes) each.bytes.fill(std::byte{0xdd});
    std::fill(cursor.begin(), cursor.end(), std::byte{0xdd});
  }
  /// What was lent until the operation's end: pubsub topic and message, which becomes `gone`.
  void spoil_message(Message gone) {
    std::fill(pubsub_topic.begin(), pubsub_topic.end(), '?');
    if (!message) return;
    former_.emplace(std::move(*message));
    *message = std::move(gone);
  }

 private:
  std::optional<Message> former_;
};

}  // namespace waku::reliability::testing
