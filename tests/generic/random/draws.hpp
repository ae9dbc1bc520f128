// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <string>

#include <generic/driven_node.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/testing/service_profile.hpp>

namespace generic::random_schedules {

/// How often each thing goes wrong: chances of a request, a reply, a push or a message. In each schedule some
/// are off, so that no fault hides another.
struct fault_rates {
  // Requests of every kind.
  double lost = 0;        ///< no answer, and the peer never heard
  double reply_lost = 0;  ///< no answer, though the peer did what was asked
  double broken = 0;      ///< the stream breaks, before or after
  double refused_dial = 0;
  double garbled = 0;  ///< an empty or undecodable reply, or an unsupported protocol
  double rate_limited = 0;
  double refused = 0;      ///< an error code
  double late = 0;         ///< the reply comes after the timeout
  double doubled = 0;      ///< the reply comes twice
  double synchronous = 0;  ///< the reply comes from inside the call
  double thrown = 0;       ///< the transport's function throws

  // Lightpush.
  double accepted_falsely = 0;  ///< 200 without relaying
  double refused_falsely = 0;   ///< an error though it was relayed
  double proof_refused = 0;     ///< 420 with an RLN text
  double without_peers = 0;     ///< no relay peers: 505, or 200 with a count of 0
  // Filter.
  double push_lost = 0;
  double push_doubled = 0;
  double push_invented = 0;  ///< per message: a push of something that was never in the network
  double push_unasked = 0;   ///< per message: a push of something not subscribed
  double forgotten = 0;      ///< per request: the node forgets our subscription
  // Relay.
  double relay_lost = 0;
  // Store.
  double archive_missed = 0;  ///< per message and store
  double wrong_body = 0;
  double no_body = 0;
  double concealed = 0;  ///< a complete reply without what is there
  double claimed = 0;    ///< a reply that claims what is not there
  double cursor_loops = 0;
  double page_clamped = 0;  ///< small pages
};

/// How often the application and the world do something during the faults, relative to each other.
struct event_weights {
  double publish = 0;
  double subscribe = 0;
  double unsubscribe = 0;
  double cancel = 0;
  double pause = 0;
  double reconfigure = 0;
  double restart = 0;  ///< snapshot, end, restore
  double wall_step = 0;
  double peer_leaves = 0;
  double peer_appears = 0;   ///< returns, or is reported again, perhaps with other protocols or shards
  double peer_restarts = 0;  ///< forgets all subscriptions
  double goes_offline = 0;
  double relay_changes = 0;
  double hook_acts = 0;  ///< the next hook of the application calls the node or throws
  double stop = 0;
};

/// All that is drawn for one schedule before it begins.
struct draws {
  std::uint64_t seed = 0;
  wr::testing::node_software nodes = wr::testing::node_software::mixed;  ///< what all peers run
  fault_rates faults{};
  event_weights weights{};
  std::uint32_t peers = 4;
  std::uint32_t shards = 1;
  std::uint32_t topics = 3;       ///< content topics
  duration fault_time{};          ///< how long the first phase lasts
  duration event_gap{};           ///< mean time between two events of application or world
  duration foreign_gap{};         ///< mean time between two messages of others
  duration latency{};             ///< mean, one way
  duration archive_lag{};         ///< the longest
  duration sender_skew{};         ///< of others' clocks, either way
  bool told_offline = true;       ///< the transport notices when we are offline
  bool sloppy_wakes = false;      ///< some wakes are late, some are not asked for
  bool peers_keep_quiet = false;  ///< peers do not say which shards they serve
  bool exclusive_end = false;     ///< stores leave out the end of a range
  wr::options numbers{};
  wr::options other_numbers{};  ///< after reconfigure()
};

/// Everything that follows from a seed, for a node of this kind among peers that run this software.
[[nodiscard]] draws draw(std::uint64_t seed, const policy_facts& facts,
                         wr::testing::node_software nodes = wr::testing::node_software::mixed);

/// All draws in words, one a line, for the report of a failure.
[[nodiscard]] std::string describe(const draws& drawn);

}  // namespace generic::random_schedules
