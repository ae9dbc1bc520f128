// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <waku/reliability/core/message_hasher.hpp>
#include <waku/reliability/engine/action.hpp>

namespace waku::reliability {

/// What a program lends to its node: the time, a wake-up, the hasher, and the application's ears.
///
/// now() reads both clocks. wake_at(t) asks for node.wake() at t or soon after; only the latest call counts,
/// and a t that has passed means as soon as possible, but never from inside wake_at. hasher() gives a
/// reference to the message_hasher, which lives as long as the host. received(), finished() and propagated()
/// are the application: they may call the node, and what they throw leaves node.wake() with the node's state
/// intact. now() and wake_at() must not throw: node.wake() calls them on its way out, where an exception ends
/// the program.
template <class Host, class Message>
concept node_host = requires(Host& host, steady_time at, deliver<Message>&& delivery, const finished& end,
                             const propagated& first) {
  { host.now() } -> std::same_as<instant>;
  host.wake_at(at);
  {host.hasher()};
  requires std::is_lvalue_reference_v<decltype(host.hasher())>;
  requires message_hasher<std::remove_cvref_t<decltype(host.hasher())>>;
  host.received(std::move(delivery));
  host.finished(end);
  host.propagated(first);
};

/// A host that also wants to know when a snapshot would hold something new. persist() may call the node, and
/// may throw, as received() may.
template <class Host>
concept persisting_host = requires(Host& host) {
  host.persist();
};

}  // namespace waku::reliability
