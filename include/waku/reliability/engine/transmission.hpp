// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <optional>
#include <utility>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/engine/completion.hpp>
#include <waku/reliability/engine/push_target.hpp>
#include <waku/reliability/engine/stamping.hpp>
#include <waku/reliability/policy/route/publish_route.hpp>

namespace waku::reliability {

/// Sends messages: chooses the route and the nodes, and has the same bytes go out again when it is time, or
/// not any more (L1–L3, R7, R8, R18, R34). What the nodes answer is read by push_replies.
template <class State>
class transmission {
 public:
  explicit transmission(State& state) : state_(state) {}

  /// Sends the message now, or lets it wait for a route.
  void transmit(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    auto& topic = state_.topics[entry.topic];
    assert(!entry.finished);
    stop_waiting(entry, topic);
    if (entry.ever_left && stamping<State>(state_).stale(entry)) {
      if (entry.may_be_out()) return send_no_more(slot, unconfirmed_why::too_old);
      if (!entry.own_stamp) return finish(slot, failed{failed_why::attempts_used_up});
    }
    if (!state_.may_send()) return wait(slot);
    stamping<State>(state_).renew_if_full(slot);

    peer_list<8> targets;
    const bool lightpush =
        policies::publish_route::needs.lightpush && add_push_target(state_, entry, topic, targets);
    const publish_via via = state_.publish_route.choose({topic.relay_peers, lightpush, entry.relay_failed});
    if (via == publish_via::nothing || (via == publish_via::lightpush && !lightpush)) return wait(slot);
    const bool again = entry.transmissions > 0;
    if (again && !state_.afford(topic, entry.bytes)) {
      arm_transmit(slot, state_.now.steady + State::budget_pause);
      return;
    }
    stamping<State>(state_).stamp(slot);
    begin_round(entry);
    show_own(slot);
    if (via != publish_via::lightpush) send_by_relay(slot);
    if (via != publish_via::relay) send_by_lightpush(slot, targets);
    if (again) state_.notify(notice::retransmitted{entry.request, entry.transmissions});
    if (entry.accepted) arm_for_loss(slot);
  }

  /// Tries the messages that wait for a route on a pubsub topic, oldest first.
  void launch_waiting(std::uint32_t topic) {
    if (state_.topics[topic].waiting == 0 || !state_.may_send()) return;
    for (auto slot = state_.outgoing.oldest(); slot;) {
      const auto next = state_.outgoing.next(*slot);
      const auto& entry = state_.outgoing[*slot];
      if (entry.topic == topic && entry.waiting && !entry.finished) transmit(*slot);
      slot = next;
    }
  }

  /// Has them tried at once, but after all the other nodes that were reported in the same breath: a message
  /// should leave for as many as are wanted (L2.1).
  void launch_soon(std::uint32_t topic) {
    if (state_.topics[topic].waiting > 0) arm_waiting(topic, state_.now.steady);
  }

  /// A message came back with a snapshot: it is confirmed if it may be out there, and sent if not.
  void resume(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (!entry.may_be_out()) return transmit(slot);
    reached(slot);
    constexpr evidence_kinds asks = policies::confirmation::asks;
    if (!asks.any() || (entry.ephemeral && !asks.echo)) return send_no_more(slot, unconfirmed_why::not_asked);
    arm_for_loss(slot);
  }

  /// The time to send again has come. A message that no node has accepted waits for every reply first; one
  /// that was accepted and perhaps lost goes out at once, to nodes whose reply is not awaited.
  void transmit_due(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (entry.finished || entry.sent_enough) return;
    if (entry.in_flight > 0 && !entry.accepted) return;  // the last of the replies plans the next
    if (entry.accepted && policies::confirmation::asks.echo && std::exchange(entry.echo_awaited, false)) {
      ++entry.echo_rounds;
      const std::uint32_t limit = state_.numbers.confirmation.echo_rounds_max;
      if (limit != 0 && entry.echo_rounds >= limit)
        return finish(slot, unconfirmed{unconfirmed_why::no_echo, entry.accepted_by});
    }
    transmit(slot);
  }

  /// One more node is tried while the others are silent, if there is one.
  void hedge(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    auto& topic = state_.topics[entry.topic];
    assert(!entry.finished && entry.hedges_left > 0);
    --entry.hedges_left;
    peer_list<8> target;
    if (state_.may_send() && add_push_target(state_, entry, topic, target) &&
        state_.afford(topic, entry.bytes)) {
      push(slot, *target.begin());
    } else {
      entry.hedges_left = 0;
    }
    arm_hedge(slot);
  }
  /// Has the next node tried at once, since all before have failed.
  void hedge_soon(buffer_slot slot) { arm_hedge(slot, state_.now.steady); }

