// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/publisher.hpp>
#include <waku/reliability/engine/snapshot.hpp>
#include <waku/reliability/engine/subscriptions.hpp>

namespace waku::reliability {

/// Takes and restores snapshots.
template <class State>
class persistence {
 public:
  using message_type = typename State::message_type;
  using snapshot_type = snapshot<message_type>;

  explicit persistence(State& state) : state_(state) {}

  [[nodiscard]] snapshot_type take() const requires std::copy_constructible<message_type> {
    snapshot_type taken;
    taken.taken_at = state_.now.wall;
    taken.requests = state_.requests;
    taken.last_stamp = state_.last_stamp;
    taken.latest_clock = state_.now.wall;
    if (state_.clock_known)
      taken.latest_clock = wall_time(state_.now.steady.time_since_epoch() + state_.clock_lead);
    for (auto slot = state_.outgoing.oldest(); slot; slot = state_.outgoing.next(*slot)) {
      const auto& entry = state_.outgoing[*slot];
      if (entry.finished) continue;
      taken.outgoing.push_back({entry.request, state_.topics[entry.topic].name, entry.message, entry.stamped,
                                entry.own_stamp, entry.accepted, entry.may_have_left(),
                                entry.propagation_told, entry.shown, entry.transmissions,
                                state_.now.steady - entry.published_at});
    }
    taken.propagations.assign(state_.actions.propagations().begin(), state_.actions.propagations().end());
    for (const finished& each : state_.actions.reports())
      taken.reports.push_back({each.request, each.hash, each.outcome});
    for (const auto& each : state_.actions.deliveries()) {
      taken.deliveries.push_back({state_.topics[each.topic].name, each.hash, each.by, each.message});
    }
    state_.seen.for_each([&](const message_hash& hash, steady_time received) {
      taken.seen.push_back({hash, state_.now.steady - received});
    });
    for (const auto& each : state_.receipts) {
      taken.receipts.push_back({state_.now.steady - each.received, each.newest});
    }
    taken.newest_forgotten = state_.receipts.forgotten();
    for (const auto& topic : state_.topics) take_subscriptions(topic, taken);
    return taken;
  }

  /// Takes a snapshot in. Time that passed meanwhile counts: messages may be past their deadline, and what
  /// was missed is recovered from the checkpoints.
  void restore(snapshot_type&& given) {
    bring_in_range(given);
    const duration passed = min_of(max_of(state_.now.wall - given.taken_at, duration::zero()), longest_age);
    const duration set_back = min_of(state_.now.wall - given.taken_at, duration::zero());
    if (set_back < duration::zero()) {  // by at least so much: nothing better is known
      state_.notify(notice::clock_jumped{set_back});
      for (auto& each : given.subscriptions) shift(each, set_back);
    }
    state_.requests = given.requests;
    if (-set_back <= state_.numbers.retransmit.resend_age_max) state_.last_stamp = given.last_stamp;
    // What a faster clock stamped is not older because the clock was set back before the restart.
    state_.clock_lead = max_of(state_.clock_lead, given.latest_clock.time_since_epoch() + passed -
                                                      state_.now.steady.time_since_epoch());
    restore_seen(given, passed);
    for (const auto& each : given.subscriptions) restore_subscription(each, passed);
    for (auto& each : given.deliveries) {
      state_.actions.push(
          {state_.topic_number(each.pubsub_topic), each.hash, each.by, std::move(each.message)});
    }
    for (const propagated& each : given.propagations) state_.actions.push(each);
    for (const auto& each : given.reports)
      state_.actions.push(finished{each.request, each.hash, each.outcome});
    for (auto& each : given.outgoing) restore_outgoing(std::move(each), passed);
  }

 private:
  static constexpr duration longest_age = std::chrono::hours(24 * 365 * 10);

