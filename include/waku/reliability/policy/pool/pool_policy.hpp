// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>

#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// The nodes of one service on one pubsub topic, and which of them to use (L1, F1). A pool is state: the
/// engine keeps one for each service and topic.
///
/// add() takes a discovered node, or readmits one that discovery reports again. fail() charges a failure of
/// the node's own making and says whether the node is out now. hold() only pauses it, after a rate limit.
/// forgive() takes back what was charged since a time, when it turns out that we were offline. choose()
/// picks among usable nodes that the caller finds eligible. next_change() is when more become usable.
template <class Policy>
concept pool_policy =
    policy<Policy> && Policy::fills == slot::pool && std::default_initializable<Policy> &&
    requires(Policy& pool, const Policy& seen, peer_id peer, steady_time at, duration latency,
             const pool_options& numbers, random_source& random, bool (*eligible)(peer_id)) {
      { Policy::charges } -> std::convertible_to<bool>;
      pool.add(peer, at);
      pool.remove(peer);
      { pool.fail(peer, at, numbers) } -> std::same_as<bool>;
      pool.succeed(peer, latency, at);
      pool.hold(peer, at);
      pool.forgive(at);
      { pool.choose(at, numbers, random, eligible) } -> std::same_as<std::optional<peer_id>>;
      { seen.usable(peer, at, numbers) } -> std::same_as<bool>;
      { seen.usable_count(at, numbers) } -> std::same_as<std::size_t>;
      { seen.size() } -> std::same_as<std::size_t>;
      { seen.next_change(at) } -> std::same_as<std::optional<steady_time>>;
    };

}  // namespace waku::reliability
