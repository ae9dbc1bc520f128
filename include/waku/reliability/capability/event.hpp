// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <waku/reliability/capability/reply.hpp>

/// What a transport tells the engine. Views are valid during the call; bodies are moved from.
namespace waku::reliability {

/// An operation ended.
template <class Reply>
struct operation_ended {
  operation_id operation;
  reply_or_error<Reply> result;
};

/// A filter node pushed a message.
template <class Message>
struct filter_push {
  peer_id peer;
  std::string_view pubsub_topic;
  Message message;
};

/// The relay delivered a message that passed validation.
template <class Message>
struct relay_message {
  std::string_view pubsub_topic;
  Message message;
};

/// A peer was discovered, connected or changed. Reported again, it replaces what was known, and readmits
/// the peer to the pools (R16).
struct peer_appeared {
  peer_id peer;
  peer_protocols protocols;
  std::span<const std::string_view> pubsub_topics;  ///< the shards it serves; empty: unknown, so any
};

/// A peer cannot be reached any more. Its operations end by the transport's own errors.
struct peer_left {
  peer_id peer;
};

/// Whether this machine has a network at all. Until told otherwise the engine believes that it has.
struct connectivity_changed {
  bool online;
};

/// How many peers the relay has on a pubsub topic. 0 until told.
struct relay_peers_changed {
  std::string_view pubsub_topic;
  std::uint32_t peers;
};

}  // namespace waku::reliability
