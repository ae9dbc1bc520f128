// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/testing/conformance/peer_desk.hpp>
#include <waku/reliability/testing/conformance/report.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

namespace waku::reliability::testing {

/// So many service peers must a fixture have, numbered from 0.
inline constexpr std::size_t conformance_peers = 3;

/// A world for the transport under test, made anew for every check: the transport, and three service peers
/// that speak every service protocol that the transport has, for both pubsub topics of conformance_options.
/// Written by whoever has the transport checked.
///
///     transport()                   the transport, not attached; the same until destroy_transport()
///     destroy_transport()           ends its life, with whatever is under way
///     now()                         the time that the transport lives in, virtual or real
///     run_until(condition, limit)   lets that time pass and runs everything that is due, on the calling
///                                   thread, until the condition holds; false if the limit passes first
///     peer(index)                   the number by which the transport calls service peer `index`
///     desk()                        the peer_desk<message_type> at which the peers hand in requests
///
/// What the kit cannot see must happen inside these functions, or inside the transport's.
template <class Fixture>
concept transport_fixture = waku_message<typename Fixture::message_type> &&
    std::copyable<typename Fixture::message_type> &&
    transport<typename Fixture::transport_type, typename Fixture::message_type> &&
    requires(Fixture& fixture, const std::function<bool()>& condition, duration limit, std::size_t index) {
  { fixture.transport() } -> std::same_as<typename Fixture::transport_type&>;
  fixture.destroy_transport();
  { fixture.now() } -> std::same_as<steady_time>;
  { fixture.run_until(condition, limit) } -> std::same_as<bool>;
  { fixture.peer(index) } -> std::same_as<peer_id>;
  { fixture.desk() } -> std::same_as<peer_desk<typename Fixture::message_type>&>;
};

/// Needed for a transport with filter: push(index, pubsub_topic, messages) has service peer `index` push
/// these messages, each in a frame of its own, all on one stream.
template <class Fixture>
concept pushing_fixture = requires(Fixture& fixture, std::size_t index, std::string_view pubsub_topic,
                                   std::span<const typename Fixture::message_type> messages) {
  fixture.push(index, pubsub_topic, messages);
};

/// Needed for a transport with relay: relay(pubsub_topic, message) has a message reach the transport's
/// neighbours, relay_neighbours() tells how many these are, at least 1. What the transport publishes is
/// handed in at the desk, once or more, without a respond function.
template <class Fixture>
concept relaying_fixture = requires(Fixture& fixture, std::string_view pubsub_topic,
                                    const typename Fixture::message_type& message) {
  fixture.relay(pubsub_topic, message);
  { fixture.relay_neighbours() } -> std::same_as<std::uint32_t>;
};

/// What can be the matter with a service peer.
enum class peer_state : std::uint8_t {
  serving,      ///< as at the beginning
  unreachable,  ///< dialling it fails, but discovery still lists it
  speechless,   ///< it is there and speaks none of our protocols
  legacy,       ///< it speaks lightpush v2 and the legacy store only, and discovery says so
  gone,         ///< it is not there, and the transport is to notice
};

/// Optional: set_peer(index, state), false where the fixture cannot.
template <class Fixture>
concept peer_changing_fixture = requires(Fixture& fixture, std::size_t index, peer_state state) {
  { fixture.set_peer(index, state) } -> std::same_as<bool>;
};

/// Optional: set_online(online) takes this machine's network away and gives it back.
template <class Fixture>
concept offline_fixture = requires(Fixture& fixture, bool online) {
  fixture.set_online(online);
};

/// Needed for a message type that cannot be filled member by member like reliability::message.
template <class Fixture>
concept message_making_fixture = requires(Fixture& fixture, const message& plain) {
  { fixture.make_message(plain) } -> std::same_as<typename Fixture::message_type>;
};

/// The kit's numbers and names. The times are those of the fixture's clock.
struct conformance_options {
  std::string only{};  ///< run the checks whose id begins so, for example "filter."; empty: all
  duration patience = std::chrono::seconds(5);        ///< how long what must happen may take
  duration quiet = std::chrono::milliseconds(300);    ///< how long is listened for what must not happen
  duration silence = std::chrono::seconds(15);        ///< how long a peer is silent, in one check
  duration at_once = std::chrono::milliseconds(100);  ///< how long a function of the transport may take
  std::uint32_t many = 300;                           ///< requests in a row, to find what is not given back
  std::array<std::string, 2> pubsub_topics{"/waku/2/rs/1/0", "/waku/2/rs/1/1"};
  std::string content_topic_stem = "/conformance/1/topic-";  ///< the rest is a number and "/proto"
  std::size_t payload_bytes = 150'000;                       ///< of the largest message
  /// Told before each check, to see which one hangs.
  std::function<void(const check_description&)> starting{};
};

/// run_until() of a fixture in virtual time.
inline bool run_until(virtual_clock& clock, const std::function<bool()>& condition, duration limit) {
  const steady_time end = clock.steady() + limit;
  while (!condition()) {
    const auto due = clock.next();
    if (!due || *due > end) {
      clock.run_until(end);
      return condition();
    }
    clock.step();
  }
  return true;
}

}  // namespace waku::reliability::testing
