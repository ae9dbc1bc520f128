// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <type_traits>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/engine/host.hpp>
#include <waku/reliability/policy/sentences.hpp>

namespace waku::reliability {

/// True for a transport that reaches real nodes: it says `static constexpr bool live_network = true`.
template <class Transport>
inline constexpr bool is_live = [] {
  if constexpr (requires { Transport::live_network; }) {
    return static_cast<bool>(Transport::live_network);
  } else {
    return false;
  }
}();

/// True when the host's hasher computes what the network computes, or the network is not real.
template <class Transport, class Host>
inline constexpr bool hashes_fit = [] {
  if constexpr (requires(Host & host) { host.hasher(); }) {
    using hasher = std::remove_cvref_t<decltype(std::declval<Host&>().hasher())>;
    if constexpr (message_hasher<hasher>) return hasher::deterministic_message_hash || !is_live<Transport>;
  }
  return true;
}();

/// True when host.hasher() gives a message_hasher.
template <class Host>
inline constexpr bool lends_hasher = [] {
  if constexpr (requires(Host & host) { host.hasher(); }) {
    return message_hasher<std::remove_cvref_t<decltype(std::declval<Host&>().hasher())>>;
  } else {
    return false;
  }
}();

/// What must hold for a node, said before anything else is looked at.
template <class Policies, class Transport, class Message, class Host>
struct checked_node {
  static_assert(waku_message<Message>,
                "the message type is no waku_message: give it the members of wr::message, or specialise "
                "message_traits, and make it movable and default-constructible");
  static_assert(
      transport<Transport, Message>,
      "the transport lacks attach(event_sink<Message>) or cancel(operation_id) for this message type");
  static_assert(
      lends_hasher<Host>,
      "the host's hasher() must give a message_hasher: message_hash operator()(const hash_input&), and a "
      "static constexpr bool deterministic_message_hash");
  static_assert(hashes_fit<Transport, Host>,
                "a live transport needs the deterministic message hash, and this hasher is a stand-in for "
                "simulations: take adapter/openssl.hpp");
  static_assert(!lends_hasher<Host> || node_host<Host, Message>,
                "the host lacks now(), wake_at(steady_time), received(deliver), finished(report) or "
                "propagated(notice)");

 private:
  using policies = checked_policies<Policies, capabilities_of<Transport, Message>>;
  static_assert(policies::flaw == policy_flaw::none || true);  // has the set checked here, first of all
};

}  // namespace waku::reliability
