// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <string_view>
#include <utility>

#include <waku/reliability/engine/acknowledgement.hpp>
#include <waku/reliability/engine/audit_range.hpp>

namespace waku::reliability {

/// Lets in what was asked for and shows each message once, whichever way it comes (F2.2, R30, R33).
template <class State>
class receiver {
 public:
  using message_type = typename State::message_type;

  explicit receiver(State& state) : state_(state) {}

  void handle(filter_push<message_type>&& event) {
    const auto number = state_.find_topic(event.pubsub_topic);
    if (!number || !fits(*number, event.message) || !welcome(*number, event.peer)) return unsolicited(event);
    auto& topic = state_.topics[*number];
    const message_hash hash = state_.hash_of(topic, event.message);
    const auto started = state_.seen.start_look_up(hash);  // memory is slow to answer
    topic.last_contact = state_.now.steady;
    if (const auto own = state_.outgoing.find(hash)) {
      return acknowledgement<State>(state_).echo(*own, event.peer);
    }
    accept(*number, hash, started, delivered_by::filter, std::move(event.message));
  }

  void handle(relay_message<message_type>&& event) {
    const auto number = state_.find_topic(event.pubsub_topic);
    if (!number || !fits(*number, event.message)) return;  // the mesh carries every content topic
    auto& topic = state_.topics[*number];
    const message_hash hash = state_.hash_of(topic, event.message);
    const auto started = state_.seen.start_look_up(hash);
    topic.last_contact = state_.now.steady;
    accept(*number, hash, started, delivered_by::relay, std::move(event.message));
  }

  /// A body that a store returned for a hash, which the caller has verified (S2.7, S2.9).
  void recovered(std::uint32_t number, const message_hash& hash, message_type&& body) {
    if (stamp_of(body) < audit_range<State>(state_).forgotten_until()) {  // it may have been shown
      state_.remember(hash, stamp_of(body));
      return state_.notify(notice::duplicate_received{hash});
    }
    accept(number, hash, state_.seen.start_look_up(hash), delivered_by::store, std::move(body));
  }

 private:
  void unsolicited(const filter_push<message_type>& event) {
    state_.notify(notice::unsolicited_push{event.pubsub_topic, event.peer});
  }
  [[nodiscard]] static wall_time stamp_of(const message_type& message) {
    return wall_time(duration(State::traits::timestamp(message)));
  }
  [[nodiscard]] bool fits(std::uint32_t number, const message_type& message) {
    return state_.topics[number].interests.find(State::traits::content_topic(message)) != nullptr;
  }
  [[nodiscard]] bool welcome(std::uint32_t number, peer_id peer) const {
    return !state_.numbers.subscription.strict_pushes || state_.topics[number].is_member(peer);
  }
  void accept(std::uint32_t number, const message_hash& hash, const typename State::started_look_up& started,
              delivered_by by, message_type&& message) {
    if (!state_.remember(hash, stamp_of(message), started)) {
      state_.notify(notice::duplicate_received{hash});
      if (by == delivered_by::filter) completion<State>(state_).late_news(hash);
      return;
    }
    show(number, hash, by, std::move(message));
  }
  // Most messages come from several nodes, and are shown once: never inlined, to keep a duplicate's way short.
#if defined(__GNUC__)
  [[gnu::noinline]]
#endif
  void show(std::uint32_t number, const message_hash& hash, delivered_by by, message_type&& message) {
    auto& topic = state_.topics[number];
    if (!topic.interests.subscribed(State::traits::content_topic(message))) return;
    if (by == delivered_by::store) state_.notify(notice::recovered{hash});
    state_.actions.push(queued_delivery<message_type>{number, hash, by, std::move(message)});
    state_.actions.persist();
  }

  State& state_;
};

}  // namespace waku::reliability
