// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <string_view>

#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/engine/outcome.hpp>

/// What the engine asks for, besides the requests of capability/request.hpp. Views are valid until the next
/// call on the engine.
namespace waku::reliability {

/// End an operation early: its reply will not be used, and what its request lent may go away afterwards.
struct cancel_operation {
  operation_id operation;
};

/// Close the connection to a peer, if nothing else needs it.
struct disconnect_peer {
  peer_id peer;
};

/// Be part of a pubsub topic's relay mesh.
struct join_relay {
  std::string_view pubsub_topic;
};

/// Leave a pubsub topic's relay mesh.
struct leave_relay {
  std::string_view pubsub_topic;
};

/// Which way a delivered message came.
enum class delivered_by : std::uint8_t { filter, relay, store, own };

/// Give a message to the application: subscribed, and not shown before (R30).
template <class Message>
struct deliver {
  std::string_view pubsub_topic;
  message_hash hash;
  delivered_by by;
  Message message;
};

/// Tell the application that a first node took its message; at most once, before the outcome.
struct propagated {
  request_id request;
  message_hash hash;
};

/// Tell the application what became of its message.
struct finished {
  request_id request;
  std::optional<message_hash> hash;  ///< none if it never got a timestamp
  reliability::outcome outcome;
};

/// State that a snapshot holds has changed: take one now if it is to survive. Comes at most once a drain.
struct persist {};

}  // namespace waku::reliability
