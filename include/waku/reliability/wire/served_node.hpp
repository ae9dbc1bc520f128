// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_traits.hpp>

/// What basic_server asks of services and of the nodes that have them.
namespace waku::reliability::wire {

/// A service whose clients have a rate: over_rate() says whether a request would be over it, and does not count it;
/// count_unread() counts a request that could not be read.
template <class Service>
concept metered = requires(Service& service, peer_id client, steady_time now) {
  { service.over_rate(client, now) } -> std::same_as<bool>;
  service.count_unread(client, now);
};

/// What a class of nodes has among its public members.
template <class Node>
concept has_store = requires(Node& node) {
  node.store;
};
template <class Node>
concept has_filter = requires(Node& node) {
  node.filter;
};
template <class Node>
concept has_lightpush = requires(Node& node) {
  node.lightpush;
};
template <class Node>
concept has_metadata = requires(Node& node) {
  node.metadata;
};
template <class Node>
concept has_peer_exchange = requires(Node& node) {
  node.peer_exchange;
};
template <class Node>
concept has_some_service = has_store<Node> || has_filter<Node> || has_lightpush<Node> || has_metadata<Node> ||
    has_peer_exchange<Node>;

/// A node that publishes what lightpush admitted.
template <class Node, class Message>
concept relays = requires(Node& node, std::string_view pubsub_topic, const Message& message) {
  { node.relay(pubsub_topic, message) } -> std::convertible_to<relay_reply>;
};

/// A node whose store's bodies are messages, or are turned into such by message_of(body).
template <class Node>
inline constexpr bool stores_messages = [] {
  if constexpr (!requires {
                  typename std::remove_cvref_t<decltype(std::declval<Node&>().store)>::body_type;
                }) {
    return true;  // a store of the user's own: its answers show what they hold
  } else {
    using body = typename std::remove_cvref_t<decltype(std::declval<Node&>().store)>::body_type;
    return waku_message<body> || requires(Node & node, const body& kept) { node.message_of(kept); };
  }
}();

}  // namespace waku::reliability::wire
