// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/engine/filter_member.hpp>
#include <waku/reliability/engine/interest.hpp>
#include <waku/reliability/engine/peer_list.hpp>
#include <waku/reliability/engine/timer.hpp>
#include <waku/reliability/engine/unconfirmed_list.hpp>
#include <waku/reliability/policy/pool/pool_per_service.hpp>

namespace waku::reliability {

/// A hash that a store listed and that was never received (S2.6).
struct missing_message {
  message_hash hash;
  steady_time lookup_at{};   ///< not asked for before: it may still arrive by itself
  peer_list<8> asked;        ///< nodes that did not return it in this round
  peer_id listed_by{};       ///< asked first (R11)
  std::uint32_t rounds = 0;  ///< rounds that ended without its body
  bool in_query = false;
  bool unknown = false;     ///< in this round some node gave no answer that can be read
  bool resting = false;     ///< until the next round lists it again
  bool given_up = false;    ///< reported once, and remembered while it is listed (R27)
  bool in_round = false;    ///< the round under way waits for it
  steady_time forget_at{};  ///< given up: when it has left every window
};

/// The round of content queries under way on one pubsub topic, and when the next one begins.
template <class Policies>
struct audit_state {
  bool active = false;
  bool failed = false;  ///< some part of the round did not succeed
  bool loss_found = false;
  steady_time began{};
  std::uint32_t queries = 0;  ///< of this round, not ended
  wall_time start{};
  wall_time end{};
  compiled_with<Policies, std::vector<std::uint32_t>> waiting;  ///< queries that wait for one to end
  double entries_per_second = 0;  ///< of the latest complete listing, or more as far as known
  compiled_with<Policies, std::vector<std::string>>
      topics;                       ///< whose checkpoints move when the round succeeds
  duration cadence{};               ///< the wait chosen last
  peer_list<8> listed_at;           ///< stores of the latest listings, newest last: others are asked first
  peer_list<8> looked_at;           ///< likewise, of the latest queries for own messages
  std::array<wall_time, 8> ends{};  ///< of the ranges of the latest successful rounds, oldest first
  std::optional<wall_time> recheck_from;  ///< what came since has been listed by too few stores
  std::uint32_t retries = 0;              ///< failed recoveries of one outage in a row
  planned_timer next;
  compiled_with<Policies, std::vector<missing_message>> missing;
  planned_timer lookups;
  bool overdue = false;     ///< a beat passed while a round was under way
  bool overflowed = false;  ///< more was missing than is remembered: the next round lists the rest
  bool fetched = false;     ///< a body came in this round
};

/// Where the state of a pubsub topic is found.
struct known_topic {
  std::string name;
  std::uint32_t number = 0;
};

/// Everything about one pubsub topic (R36).
template <class Policies>
struct topic_state {
  using pools = pools_of<typename Policies::pool>;
  using audit_type = audit_state<Policies>;

  std::string name;
  compiled_with<Policies, interest_list> interests;

  typename pools::lightpush lightpush;
  typename pools::filter filter;
  typename pools::store store;

  std::uint32_t relay_peers = 0;
  bool relay_joined = false;

  /// True for a filter node that we are subscribed at, or are about to be.
  [[nodiscard]] bool is_member(peer_id peer) const noexcept {
    for (const filter_member& each : members) {
      if (each.peer == peer && !each.leaving) return true;
    }
    return false;
  }

  // Filter subscriptions.
  compiled_with<Policies, std::vector<filter_member>> members;
  planned_timer subscriptions;
  std::uint32_t replacements_failed = 0;  ///< in a row
  std::uint32_t degraded_told = 0;        ///< members at the last notice; 0 when none is due

  // Outages (R5).
  bool was_healthy = false;
  std::optional<steady_time> outage_since;
  bool node_missing = false;  ///< a healthy node was lost and none gained since, where that counts too
  std::optional<steady_time> last_contact;  ///< newest accepted message or good ping
  std::optional<wall_time> recover_from;    ///< start of the range that an outage left open (R4)
  std::optional<wall_time> reaudit_from;    ///< start of the range to list again after a clock jump

  // Publishing.
  unconfirmed_list unconfirmed;
  std::uint32_t waiting = 0;  ///< messages that wait for a route
  planned_timer waiting_timer;
  planned_timer confirmation;
  duration confirmation_wait{};

  audit_type audit;
};

}  // namespace waku::reliability
