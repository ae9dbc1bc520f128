// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <waku/reliability/capability/operation.hpp>
#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>

/// Requests, as a transport receives them. `message` and `pubsub_topic` stay valid until the operation
/// ends, even when its outcome is known before; every other view is valid only during the call.
namespace waku::reliability {

/// Publish one message through the relay that this node is part of; the transport floods or meshes as it
/// is configured to. Asked once for a transmission: the library never fans out over relay peers itself.
template <class Message>
struct relay_request {
  operation_id operation;
  std::string_view pubsub_topic;
  const Message& message;
  const message_hash& hash;
  bool fresh_proof = false;  ///< attach a new RLN proof; hash and every other field stay (R38)
};

/// Hand one message to one lightpush node.
template <class Message>
struct lightpush_request {
  operation_id operation;
  peer_id peer;
  std::string_view pubsub_topic;
  const Message& message;
  const message_hash& hash;
  bool fresh_proof = false;  ///< attach a new RLN proof; hash and every other field stay (R38)
};

/// Add these content topics to our criteria at one filter node, or refresh them. At most 100 a request.
struct filter_subscribe_request {
  operation_id operation;
  peer_id peer;
  std::string_view pubsub_topic;
  std::span<const std::string_view> content_topics;
};

/// Remove these content topics from our criteria at one filter node. At most 100 a request.
struct filter_unsubscribe_request {
  operation_id operation;
  peer_id peer;
  std::string_view pubsub_topic;
  std::span<const std::string_view> content_topics;
};

/// Ask one filter node whether it still has a subscription of ours (SUBSCRIBER_PING).
struct filter_ping_request {
  operation_id operation;
  peer_id peer;
  std::string_view pubsub_topic;  ///< the topic whose upkeep asks; not part of the protocol's request
};

/// Where the next page begins, in the words of the node that gave it: never shown to another node. For
/// store v3 it is a message hash, for the legacy store an encoded index. Empty: no cursor.
using store_cursor = std::vector<std::byte>;

/// One page of a store query. Exactly one of two forms:
/// content: pubsub_topic, content_topics (1 to 10), time_start and time_end are set, hashes is empty;
/// by hash: hashes (1 to 50) is set, content_topics is empty and the times are unset. pubsub_topic then
/// only tells the transport which shard it concerns and is not sent.
///
/// A service reads it more widely, as clients of any make ask: an empty pubsub topic, no content topics, unset
/// times and no hashes each restrict nothing, an empty cursor is the first page, and limit 0 is a page of the
/// service's usual size. `pubsub_topic` beside hashes is then a criterion like any other, `peer` is the client,
/// and `operation` means nothing.
struct store_request {
  operation_id operation;
  peer_id peer;
  std::string_view pubsub_topic;
  std::span<const std::string_view> content_topics;
  std::optional<wall_time> time_start;  ///< inclusive
  std::optional<wall_time> time_end;    ///< some nodes include it, some do not
  std::span<const message_hash> hashes;
  bool include_data = false;           ///< true: bodies too; false: hashes only
  std::span<const std::byte> cursor;   ///< of the reply before, empty for the first page
  std::uint32_t limit = 100;           ///< entries a page; always sent, since nodes default to 20
  bool legacy = false;                 ///< ask the legacy protocol; then include_data is true (R37)
  bool forward = true;                 ///< pages from the oldest on; false: from the newest back
};

}  // namespace waku::reliability
