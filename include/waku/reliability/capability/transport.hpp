// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>

#include <waku/reliability/capability/event_sink.hpp>
#include <waku/reliability/core/message_traits.hpp>

/// What a transport can do, one small concept for each protocol. A transport models those that it has; the
/// policies say which they need. All functions start work and return at once; the end is told through
/// the reply handle, before or after the function returns, and never blocks.
namespace waku::reliability {

/// What every transport does: keep the sink for events, and end an operation early. cancel() of an unknown
/// or ended operation does nothing; after it, the request's views are dead.
template <class Transport, class Message>
concept transport = requires(Transport& t, event_sink<Message> sink, operation_id operation) {
  t.attach(sink);
  t.cancel(operation);
};

/// Relay: publish, and be part of pubsub topics.
template <class Transport, class Message>
concept relay_transport =
    transport<Transport, Message> &&
    requires(Transport& t, const relay_request<Message>& request, reply_handle<Message, relay_reply> reply,
             std::string_view pubsub_topic) {
      t.relay_publish(request, reply);
      t.relay_join(pubsub_topic);
      t.relay_leave(pubsub_topic);
    };

/// Lightpush to a named peer.
template <class Transport, class Message>
concept lightpush_transport =
    transport<Transport, Message> &&
    requires(Transport& t, const lightpush_request<Message>& request,
             reply_handle<Message, lightpush_reply> reply) { t.lightpush(request, reply); };

/// Filter at a named peer; pushes arrive through the sink.
template <class Transport, class Message>
concept filter_transport =
    transport<Transport, Message> &&
    requires(Transport& t, const filter_subscribe_request& subscribe,
             const filter_unsubscribe_request& unsubscribe, const filter_ping_request& ping,
             reply_handle<Message, filter_reply> reply) {
      t.filter_subscribe(subscribe, reply);
      t.filter_unsubscribe(unsubscribe, reply);
      t.filter_ping(ping, reply);
    };

/// Store queries at a named peer.
template <class Transport, class Message>
concept store_transport =
    transport<Transport, Message> &&
    requires(Transport& t, const store_request& request, reply_handle<Message, store_reply<Message>> reply) {
      t.store_query(request, reply);
    };

/// A transport that can also close its connection to a peer. Only asked where options.pool.disconnect says.
template <class Transport>
concept disconnecting_transport = requires(Transport& t, peer_id peer) { t.disconnect(peer); };

/// Which protocols a transport has.
struct capability_set {
  bool relay = false;
  bool lightpush = false;
  bool filter = false;
  bool store = false;

  friend constexpr bool operator==(const capability_set&, const capability_set&) = default;

  /// True when everything in `needed` is here too.
  [[nodiscard]] constexpr bool covers(const capability_set& needed) const {
    return (relay || !needed.relay) && (lightpush || !needed.lightpush) && (filter || !needed.filter) &&
           (store || !needed.store);
  }
};

/// Every protocol.
inline constexpr capability_set all_capabilities{true, true, true, true};

/// The protocols that `Transport` models for messages of type `Message`.
template <class Transport, class Message>
inline constexpr capability_set capabilities_of{
    relay_transport<Transport, Message>, lightpush_transport<Transport, Message>,
    filter_transport<Transport, Message>, store_transport<Transport, Message>};

}  // namespace waku::reliability
