// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <optional>
#include <string_view>
#include <utility>

#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/core/result.hpp>
#include <waku/reliability/engine/push_replies.hpp>

namespace waku::reliability {

/// The application's side of publishing: accepting messages, dropping them, and their deadlines.
template <class State>
class publisher {
 public:
  using message_type = typename State::message_type;
  using status_or_none = compiled_with<State, std::optional<request_status>>;

  explicit publisher(State& state) : state_(state) {}

  /// Takes a message over, or says why not. An accepted one gets exactly one outcome.
  result<request_id> publish(std::string_view pubsub_topic, message_type&& message) {
    if (const auto checked = check(pubsub_topic, message); !checked) return checked.error();
    const std::size_t bytes = State::traits::encoded_size(message);
    const std::uint32_t number = state_.topic_number(pubsub_topic);
    auto& topic = state_.topics[number];
    const bool stamped = State::traits::timestamp(message) != 0;
    message_hash hash;
    if (stamped) {
      hash = state_.hash_of(topic, message);
      state_.seen.prefetch(hash);
      if (state_.outgoing.find(hash)) return errc::duplicate;
    }
    // Finished entries that are still lent take room too, and evicting others would not help.
    if (state_.outgoing.full() || !make_room(bytes)) return errc::buffer_full;
    const auto slot = state_.outgoing.acquire();
    assert(slot);

    auto& entry = state_.outgoing[*slot];
    entry.request = next_request(*slot);
    entry.topic = number;
    entry.bytes = bytes;
    entry.published_at = state_.now.steady;
    entry.ephemeral = State::traits::ephemeral(message);
    entry.message = std::move(message);
    interest& used = topic.interests.put(State::traits::content_topic(entry.message));
    const bool new_interest = used.publications == 0 && used.echo_until <= state_.now.steady;
    ++used.publications;
    ++state_.unfinished;
    state_.unfinished_bytes += bytes;
    if (stamped) {
      stamping<State>(state_).adopt(*slot, hash);
      entry.shown = !state_.remember(hash, entry.stamp);
    }
    entry.deadline = state_.wheel.arm(state_.now.steady + state_.numbers.confirmation.deadline,
                                      {timer_kind::message_deadline, *slot, 0});
    state_.actions.persist();
    const request_id request = entry.request;
    // Who is to echo the message is subscribed at first: a quick echo would be missed, and the message sent twice.
    if (prepare_topic(number, new_interest)) {
      transmission<State>(state_).transmit_soon(*slot);
    } else {
      transmission<State>(state_).transmit(*slot);
    }
    return request;
  }

  /// The entry of a pending request. A request id holds the slot that it was given; after a restore() the
  /// message may be in another one, and all are looked through.
  [[nodiscard]] std::optional<buffer_slot> find(request_id request) const {
    const auto hinted = static_cast<buffer_slot>(static_cast<std::uint64_t>(request) & slot_mask);
    if (is(hinted, request)) return hinted;
    for (auto slot = state_.outgoing.oldest(); slot; slot = state_.outgoing.next(*slot)) {
      if (is(*slot, request)) return slot;
    }
    return {};
  }

  [[nodiscard]] status_or_none status(request_id request) const {
    const auto slot = find(request);
    if (!slot) return {};
    const auto& entry = state_.outgoing[*slot];
    request_status status;
    status.phase = entry.may_be_out() ? request_phase::unacknowledged
                   : entry.ever_left  ? request_phase::sending
                                      : request_phase::waiting;
    status.transmissions = entry.transmissions;
    if (entry.stamped) status.hash = state_.outgoing.hash(*slot);
    return status;
  }

  result<void> cancel(request_id request) {
    const auto slot = find(request);
    if (!slot) return errc::unknown_request;
    drop(*slot, cancelled{});
    return {};
  }

  /// Gives every pending message the outcome `cancelled` (R32).
  void cancel_all() {
    for (auto slot = state_.outgoing.oldest(); slot;) {
      const auto next = state_.outgoing.next(*slot);
      if (!state_.outgoing[*slot].finished) completion<State>(state_).finish(*slot, cancelled{});
      slot = next;
    }
  }

