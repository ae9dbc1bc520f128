// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <optional>
#include <vector>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/engine/engine_state.hpp>
#include <waku/reliability/policy/recovery/recovery_policy.hpp>

namespace waku::reliability {

/// Chooses where an audit of some interests begins (S2.2, S2.4, R4, R12, R28, R29).
template <class State>
class audit_range {
 public:
  /// Interests that one query asks for.
  using interest_batch = compiled_with<State, std::vector<const interest*>>;

  explicit audit_range(State& state) : state_(state) {}

  /// The start for some interests together: that of the one which needs most. Tells the observer when it had
  /// to be cut.
  [[nodiscard]] wall_time start(const typename State::topic_type& topic,
                                const interest_batch& batch) const {
    recovery_situation situation{state_.now.wall, {}, {}, {}};
    if (topic.last_contact) situation.last_contact = state_.wall_at(*topic.last_contact);
    wall_time start = state_.now.wall;
    for (const interest* each : batch) {
      situation.audited_until = each->subscribed ? each->audited_until : std::nullopt;
      situation.subscribed_at = each->subscribed ? each->subscribed_at : state_.now.wall;
      start = min_of(start, state_.recovery.range_start(situation, state_.numbers.recovery));
    }
    if (topic.recover_from) {
      const bool alone = !State::policies::recovery::periodic;
      start = alone ? *topic.recover_from : min_of(start, *topic.recover_from);
    }
    if (topic.reaudit_from) start = min_of(start, *topic.reaudit_from);
    if (topic.audit.recheck_from) start = min_of(start, *topic.audit.recheck_from);
    const wall_time wanted = start;
    start = max_of(start, state_.now.wall - state_.numbers.recovery.longest_reach);
    start = max_of(start, forgotten_until());
    if (start > wanted) state_.notify(notice::window_shortened{topic.name, wanted, start});
    return start;
  }

  /// Messages stamped before may have been received and forgotten: they would look missing, and be shown
  /// twice. Judged by their own stamps, since our clock may be wrong, or may have been.
  [[nodiscard]] wall_time forgotten_until() const {
    const auto stamp = state_.receipts.forgotten();
    return stamp ? *stamp + duration(1) : wall_time::min();
  }

  /// Since when received hashes must be kept, so that no audit to come lists one that is forgotten (R28).
  [[nodiscard]] steady_time needed_since() const {
    const recovery_options& numbers = state_.numbers.recovery;
    const duration lifetime = max_of(state_.numbers.seen.lifetime, numbers.window + 3 * numbers.overlap);
    const wall_time open = open_since();
    steady_time since = state_.now.steady - lifetime;
    since = min_of(since, state_.steady_at(open) - 2 * numbers.overlap);
    if (const auto received = state_.receipts.needed_since(open)) since = min_of(since, *received);
    // A clock that jumped may be wrong now: when it jumps again, all that it audited is audited anew.
    if (state_.clock_jumped) since = min_of(since, state_.clock_since);
    const steady_time reach = state_.now.steady - numbers.longest_reach - 3 * numbers.overlap;
    since = max_of(since, reach);
    // What a clock that ran ahead has stamped is not old before its stamp is: no audit could begin until then.
    const wall_time within_reach = max_of(open, state_.wall_at(reach));
    const auto ahead = state_.receipts.needed_since(within_reach, state_.latest_stamp());
    return ahead ? min_of(since, *ahead) : since;
  }

 private:
  // From where audits to come may list.
  [[nodiscard]] wall_time open_since() const {
    const recovery_options& numbers = state_.numbers.recovery;
    wall_time open = state_.now.wall;
    const auto reach = [&](const std::optional<wall_time>& start) {
      if (start) open = min_of(open, *start);
    };
    for (const auto& topic : state_.topics) {
      reach(topic.recover_from);
      reach(topic.reaudit_from);
      reach(topic.audit.recheck_from);
      if (topic.outage_since && topic.last_contact) {
        reach(state_.wall_at(*topic.last_contact) - numbers.overlap);
      }
      if (!State::policies::recovery::periodic) continue;
      for (const interest& each : topic.interests) {
        if (each.subscribed) reach(each.audited_until.value_or(each.subscribed_at) - 2 * numbers.overlap);
      }
    }
    if (State::policies::recovery::periodic) reach(state_.now.wall - numbers.window - numbers.overlap);
    return open;
  }

  State& state_;
};

}  // namespace waku::reliability
