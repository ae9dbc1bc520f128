// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/core/message_hasher.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>
#include <waku/reliability/testing/network_core.hpp>

namespace waku::reliability::testing {

/// A deterministic simulated Waku network for messages of type `Message`: 200 relay nodes, 10 of which are
/// service nodes that behave as real ones do, unless the options say otherwise. Clients reach it through a
/// simulated_transport each; troubles come by calls of the base, or by a fault_script.
///
///     virtual_clock clock;
///     simulated_network<> network(clock, {.seed = 7});
///     simulated_transport<> transport(network);       // a light client's
///     test_host<> host(clock);
///     node<light_client, simulated_transport<>, message, test_host<>> node(transport, host);
///     host.drive(node);
///     clock.run_for(std::chrono::minutes(1));
///
/// Each message is kept once, whoever holds it; a Message that shares its payload makes big runs cheap. `Relay` is
/// the model of the relay nodes.
template <waku_message Message = message, message_hasher Hasher = fast_hasher,
          relay_layer Relay = relay_network>
  requires std::copyable<Message>
class simulated_network : public basic_network_core<Relay> {
  using core = basic_network_core<Relay>;

 public:
  using core::clock;
  using core::faults;
  using core::fleet;
  using core::ledger;
  using core::random;
  using core::topics;

  explicit simulated_network(virtual_clock& time, const typename core::options_type& make = {},
                             Hasher hasher = {})
      : core(time, make), hasher_(std::move(hasher)) {}

  /// The number of a message on a pubsub topic, which is taken in if it is new.
  message_index intern(std::string_view pubsub_topic, const Message& m) {
    using traits = message_traits<Message>;
    const message_hash hash = hasher_(hashed_parts(pubsub_topic, m));
    if (const auto known = ledger().find(hash)) return *known;
    message_facts facts;
    facts.hash = hash;
    facts.pubsub_topic = topics().number(pubsub_topic);
    facts.content_topic = topics().number(traits::content_topic(m));
    facts.timestamp = traits::timestamp(m);
    facts.encoded_size = frame_size::message(m);
    facts.payload_size = traits::payload(m).size();
    facts.meta_size = traits::meta(m).size();
    facts.ephemeral = traits::ephemeral(m);
    bodies_.push_back(m);
    return ledger().add(facts);
  }
  /// Stays where it is.
  [[nodiscard]] const Message& body(message_index message) const { return bodies_[message]; }
  [[nodiscard]] std::string_view pubsub_topic(message_index message) const {
    return topics().name(ledger().facts(message).pubsub_topic);
  }

  /// A message that lying nodes push to clients that never asked for its topic.
  void add_decoy(std::string_view pubsub_topic, const Message& m) {
    fleet().add_decoy(intern(pubsub_topic, m));
  }
  /// A relay node that is no client publishes a message: 0 to make().relay.nodes - 1. Answers its peer count.
  std::uint32_t publish_from(std::uint32_t relay_node, std::string_view pubsub_topic, const Message& m) {
    return fleet().publish(relay_node, intern(pubsub_topic, m), false);
  }

  /// The message as it is after the node has given it a timestamp, if it came without one.
  message_index stamped(message_index message, std::uint32_t node) {
    if (ledger().facts(message).timestamp != 0) return message;
    Message copy = body(message);
    const wall_time here = clock().wall() + fleet().condition(node).clock_skew;
    message_traits<Message>::set_timestamp(copy, here.time_since_epoch().count());
    return intern(pubsub_topic(message), copy);
  }
  /// The body that a store node gives for a message: a lying node gives that of another one that it holds, or a
  /// forged one.
  [[nodiscard]] Message body_from(std::uint32_t node, message_index message) {
    if (!fleet().gives_wrong_body(node, message)) return body(message);
    faults().strike(fault_kind::wrong_body);
    if (bodies_.size() > 1 && random().chance(0.5)) {
      const auto others = static_cast<message_index>(bodies_.size() - 1);
      const auto drawn = static_cast<message_index>(random().below(others));
      const message_index other = drawn < message ? drawn : drawn + 1;
      // Where a body comes without a hash, it says that the node holds the message.
      if (fleet().holds(node, other)) return body(other);
    }
    Message forged = body(message);
    message_traits<Message>::set_timestamp(forged, message_traits<Message>::timestamp(forged) + 1);
    return forged;
  }

 private:
  Hasher hasher_;
  std::deque<Message> bodies_;
};

}  // namespace waku::reliability::testing
