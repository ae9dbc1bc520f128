// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <vector>

#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/engine/confirmation_round.hpp>
#include <waku/reliability/engine/subscriptions.hpp>

namespace waku::reliability {

/// What follows when peers come and go, and when the network as a whole does.
template <class State>
class peer_events {
 public:
  explicit peer_events(State& state) : state_(state) {}

  void handle(const peer_appeared& event) {
    const peer_record& peer = state_.peers.put(event.peer, event.protocols, event.pubsub_topics);
    for (std::uint32_t number = 0; number < state_.topics.size(); ++number) {
      auto& topic = state_.topics[number];
      state_.admit(topic, peer);
      const bool serves = peer.serves(topic.name);
      if (!serves || !peer.protocols.filter) subscriptions<State>(state_).drop(number, event.peer);
      if (!serves) continue;
      if (peer.protocols.filter && !topic.interests.empty()) {
        subscriptions<State>(state_).plan(number, state_.now.steady);
      }
      // A round that found no store need not wait for its next beat.
      if ((peer.protocols.store || peer.protocols.legacy_store) && topic.audit.failed &&
          !topic.audit.active) {
        audit<State>(state_).plan(number, state_.now.steady);
      }
      transmission<State>(state_).launch_soon(number);
    }
  }

  void handle(const peer_left& event) {
    state_.peers.remove(event.peer);
    for (std::uint32_t number = 0; number < state_.topics.size(); ++number) {
      auto& topic = state_.topics[number];
      topic.lightpush.remove(event.peer);
      topic.filter.remove(event.peer);
      topic.store.remove(event.peer);
      subscriptions<State>(state_).drop(number, event.peer);
    }
  }

  void handle(const connectivity_changed& event) {
    if (event.online == state_.online) return;
    state_.online = event.online;
    if (event.online) {
      state_.online_since = state_.now.steady;
      if (!state_.paused) resume_all();
      return;
    }
    // What was charged since somebody answered last was the network's fault, not the nodes' (R5).
    state_.forgive_since_last_reply();
    suspend_all();
  }

  void handle(const relay_peers_changed& event) {
    const std::uint32_t number = state_.topic_number(event.pubsub_topic);
    auto& topic = state_.topics[number];
    topic.relay_peers = event.peers;
    transmission<State>(state_).launch_waiting(number);
    subscriptions<State>(state_).plan(number, state_.now.steady);
    outage<State>(state_).check(number);
  }

  /// Nothing can or may be sent any more.
  void suspend_all() {
    for (std::uint32_t number = 0; number < state_.topics.size(); ++number) {
      subscriptions<State>(state_).suspend(number);
    }
  }
  /// Everything may be sent again.
  void resume_all() {
    for (std::uint32_t number = 0; number < state_.topics.size(); ++number) {
      subscriptions<State>(state_).resume(number);
      transmission<State>(state_).launch_waiting(number);
      confirmation_round<State>(state_).resume(number);
      lookups<State>(state_).resume(number);
      outage<State>(state_).check(number);  // what ends now plans its recovery
      const auto& topic = state_.topics[number];
      if (State::policies::recovery::periodic || (topic.recover_from && !topic.outage_since)) {
        audit<State>(state_).plan(number, state_.now.steady);
      }
    }
  }

  /// Ends what is in flight, without waiting for its replies.
  void end_all_operations() {
    compiled_with<State, std::vector<operation_id>> running;
    state_.operations.for_each([&](const operation_record& record) { running.push_back(record.id); });
    for (const operation_id id : running) {
      const operation_record record = *state_.end(id);
      const bool push = is_push(id.kind());
      state_.tell_cancelled(record, push ? record.place : action_record::no_place);
      if (!push) continue;
      --state_.outgoing[record.place].in_flight;
      completion<State>(state_).let_go(record.place);
    }
  }

 private:
  State& state_;
};

}  // namespace waku::reliability
