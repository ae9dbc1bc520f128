// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>

#include <waku/reliability/testing/fault_kind.hpp>
#include <waku/reliability/testing/message_ledger.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

namespace waku::reliability::testing {

/// Tells that a relay node has a flood for the first time, also the node that published it.
using relay_arrival = std::function<void(std::uint32_t node, std::uint32_t flood)>;

/// The relay nodes among which the service nodes of a simulated network stand: relay_network, or another model of
/// them. Nodes are numbered from 0, and options_type::nodes of them are there from the start. A flood is a message
/// on its way; two publications of one message are one flood, unless a fresh proof makes its bytes differ.
///
/// new_flood(facts) gives a number for a flood of a message with these facts. publish(node, flood) sends it to the
/// neighbours that the node can reach and counts them: 0, and nothing happens, when the node is away, alone, or
/// has seen the flood. reachable(node) counts those neighbours. seen(node, flood) is true while the node knows the
/// flood, and forget_seen(node) makes it know none, if the model has that. add_node(links) gives a further node
/// with so many links, for a client that relays. set_online(node, online) may tell what is so already.
template <class Layer>
concept relay_layer = requires(Layer& relay, const Layer& asked, const message_facts& facts,
                               std::uint32_t number) {
  { Layer::options_type::nodes } -> std::convertible_to<std::uint32_t>;
  requires std::constructible_from<Layer, virtual_clock&, const typename Layer::options_type&, fault_tally&,
                                   std::uint64_t, relay_arrival>;
  { relay.new_flood(facts) } -> std::same_as<std::uint32_t>;
  { relay.publish(number, number) } -> std::same_as<std::uint32_t>;
  { relay.add_node(number) } -> std::same_as<std::uint32_t>;
  relay.set_online(number, true);
  relay.forget_seen(number);
  { asked.reachable(number) } -> std::same_as<std::uint32_t>;
  { asked.seen(number, number) } -> std::same_as<bool>;
  { asked.size() } -> std::same_as<std::uint32_t>;
};

}  // namespace waku::reliability::testing
