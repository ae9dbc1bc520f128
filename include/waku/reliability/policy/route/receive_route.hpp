// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstdint>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// What a receive route decides on.
struct receive_situation {
  std::uint32_t relay_peers = 0;  ///< on the pubsub topic
};

/// Says whether filter subscriptions are wanted now; relay, where a route needs it, is joined for as long
/// as a pubsub topic has subscriptions (G4, G9).
template <class Policy>
concept receive_route_policy =
    policy<Policy> && Policy::fills == slot::receive_route && std::default_initializable<Policy> &&
    requires(const Policy& route, const receive_situation& now) {
      { Policy::needs } -> std::convertible_to<capability_set>;
      { route.filter_wanted(now) } -> std::same_as<bool>;
    };

/// From the relay, and from filter nodes while the relay has no peers.
struct relay_then_filter {
  static constexpr slot fills = slot::receive_route;
  static constexpr capability_set needs{.relay = true, .filter = true};
  [[nodiscard]] constexpr bool filter_wanted(const receive_situation& now) const {
    return now.relay_peers == 0;
  }
};

/// From filter nodes alone: a light client.
struct filter_only {
  static constexpr slot fills = slot::receive_route;
  static constexpr capability_set needs{.filter = true};
  [[nodiscard]] constexpr bool filter_wanted(const receive_situation&) const { return true; }
};

/// From the relay alone: a relay node.
struct relay_reception {
  static constexpr slot fills = slot::receive_route;
  static constexpr capability_set needs{.relay = true};
  [[nodiscard]] constexpr bool filter_wanted(const receive_situation&) const { return false; }
};

/// Receives nothing by itself; a recovery policy may still fetch what a store lists.
struct receive_nothing {
  static constexpr slot fills = slot::receive_route;
  static constexpr capability_set needs{};
  [[nodiscard]] constexpr bool filter_wanted(const receive_situation&) const { return false; }
};

}  // namespace waku::reliability