  /// Arms the next transmission of a message that a node accepted and that nobody has confirmed.
  void arm_for_loss(buffer_slot slot) {
    constexpr evidence_kinds asks = policies::confirmation::asks;
    const bool by_timer = asks.echo || (asks.any() && state_.numbers.retransmit.loss == retransmit_on::timer);
    if (by_timer) arm_after_transmission(slot);
  }
  /// Arms the next transmission one back-off step after the latest, unless one is armed or none is allowed.
  void arm_after_transmission(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (entry.finished || entry.sent_enough || state_.wheel.armed(entry.transmit)) return;
    const auto wait = state_.retransmit.delay(entry.transmissions, state_.numbers.retransmit, state_.random);
    if (!wait) return;
    const steady_time at = max_of(entry.left_at + *wait, state_.now.steady);
    // A round without an echo ends and counts, even if no other may follow it.
    const bool counts = policies::confirmation::asks.echo && entry.accepted &&
                        state_.numbers.confirmation.echo_rounds_max != 0;
    if (entry.may_be_out() && at >= entry.stale_at && !counts) return;
    arm_transmit(slot, at);
  }
  /// Arms the next transmission of a message that no node has accepted, or gives it up.
  void again_after_failure(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    const auto wait = state_.retransmit.delay(entry.transmissions, state_.numbers.retransmit, state_.random);
    const bool other_route = lightpush_follows(entry);
    if (!wait && !other_route) {
      return entry.end_unknown ? send_no_more(slot, unconfirmed_why::attempts_used_up)
                               : finish(slot, failed{failed_why::attempts_used_up});
    }
    const steady_time at = state_.now.steady + (other_route ? duration::zero() : *wait);
    if (at >= entry.stale_at && entry.end_unknown) return send_no_more(slot, unconfirmed_why::too_old);
    if (at >= entry.stale_at && !entry.own_stamp) return finish(slot, failed{failed_why::attempts_used_up});
    arm_transmit(slot, at);
  }
  /// Sends the message at the next tick, after what is planned for now already.
  void transmit_soon(buffer_slot slot) { arm_transmit(slot, state_.now.steady); }
  /// A node's reply came while the message waits for a node that is free.
  void node_is_free(buffer_slot slot) {
    if (state_.outgoing[slot].waiting) arm_transmit(slot, state_.now.steady);
  }
  /// No more copies. If anything is asked, the deadline decides; if not, the end stays unknown.
  void send_no_more(buffer_slot slot, unconfirmed_why why) {
    auto& entry = state_.outgoing[slot];
    entry.sent_enough = true;
    const bool asks =
        policies::confirmation::asks.echo || (policies::confirmation::asks.store() && !entry.ephemeral);
    if (!asks) finish(slot, unconfirmed{why, entry.accepted_by});
  }

  /// From now on the bytes may be in the network: only confirmation can tell.
  void may_be_out(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (!entry.accepted) entry.end_unknown = true;
    state_.actions.persist();
    reached(slot);
  }

 private:
  using policies = typename State::policies;
  using entry_type = typename State::entry_type;
  using topic_type = typename State::topic_type;

