// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <optional>

#include <waku/reliability/engine/engine_state.hpp>
#include <waku/reliability/policy/recovery/recovery_policy.hpp>

namespace waku::reliability {

/// Chooses where an audit of some interests begins (S2.2, S2.4, R4, R12, R28, R29).
template <class State>
class audit_range {
 public:
  explicit audit_range(State& state) : state_(state) {}

  /// The start for interests of which the least audited one was audited until `audited_until`, none if one
  /// never was. Tells the observer when it had to be cut.
  [[nodiscard]] wall_time start(const typename State::topic_type& topic,
                                std::optional<wall_time> audited_until, wall_time subscribed_at) const {
    recovery_situation situation{state_.now.wall, audited_until, {}, subscribed_at};
    if (topic.last_contact) situation.last_contact = state_.wall_at(*topic.last_contact);
    wall_time start = state_.recovery.range_start(situation, state_.numbers.recovery);
    if (topic.recover_from) start = *topic.recover_from;
    if (topic.reaudit_from) start = std::min(start, *topic.reaudit_from);
    if (topic.audit.recheck_from) start = std::min(start, *topic.audit.recheck_from);
    const wall_time wanted = start;
    start = std::max(start, state_.now.wall - state_.numbers.recovery.longest_reach);
    // What was received before the oldest hash held would look missing, and be shown twice.
    if (state_.seen_since) {
      start = std::max(start, state_.wall_at(*state_.seen_since) + state_.numbers.recovery.overlap);
    }
    if (start > wanted) state_.notify(notice::window_shortened{topic.name, wanted, start});
    return start;
  }

  /// Since when received hashes must be kept, so that no audit to come lists one that is forgotten (R28).
  [[nodiscard]] steady_time needed_since() const {
    const recovery_options& numbers = state_.numbers.recovery;
    const duration lifetime = std::max(state_.numbers.seen.lifetime, numbers.window + 3 * numbers.overlap);
    steady_time since = state_.now.steady - lifetime;
    const auto reach = [&](wall_time start) {
      since = std::min(since, state_.steady_at(start) - 2 * numbers.overlap);
    };
    for (const auto& topic : state_.topics) {
      if (topic.recover_from) reach(*topic.recover_from);
      if (topic.audit.recheck_from) reach(*topic.audit.recheck_from);
      if (topic.outage_since && topic.last_contact) reach(state_.wall_at(*topic.last_contact));
      if (!State::policies::recovery::periodic) continue;
      for (const interest& each : topic.interests) {
        if (each.subscribed) reach(each.audited_until.value_or(each.subscribed_at));
      }
    }
    return std::max(since, state_.now.steady - numbers.longest_reach - 3 * numbers.overlap);
  }

 private:
  State& state_;
};

}  // namespace waku::reliability