  // A snapshot has been out of our hands: whatever its numbers are, no sum of them leaves its range.
  static void bring_in_range(snapshot_type& given) {
    const auto wall = [](wall_time& at) { at = State::within_range(at); };
    const auto age = [](duration& each) { each = max_of(duration::zero(), min_of(each, longest_age)); };
    for (wall_time* at : {&given.taken_at, &given.last_stamp}) wall(*at);
    given.latest_clock = max_of(wall_time{}, min_of(given.latest_clock, wall_time::max() - 2 * longest_age));
    for (auto& each : given.outgoing) age(each.age);
    // Oldest first: none may be older than the one before.
    duration before = longest_age;
    for (auto& each : given.seen) {
      age(each.age);
      before = each.age = min_of(each.age, before);
    }
    before = longest_age;
    for (auto& each : given.receipts) {
      age(each.age);
      before = each.age = min_of(each.age, before);
    }
    for (auto& each : given.subscriptions) {
      wall(each.subscribed_at);
      if (each.audited_until) wall(*each.audited_until);
      if (each.last_contact) wall(*each.last_contact);
    }
  }
  void take_subscriptions(const typename State::topic_type& topic, snapshot_type& taken) const {
    for (const interest& each : topic.interests) {
      if (!each.subscribed) continue;
      std::optional<wall_time> contact;
      if (topic.last_contact) contact = state_.wall_at(*topic.last_contact);
      if (topic.recover_from) {
        const wall_time open = *topic.recover_from + state_.numbers.recovery.overlap;
        contact = contact ? min_of(*contact, open) : open;
      }
      std::optional<wall_time> audited = each.audited_until;
      for (const auto* again : {&topic.reaudit_from, &topic.audit.recheck_from}) {
        if (audited && *again) audited = min_of(*audited, **again + 2 * state_.numbers.recovery.overlap);
      }
      taken.subscriptions.push_back({topic.name, each.content_topic, each.subscribed_at, audited, contact});
    }
  }
  static void shift(typename snapshot_type::subscription& each, duration by) {
    each.subscribed_at = State::within_range(each.subscribed_at + by);
    if (each.audited_until) each.audited_until = State::within_range(*each.audited_until + by);
    if (each.last_contact) each.last_contact = State::within_range(*each.last_contact + by);
  }
  void restore_seen(const snapshot_type& given, duration passed) {
    const steady_time then = state_.now.steady - passed;
    auto forgotten = given.newest_forgotten;
    if (forgotten) forgotten = min_of(*forgotten, state_.latest_stamp());
    state_.receipts.restore(forgotten);
    for (const auto& each : given.receipts) {
      state_.receipts.restore(receipt_step{then - each.age, each.newest});
    }
    state_.seen.clear();  // what was due before the restart is not what is due now
    for (const auto& each : given.seen) state_.seen.insert(each.hash, then - each.age);
    const auto evicted = state_.seen.newest_evicted();
    if (evicted) state_.receipts.forget(*evicted + duration(1), state_.latest_stamp());
  }
  void restore_subscription(const typename snapshot_type::subscription& each, duration passed) {
    const std::uint32_t number = state_.topic_number(each.pubsub_topic);
    auto& topic = state_.topics[number];
    interest& known = topic.interests.put(each.content_topic);
    known.subscribed = true;
    known.subscribed_at = each.subscribed_at;
    known.audited_until = each.audited_until;
    // The time of the restart is an outage like any other.
    topic.was_healthy = true;
    topic.outage_since = state_.now.steady - passed;
    if (each.last_contact) topic.last_contact = state_.steady_at(*each.last_contact);
    if (State::policies::recovery::after_outage) {
      recovery_situation situation{state_.now.wall, each.audited_until, each.last_contact,
                                   each.subscribed_at};
      const wall_time start = state_.recovery.range_start(situation, state_.numbers.recovery);
      topic.recover_from = topic.recover_from ? min_of(*topic.recover_from, start) : start;
    }
    subscriptions<State>(state_).plan(number, state_.now.steady);
    audit<State>(state_).plan(number, state_.now.steady);
  }
  void restore_outgoing(typename snapshot_type::outgoing_message&& each, duration passed) {
    const std::uint32_t number = state_.topic_number(each.pubsub_topic);
    std::optional<message_hash> hash;
    if (each.stamped) hash = state_.hash_of(state_.topics[number], each.message);
    if (hash && state_.outgoing.find(*hash)) return;  // twice the same: not from an engine
    const auto slot = state_.outgoing.acquire();
    assert(slot && "a snapshot of a larger buffer");
    if (!slot) return;
    auto& entry = state_.outgoing[*slot];
    entry.request = each.request;
    entry.topic = number;
    entry.bytes = State::traits::encoded_size(each.message);
    entry.published_at = state_.now.steady - passed - each.age;
    entry.ephemeral = State::traits::ephemeral(each.message);
    entry.message = std::move(each.message);
    entry.accepted = each.accepted && each.stamped;  // without a timestamp nothing has left
    entry.end_unknown = each.may_be_out && each.stamped && !each.accepted;
    entry.ever_left = each.transmissions > 0;
    entry.shown = each.shown;
    entry.propagation_told = each.propagation_told;
    entry.transmissions = each.transmissions;
    entry.left_at = state_.now.steady;
    auto& topic = state_.topics[entry.topic];
    ++topic.interests.put(State::traits::content_topic(entry.message)).publications;
    ++state_.unfinished;
    state_.unfinished_bytes += entry.bytes;
    publisher<State> publishing(state_);
    if (hash) {
      stamping<State>(state_).adopt(*slot, *hash);
      entry.own_stamp = each.own_stamp;
    }
    entry.deadline = state_.wheel.arm(entry.published_at + state_.numbers.confirmation.deadline,
                                      {timer_kind::message_deadline, *slot, 0});
    publishing.prepare_topic(entry.topic, true);
    // Past its deadline it only gets its outcome: its hash may be forgotten before it came back from the mesh.
    const bool in_time = entry.published_at + state_.numbers.confirmation.deadline > state_.now.steady;
    if (in_time) transmission<State>(state_).resume(*slot);
  }

  State& state_;
};

}  // namespace waku::reliability
