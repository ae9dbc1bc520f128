// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/audit_range.hpp>

namespace waku::reliability {

/// Follows the two clocks: steady time never runs back, and a jump of the wall clock costs no window.
template <class State>
class timekeeping {
 public:
  explicit timekeeping(State& state) : state_(state) {}

  /// Takes the time of a call. A steady time before the last one counts as the last one.
  void enter(instant now) {
    now.wall = state_.within_range(now.wall);
    state_.clock_lead =
        max_of(state_.clock_lead, now.wall.time_since_epoch() - now.steady.time_since_epoch());
    if (!state_.clock_known) {
      state_.clock_known = true;
      state_.clock_since = now.steady;
      state_.now = now;
      return;
    }
    if (now.steady < state_.now.steady)
      now = {state_.now.steady, state_.within_range(now.wall + (state_.now.steady - now.steady))};
    const duration jump = (now.wall - state_.now.wall) - (now.steady - state_.now.steady);
    state_.now = now;
    if (jump > state_.numbers.clock_jump || -jump > state_.numbers.clock_jump) [[unlikely]]
      jumped(jump);
    if (now.steady >= state_.next_expiry) [[unlikely]]
      expire();
  }

 private:
  // How often old hashes are looked for. Their lifetime is an option; that they go up to so much later costs only
  // their memory, which is bounded anyway.
  static constexpr duration expiry_interval = std::chrono::seconds(10);

  // Either clock may have been the wrong one: all that was audited by the old one is audited again.
  void jumped(duration by) {
    state_.notify(notice::clock_jumped{by});
    const duration by_old_clock = state_.now.steady - state_.clock_since;
    const wall_time start =
        state_.now.wall - by_old_clock - state_.numbers.recovery.window - state_.numbers.recovery.overlap;
    for (auto& topic : state_.topics) {
      if (by < duration::zero()) set_back(topic, by);
      if (State::policies::recovery::periodic) {
        topic.reaudit_from = min_of(topic.reaudit_from.value_or(start), start);
      }
    }
    // Stamps that follow a clock which ran far ahead would be refused by every store (R34 yields).
    if (-by > state_.numbers.retransmit.resend_age_max) state_.last_stamp = wall_time{};
    state_.clock_jumped = true;
    state_.clock_since = state_.now.steady;
    state_.expiring_before.reset();  // more may be needed now
  }
  // What was noted by the old clock would lie in the future, where nothing is looked for.
  void set_back(typename State::topic_type& topic, duration by) {
    for (auto* start : {&topic.recover_from, &topic.reaudit_from, &topic.audit.recheck_from}) {
      if (*start) *start = state_.within_range(**start + by);
    }
    for (wall_time& end : topic.audit.ends) end = state_.within_range(end + by);
    for (interest& each : topic.interests) {
      each.subscribed_at = state_.within_range(each.subscribed_at + by);
      if (each.audited_until) each.audited_until = state_.within_range(*each.audited_until + by);
    }
  }
  void expire() {
    if (!state_.expiring_before) state_.expiring_before = audit_range<State>(state_).needed_since();
    const steady_time before = *state_.expiring_before;
    const std::size_t dropped = state_.seen.expire(before);
    if (dropped > 0) state_.receipts.forget(before, state_.latest_stamp());
    if (dropped == state_.seen.expired_per_call)
      return;  // what is left of a long list goes with the next calls
    state_.expiring_before.reset();
    state_.next_expiry = state_.now.steady + expiry_interval;
  }

  State& state_;
};

}  // namespace waku::reliability
