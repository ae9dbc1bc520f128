// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <utility>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/audit.hpp>

namespace waku::reliability {

/// Notices when a pubsub topic stops and starts to receive, and has the gap recovered (R4, R5, F4).
template <class State>
class outage {
 public:
  explicit outage(State& state) : state_(state) {}

  /// Some source of the topic may have become healthy or not.
  void check(std::uint32_t number) {
    auto& topic = state_.topics[number];
    if (topic.interests.subscribed_count() == 0) return;
    const bool healthy = state_.online && !state_.paused && receives(topic);
    if (healthy && (topic.outage_since || !topic.was_healthy)) {
      ended(number);
    } else if (!healthy && topic.was_healthy && !topic.outage_since) {
      began(number);
    }
  }

  /// One healthy node was lost: a gap even while others are healthy, where the options say so (R5).
  void node_lost(std::uint32_t number, steady_time last_good) {
    if (!policies::recovery::after_outage || !state_.numbers.recovery.recover_on_any_loss) return;
    auto& topic = state_.topics[number];
    topic.node_missing = true;
    open_range(topic, state_.wall_at(last_good) - state_.numbers.recovery.overlap);
  }
  /// A node became healthy: what the loss of another left open is recovered now, not before (F4.4).
  void node_gained(std::uint32_t number) {
    auto& topic = state_.topics[number];
    if (std::exchange(topic.node_missing, false)) audit<State>(state_).plan(number, state_.now.steady);
  }

 private:
  using policies = typename State::policies;
  using topic_type = typename State::topic_type;

  [[nodiscard]] bool receives(const topic_type& topic) const {
    if (policies::receive_route::needs.relay && topic.relay_peers > 0) return true;
    const auto stays_healthy = [](const filter_member& member) { return member.healthy && !member.leaving; };
    return any_of(topic.members, stays_healthy);
  }
  void began(std::uint32_t number) {
    auto& topic = state_.topics[number];
    topic.outage_since = state_.now.steady;
    open_gap(topic);
    state_.notify(notice::outage_began{topic.name});
  }
  void ended(std::uint32_t number) {
    auto& topic = state_.topics[number];
    const bool after_outage = topic.outage_since.has_value();
    if (after_outage) {
      // Nobody answered in all that time: it was us, whatever was charged.
      const bool nobody_answered = !state_.last_reply || *state_.last_reply <= *topic.outage_since;
      if (nobody_answered) state_.forgive_since_last_reply();
      state_.notify(notice::outage_ended{topic.name});
    } else {
      open_gap(topic);  // the time from subscribing until now
    }
    const bool listed = after_outage && listed_since(topic.audit, *topic.outage_since);
    topic.was_healthy = true;
    topic.outage_since.reset();
    if (policies::recovery::after_outage || (after_outage && policies::recovery::periodic && !listed)) {
      audit<State>(state_).plan(number, state_.now.steady);
    }
  }
  // A round that began when the network came back, or stores that answered all the time, save another one.
  [[nodiscard]] bool listed_since(const typename State::audit_type& round, steady_time outage_since) const {
    return round.began >= max_of(outage_since, state_.online_since) && (round.active || !round.failed);
  }
  void open_gap(topic_type& topic) {
    if (!policies::recovery::after_outage) return;
    wall_time start = wall_time::max();
    for (const interest& each : topic.interests) {
      if (!each.subscribed) continue;
      recovery_situation situation{state_.now.wall, each.audited_until, {}, each.subscribed_at};
      if (topic.last_contact) situation.last_contact = state_.wall_at(*topic.last_contact);
      start = min_of(start, state_.recovery.range_start(situation, state_.numbers.recovery));
    }
    if (start != wall_time::max()) open_range(topic, start);
  }
  static void open_range(topic_type& topic, wall_time start) {
    topic.recover_from = topic.recover_from ? min_of(*topic.recover_from, start) : start;
  }

  State& state_;
};

}  // namespace waku::reliability
