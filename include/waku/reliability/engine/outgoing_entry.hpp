// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/engine/outcome.hpp>
#include <waku/reliability/engine/peer_list.hpp>
#include <waku/reliability/engine/timer.hpp>
#include <waku/reliability/engine/unconfirmed_list.hpp>
#include <waku/reliability/policy/confirmation/confirmation_policy.hpp>

namespace waku::reliability {

/// One published message in the outgoing buffer (S1.2), from publish() until its outcome is told and nothing
/// that was lent to a request is in use any more.
template <class Message>
struct outgoing_entry {
  // First what a round of questions and the outcome look at, long after the rest: in few cache lines.
  unconfirmed_links links;                ///< in topic_state::unconfirmed, since it may be out there
  std::optional<steady_time> reached_at;  ///< first acceptance, or first end unknown: may be out there since
  steady_time asked_at = steady_time::min();  ///< the latest presence query that names it
  steady_time stale_at{};                     ///< from then on the same bytes are not sent again (R7)
  request_id request{};
  steady_time published_at{};
  std::size_t bytes = 0;
  std::uint32_t topic = 0;
  std::uint32_t transmissions = 0;
  std::uint32_t holds = 0;      ///< operations and queued cancels that refer to it
  std::uint32_t in_flight = 0;  ///< operations alone

  bool stamped = false;    ///< has a timestamp and a hash
  bool own_stamp = false;  ///< the timestamp is ours, so it may be replaced (R34)
  bool accepted = false;
  bool end_unknown = false;  ///< some attempt may have been processed though no reply told so
  bool ever_left = false;
  bool relay_failed = false;
  bool fresh_proof = false;    ///< the transmission under way asks for a new proof (R38)
  bool proof_refused = false;  ///< the next one has to ask
  bool echo_awaited = false;   ///< the latest transmission has not been counted in echo_rounds
  bool handed_over = false;    ///< the transport has heard of the transmission under way
  bool waiting = false;        ///< for a route
  bool ephemeral = false;
  bool sent_enough = false;  ///< nothing is sent any more; only a confirmation is awaited
  bool propagation_told = false;
  bool shown = false;  ///< to the application, or known there before
  bool finished = false;

  timer_ticket deadline;
  timer_ticket transmit;
  timer_ticket hedge;
  evidence seen;
  std::optional<peer_id> accepted_by;
  peer_list<4> listed_by;  ///< stores that showed it
  /// Lightpush nodes that were handed these bytes, every one: they are no witnesses (L4.2). Once it is full
  /// the bytes go only to nodes in it, see add_push_target() and stamping::renew_if_full().
  peer_list<16> pushed_to;

  Message message{};
  wall_time stamp{};      ///< the message's timestamp, once stamped
  steady_time left_at{};  ///< the latest transmission

  std::uint32_t failed_rounds = 0;   ///< transmissions that no node accepted
  std::uint32_t echo_rounds = 0;     ///< accepted transmissions that brought no echo in time
  std::uint32_t absent_replies = 0;  ///< complete store replies without it
  std::uint32_t round_refusals = 0;  ///< final refusals in the transmission under way
  std::uint32_t round_replies = 0;   ///< all ends in the transmission under way
  std::uint32_t round_neutral = 0;   ///< ends that prove nothing (R21)
  std::uint32_t hedges_left = 0;

  peer_list<8> sending_to;     ///< those whose reply is awaited
  peer_list<8> declined_by;    ///< those that will not take it, or not on this pubsub topic (R20)
  peer_list<8> no_peers_said;  ///< those whose "no peers" awaits judgement (R21)
  peer_list<4> echoed_by;

  /// True when the bytes may be somewhere in the network.
  [[nodiscard]] bool may_be_out() const noexcept { return accepted || end_unknown; }
  /// True when that cannot be ruled out yet either: a request that was polled has not ended.
  [[nodiscard]] bool may_have_left() const noexcept { return may_be_out() || (in_flight > 0 && handed_over); }
};

}  // namespace waku::reliability
