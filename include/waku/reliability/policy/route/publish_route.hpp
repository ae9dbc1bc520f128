// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstdint>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// Which way one transmission takes.
enum class publish_via : std::uint8_t { nothing, relay, lightpush, relay_and_lightpush };

/// What a publish route decides on.
struct publish_situation {
  std::uint32_t relay_peers = 0;       ///< on the message's pubsub topic
  bool lightpush_usable = false;       ///< at least one lightpush node can be asked now
  bool relay_failed_before = false;    ///< an earlier relay publication of this message reached nobody
};

/// Chooses the way of each transmission (G9). `nothing` makes the message wait for a better situation.
template <class Policy>
concept publish_route_policy =
    policy<Policy> && Policy::fills == slot::publish_route && std::default_initializable<Policy> &&
    requires(const Policy& route, const publish_situation& now) {
      { Policy::needs } -> std::convertible_to<capability_set>;
      { route.choose(now) } -> std::same_as<publish_via>;
    };

/// By relay where it has peers, else by lightpush.
struct relay_then_lightpush {
  static constexpr slot fills = slot::publish_route;
  static constexpr capability_set needs{.relay = true, .lightpush = true};

  [[nodiscard]] constexpr publish_via choose(const publish_situation& now) const {
    const bool relay = now.relay_peers > 0;
    if (relay && !(now.relay_failed_before && now.lightpush_usable)) return publish_via::relay;
    return now.lightpush_usable ? publish_via::lightpush : publish_via::nothing;
  }
};

/// By lightpush alone: a light client.
struct lightpush_only {
  static constexpr slot fills = slot::publish_route;
  static constexpr capability_set needs{.lightpush = true};

  [[nodiscard]] constexpr publish_via choose(const publish_situation& now) const {
    return now.lightpush_usable ? publish_via::lightpush : publish_via::nothing;
  }
};

/// By relay alone: a relay node.
struct relay_only {
  static constexpr slot fills = slot::publish_route;
  static constexpr capability_set needs{.relay = true};

  [[nodiscard]] constexpr publish_via choose(const publish_situation& now) const {
    return now.relay_peers > 0 ? publish_via::relay : publish_via::nothing;
  }
};

/// Publishes nothing: a node that only receives. publish() answers no_publish_route.
struct publish_nothing {
  static constexpr slot fills = slot::publish_route;
  static constexpr capability_set needs{};

  [[nodiscard]] constexpr publish_via choose(const publish_situation&) const { return publish_via::nothing; }
};

}  // namespace waku::reliability
