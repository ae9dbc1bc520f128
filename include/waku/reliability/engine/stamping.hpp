// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/engine_state.hpp>

namespace waku::reliability {

/// Gives messages their timestamps and with them their hashes (R7, R34).
template <class State>
class stamping {
 public:
  using entry_type = typename State::entry_type;

  explicit stamping(State& state) : state_(state) {}

  /// Stamps a message that is about to leave for the first time, so that waiting does not age it. A stamp of
  /// ours that became too old is replaced, but only while every attempt was definitely refused.
  void stamp(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (!entry.stamped) return choose(slot);
    if (!entry.own_stamp || !stale(entry) || entry.may_be_out() || entry.in_flight > 0) return;
    const message_hash before = state_.outgoing.hash(slot);
    state_.outgoing.unindex(slot);
    choose(slot);
    state_.notify(notice::restamped{entry.request, before, state_.outgoing.hash(slot)});
  }

  /// When all the nodes that a message can keep in mind have refused it, it gets a new timestamp, and with it
  /// a new hash, which none of them was handed.
  void renew_if_full(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (!entry.pushed_to.full() || !entry.own_stamp || entry.may_be_out() || entry.in_flight > 0) return;
    entry.pushed_to.clear();
    entry.stale_at = state_.now.steady;
  }

  /// Takes over the timestamp that the message has already.
  void adopt(buffer_slot slot, const message_hash& hash) {
    auto& entry = state_.outgoing[slot];
    entry.stamped = true;
    // Any number may stand there.
    entry.stamp = state_.within_range(wall_time(duration(State::traits::timestamp(entry.message))));
    entry.stale_at = state_.steady_at(entry.stamp) + state_.numbers.retransmit.resend_age_max;
    state_.outgoing.index(slot, hash);
  }

  /// True when the same bytes are too old to be sent again: stores would refuse them.
  [[nodiscard]] bool stale(const entry_type& entry) const { return state_.now.steady >= entry.stale_at; }

 private:
  // Later than every stamp before, so that equal messages get different hashes.
  void choose(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    wall_time at = max_of(state_.now.wall, state_.last_stamp + duration(1));
    message_hash hash;
    for (;; at += duration(1)) {
      State::traits::set_timestamp(entry.message, at.time_since_epoch().count());
      hash = state_.hash_of(state_.topics[entry.topic], entry.message);
      // It is remembered once `outgoing` has been asked, which takes as long. Without this line a message that is
      // published while a million others are in flight takes a fifth longer.
      state_.seen.prefetch(hash);
      if (!state_.outgoing.find(hash)) break;
    }
    state_.last_stamp = at;
    entry.stamp = at;
    entry.stale_at = state_.now.steady + state_.numbers.retransmit.resend_age_max;
    entry.stamped = true;
    entry.own_stamp = true;
    state_.outgoing.index(slot, hash);
    state_.remember(hash, at);
  }

  State& state_;
};

}  // namespace waku::reliability