  /// The latest time for the outcome has come (R1, R35). What is still in flight has an unknown end.
  void deadline(buffer_slot slot) {
    auto& entry = state_.outgoing[slot];
    assert(!entry.finished);
    if (entry.may_have_left()) {
      return drop(slot, unconfirmed{unconfirmed_why::deadline, entry.accepted_by});
    }
    drop(slot, failed{entry.ever_left ? failed_why::deadline : failed_why::no_route});
  }

  /// Makes the topic ready for a message on it: in the relay's mesh, and subscribed for echoes if its
  /// content topic is not yet. True where that subscription is due now.
  bool prepare_topic(std::uint32_t number, bool new_interest) {
    auto& topic = state_.topics[number];
    if (State::policies::publish_route::needs.relay && !topic.relay_joined) {
      topic.relay_joined = true;
      state_.actions.push({action_kind::join, number, 0});
    }
    const bool subscribe = State::policies::confirmation::asks.echo && new_interest;
    if (subscribe) state_.plan_subscriptions(number, state_.now.steady);
    return subscribe;
  }

 private:
  static constexpr unsigned slot_bits = 24;
  static constexpr std::uint64_t slot_mask = (std::uint64_t{1} << slot_bits) - 1;

  result<void> check(std::string_view pubsub_topic, const message_type& message) const {
    if (state_.stopped) return errc::stopped;
    constexpr capability_set needs = State::policies::publish_route::needs;
    if (!needs.relay && !needs.lightpush) return errc::no_publish_route;
    if (pubsub_topic.empty() || State::traits::content_topic(message).empty()) return errc::empty_topic;
    const publish_options& limits = state_.numbers.publish;
    if (!limits.allow_empty_payload && State::traits::payload(message).empty()) return errc::empty_payload;
    if (State::traits::meta(message).size() > limits.meta_bytes_max) return errc::meta_too_long;
    if (State::traits::encoded_size(message) > limits.message_bytes_max) return errc::message_too_large;
    return {};
  }
  [[nodiscard]] bool fits(std::size_t bytes) const {
    return state_.unfinished < state_.numbers.outgoing.messages_max &&
           state_.unfinished_bytes + bytes <= state_.numbers.outgoing.bytes_max;
  }
  // Finished messages stay while a request still has them. So that they never take the room of others, at
  // most messages_max do: the oldest request of one more is given up, and as many again may wait for that to
  // be polled, or are evicted here.
  bool make_room(std::size_t bytes) {
    if (bytes > state_.numbers.outgoing.bytes_max) return false;
    if (state_.outgoing.size() - state_.unfinished >= state_.numbers.outgoing.messages_max) end_oldest_lent();
    while (!fits(bytes)) {
      if (state_.numbers.outgoing.full == when_full::refuse) return false;
      auto oldest = state_.outgoing.oldest();
      while (oldest && state_.outgoing[*oldest].finished) oldest = state_.outgoing.next(*oldest);
      if (!oldest) return false;
      const auto& entry = state_.outgoing[*oldest];
      if (entry.may_have_left()) {
        drop(*oldest, unconfirmed{unconfirmed_why::evicted, entry.accepted_by});
      } else {
        drop(*oldest, failed{failed_why::evicted});
      }
    }
    return true;
  }
  void end_oldest_lent() {
    for (auto slot = state_.outgoing.oldest(); slot; slot = state_.outgoing.next(*slot)) {
      const auto& entry = state_.outgoing[*slot];
      if (entry.finished && entry.in_flight > 0) return completion<State>(state_).cancel_operations(*slot);
    }
  }
  // The outcome, and an end to what is still in flight. The slot may be free afterwards.
  void drop(buffer_slot slot, const outcome& what) {
    ++state_.outgoing[slot].holds;
    completion<State>(state_).finish(slot, what);
    completion<State>(state_).cancel_operations(slot);
    completion<State>(state_).let_go(slot);
  }
  [[nodiscard]] bool is(buffer_slot slot, request_id request) const {
    return state_.outgoing.live(slot) && state_.outgoing[slot].request == request &&
           !state_.outgoing[slot].finished;
  }
  [[nodiscard]] request_id next_request(buffer_slot slot) {
    return static_cast<request_id>((++state_.requests << slot_bits) | slot);
  }

  State& state_;
};

}  // namespace waku::reliability