  void stop_waiting(entry_type& entry, topic_type& topic) {
    state_.wheel.cancel(entry.transmit);
    if (!entry.waiting) return;
    entry.waiting = false;
    --topic.waiting;
  }
  void wait(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    auto& topic = state_.topics[entry.topic];
    entry.waiting = true;
    ++topic.waiting;
    const auto change = topic.lightpush.next_change(state_.now.steady);
    if (change && state_.may_send()) arm_waiting(entry.topic, *change);
  }
  void arm_waiting(std::uint32_t number, steady_time at) {
    state_.wheel.arm_by(state_.topics[number].waiting_timer, at, {timer_kind::waiting_messages, number, 0});
  }
  void begin_round(entry_type& entry) {
    ++entry.transmissions;
    entry.left_at = state_.now.steady;
    entry.ever_left = true;
    if (!entry.may_be_out()) entry.handed_over = false;
    state_.actions.persist();
    entry.round_replies = 0;
    entry.round_refusals = 0;
    entry.round_neutral = 0;
    entry.echo_awaited = true;
    // A proof costs a slot of the epoch: a new one only if the last was refused, and nobody took the bytes.
    entry.fresh_proof = std::exchange(entry.proof_refused, false) && !entry.may_be_out();
  }
  void send_by_relay(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    state_.start(operation_kind::relay_publish, peer_id{}, entry.topic, slot, state_.numbers.timeout.push);
    lend(entry);
  }
  void send_by_lightpush(buffer_slot slot, peer_list<8> targets) {
    auto& entry = state_.outgoing[slot];
    auto& topic = state_.topics[entry.topic];
    const std::uint32_t wanted = state_.redundancy.publish_targets(state_.numbers.redundancy);
    const bool hedged = state_.redundancy.hedge_delay(state_.numbers.redundancy).has_value();
    while (!hedged && targets.size() < wanted && add_push_target(state_, entry, topic, targets)) {
      if (state_.afford(topic, entry.bytes)) continue;
      targets.remove(*(targets.end() - 1));
      break;
    }
    if (!hedged && targets.size() < wanted) {
      state_.notify(notice::degraded{topic.name, service::lightpush,
                                     static_cast<std::uint32_t>(targets.size()), wanted});
    }
    for (const peer_id target : targets) push(slot, target);
    entry.hedges_left = hedged ? wanted - 1 : 0;
    arm_hedge(slot);
  }
  void push(buffer_slot slot, peer_id target) {
    auto& entry = state_.outgoing[slot];
    state_.start(operation_kind::lightpush, target, entry.topic, slot, state_.numbers.timeout.push);
    entry.sending_to.add(target);
    assert(!entry.pushed_to.full() || entry.pushed_to.contains(target));
    entry.pushed_to.add(target);
    lend(entry);
  }
  void lend(entry_type& entry) {
    ++entry.in_flight;
    ++entry.holds;
  }
  void arm_hedge(buffer_slot slot) {
    const auto delay = state_.redundancy.hedge_delay(state_.numbers.redundancy);
    if (delay) arm_hedge(slot, state_.now.steady + *delay);
  }
  void arm_hedge(buffer_slot slot, steady_time at) {
    auto& entry = state_.outgoing[slot];
    state_.wheel.cancel(entry.hedge);
    if (entry.hedges_left == 0) return;
    entry.hedge = state_.wheel.arm(at, {timer_kind::message_hedge, slot, 0});
  }
  void arm_transmit(buffer_slot slot, steady_time at) {
    auto& entry = state_.outgoing[slot];
    state_.wheel.cancel(entry.transmit);
    entry.transmit = state_.wheel.arm(at, {timer_kind::message_transmit, slot, 0});
  }

  // True when the relay reached nobody and the route goes on by lightpush: no repetition, so it need not
  // wait.
  [[nodiscard]] bool lightpush_follows(const entry_type& entry) {
    if (!policies::publish_route::needs.lightpush || !entry.relay_failed || !entry.pushed_to.empty())
      return false;
    auto& topic = state_.topics[entry.topic];
    peer_list<8> target;
    return state_.publish_route.choose({topic.relay_peers, true, true}) == publish_via::lightpush &&
           add_push_target(state_, entry, topic, target);
  }

  // Own hashes are known as received, so no other way shows them (R13).
  void show_own(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (std::exchange(entry.shown, true)) return;
    if constexpr (std::copy_constructible<typename State::message_type>) {
      auto& topic = state_.topics[entry.topic];
      const bool wanted = state_.numbers.publish.deliver_own &&
                          topic.interests.subscribed(State::traits::content_topic(entry.message));
      if (wanted)
        state_.actions.push({entry.topic, state_.outgoing.hash(slot), delivered_by::own, entry.message});
    }
  }

  void reached(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    if (entry.reached_at || entry.finished) return;
    auto& topic = state_.topics[entry.topic];
    entry.reached_at = state_.now.steady;
    topic.unconfirmed.add(state_.outgoing, slot);
    if (!policies::confirmation::asks.store() || entry.ephemeral) return;
    const steady_time due = state_.now.steady + state_.numbers.confirmation.settling;
    topic.confirmation_wait = state_.numbers.confirmation.early_interval;
    state_.wheel.arm_by(topic.confirmation, due, {timer_kind::confirmation_round, entry.topic, 0});
  }
  void finish(buffer_slot slot, const outcome& what) { completion<State>(state_).finish(slot, what); }

  State& state_;
};

}  // namespace waku::reliability
