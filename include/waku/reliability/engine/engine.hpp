// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/engine/action_expansion.hpp>
#include <waku/reliability/engine/confirmation_round.hpp>
#include <waku/reliability/engine/peer_events.hpp>
#include <waku/reliability/engine/persistence.hpp>
#include <waku/reliability/engine/publisher.hpp>
#include <waku/reliability/engine/subscriptions.hpp>
#include <waku/reliability/engine/timekeeping.hpp>
#include <waku/reliability/policy/sentences.hpp>
#include <waku/reliability/policy/validate.hpp>

namespace waku::reliability {

/// Peer-to-peer reliability as a value: it is told what happened and when, and says what to do next. It has
/// no clock, socket, thread or global state; same seed and same calls give the same actions.
///
/// After any call, poll() until it says false, then have tick() called at next_deadline(). Not thread-safe;
/// no call may be made from inside poll()'s visitor or an observer.
template <class Policies, waku_message Message, message_hasher Hasher,
          capability_set Capabilities = all_capabilities>
class engine {
 public:
  using policies = checked_policies<Policies, Capabilities>;
  using observer_type = typename policies::observer;
  using snapshot_type = reliability::snapshot<Message>;

  /// `chosen` must be free of errors, see validate(); `hasher` must outlive the engine.
  explicit engine(const options& chosen, Hasher& hasher, observer_type observer = {})
      : state_(chosen, hasher, std::move(observer)) {
    assert(validate(chosen).empty() && "validate(options) names what is wrong");
  }

  /// Accepts a message, which then gets exactly one outcome. Or refuses it, and has done nothing: stopped,
  /// no_publish_route, empty_topic, empty_payload, meta_too_long, message_too_large, duplicate (a message
  /// with this timestamp and content is on its way) or buffer_full.
  result<request_id> publish(std::string_view pubsub_topic, Message message, instant now) {
    const call guard(*this, now);
    return publisher<state_type>(state_).publish(pubsub_topic, std::move(message));
  }

  /// Receives these content topics of a pubsub topic from now on. Subscribing twice is harmless. Refuses all
  /// of them with stopped, no_receive_route, empty_topic, no_content_topics, or too_many_topics (over
  /// options.subscription.topics_max).
  result<void> subscribe(std::string_view pubsub_topic, std::span<const std::string_view> content_topics,
                         instant now) {
    const call guard(*this, now);
    if (const auto checked = check_subscription(pubsub_topic, content_topics); !checked) return checked;
    const std::uint32_t number = state_.topic_number(pubsub_topic);
    auto& interests = state_.topics[number].interests;
    bool fresh = false;
    for (const std::string_view content_topic : content_topics) {
      interest& each = interests.put(content_topic);
      if (each.subscribed) continue;
      fresh = each.subscribed = true;
      each.subscribed_at = state_.now.wall;
      each.audited_until.reset();
    }
    if (!fresh) return {};
    subscriptions<state_type>(state_).plan(number, state_.now.steady);
    if (policies::recovery::periodic) audit<state_type>(state_).plan(number, state_.now.steady);
    outage<state_type>(state_).check(number);
    state_.actions.persist();
    return {};
  }

  /// The same for topics in braces.
  result<void> subscribe(std::string_view pubsub_topic,
                         std::initializer_list<std::string_view> content_topics, instant now) {
    return subscribe(pubsub_topic, {content_topics.begin(), content_topics.size()}, now);
  }

  /// Receives these content topics no more. Unknown ones are ignored. Refuses with stopped.
  result<void> unsubscribe(std::string_view pubsub_topic, std::span<const std::string_view> content_topics,
                           instant now) {
    const call guard(*this, now);
    if (state_.stopped) return errc::stopped;
    const auto number = state_.find_topic(pubsub_topic);
    if (!number) return {};
    auto& topic = state_.topics[*number];
    for (const std::string_view content_topic : content_topics) {
      if (interest* each = topic.interests.find(content_topic)) each->subscribed = false;
    }
    if (topic.interests.subscribed_count() == 0) {
      topic.was_healthy = false;
      topic.outage_since.reset();
      topic.recover_from.reset();
    }
    subscriptions<state_type>(state_).plan(*number, state_.now.steady);
    state_.actions.persist();
    return {};
  }

  result<void> unsubscribe(std::string_view pubsub_topic,
                           std::initializer_list<std::string_view> content_topics, instant now) {
    return unsubscribe(pubsub_topic, {content_topics.begin(), content_topics.size()}, now);
  }

  /// Drops a pending message: its outcome is `cancelled`, and what is in flight for it is ended (R32).
  /// Refuses with unknown_request when it has its outcome already. O(1) for a pending message that was
  /// published here; else, as for one that restore() brought back, O(pending()).
  result<void> cancel(request_id request, instant now) {
    const call guard(*this, now);
    return publisher<state_type>(state_).cancel(request);
  }

  /// Starts no request until resume(): for an application in the background. Requests to filter nodes are
  /// given up; transmissions and store queries that are under way go on to their end. Deadlines of messages
  /// run on; what is missed meanwhile is treated as after an outage.
  void pause(instant now) {
    const call guard(*this, now);
    if (state_.paused || state_.stopped) return;
    state_.paused = true;
    peer_events<state_type>(state_).suspend_all();
  }
  /// Ends a pause(): subscribes again, sends what waited, and fetches what was missed, as after an outage.
  void resume(instant now) {
    const call guard(*this, now);
    if (!state_.paused || state_.stopped) return;
    state_.paused = false;
    state_.online_since = state_.now.steady;
    if (state_.online) peer_events<state_type>(state_).resume_all();
  }

  /// Gives every pending message the outcome `cancelled`, ends every operation, and does nothing more (R32).
  void stop(instant now) {
    const call guard(*this, now);
    if (state_.stopped) return;
    peer_events<state_type>(state_).suspend_all();
    publisher<state_type>(state_).cancel_all();
    peer_events<state_type>(state_).end_all_operations();
    state_.stopped = true;
    state_.wheel.clear();
  }

  /// Changes the numbers of a running engine. Returns every error, and changes nothing if there is one.
  /// outgoing.messages_max, seen.entries_max and seed are fixed at construction.
  std::vector<option_error> reconfigure(const options& chosen, instant now) {
    const call guard(*this, now);
    std::vector<option_error> errors = validate(chosen);
    const auto fixed = [&](bool same, std::string_view name) {
      if (!same) errors.push_back({name, "is fixed at construction"});
    };
    fixed(chosen.outgoing.messages_max == state_.numbers.outgoing.messages_max, "outgoing.messages_max");
    fixed(chosen.seen.entries_max == state_.numbers.seen.entries_max, "seen.entries_max");
    fixed(!chosen.seed || chosen.seed == state_.numbers.seed, "seed");
    if (!errors.empty()) return errors;
    const auto seed = state_.numbers.seed;
    state_.numbers = chosen;
    state_.numbers.seed = seed;
    if (state_.stopped) return errors;
    for (std::uint32_t number = 0; number < state_.topics.size(); ++number) {
      subscriptions<state_type>(state_).plan(number, state_.now.steady);
    }
    return errors;
  }

  /// Where a request stands; nothing once it has its outcome. As quick as cancel().
  [[nodiscard]] compiled_with<Message, std::optional<request_status>> status(request_id request) const {
    return publisher<const state_type>(state_).status(request);
  }
  /// The numbers in force.
  [[nodiscard]] const options& numbers() const noexcept { return state_.numbers; }
  /// The engine's own instance of the observer.
  [[nodiscard]] observer_type& observer() noexcept { return state_.observer; }
  /// Messages without an outcome.
  [[nodiscard]] std::size_t pending() const noexcept { return state_.unfinished; }
  /// Operations that have not ended.
  [[nodiscard]] std::size_t operations() const noexcept { return state_.operations.size(); }

  /// What must outlive a restart. Actions not polled yet are part of it.
  [[nodiscard]] snapshot_type snapshot() const {
    return persistence<const state_type>(state_).take();
  }
  /// Continues where a snapshot was taken. Only an engine that has done nothing yet can, else not_empty; and
  /// only one whose outgoing.messages_max is enough for the snapshot, else buffer_full.
  result<void> restore(snapshot_type given, instant now) {
    const call guard(*this, now);
    if (state_.requests != 0 || !state_.topics.empty() || state_.stopped) return errc::not_empty;
    if (given.outgoing.size() > state_.numbers.outgoing.messages_max) return errc::buffer_full;
    persistence<state_type>(state_).restore(std::move(given));
    return {};
  }

  /// `Reply` is relay_reply, lightpush_reply, filter_reply or store_reply<Message>.
  template <class Reply>
  void handle(operation_ended<Reply> event, instant now) {
    const call guard(*this, now);
    const bool fits = answers(event.operation.kind(), &event);
    const auto record = fits ? state_.end(event.operation) : std::nullopt;
    if (!record) return state_.notify(notice::stray_reply{event.operation});
    ended(*record, std::move(event.result));
  }
  void handle(filter_push<Message> event, instant now) {
    const call guard(*this, now);
    if (!state_.stopped) receiver<state_type>(state_).handle(std::move(event));
  }
  void handle(relay_message<Message> event, instant now) {
    const call guard(*this, now);
    if (!state_.stopped) receiver<state_type>(state_).handle(std::move(event));
  }
  void handle(const peer_appeared& event, instant now) { peer_event(event, now); }
  void handle(const peer_left& event, instant now) { peer_event(event, now); }
  void handle(const connectivity_changed& event, instant now) { peer_event(event, now); }
  void handle(const relay_peers_changed& event, instant now) { peer_event(event, now); }

  /// Acts on the deadlines that have passed. What they plan for `now` waits for the next tick.
  void tick(instant now) {
    const call guard(*this, now);
    if (state_.stopped) return;
    state_.wheel.advance(state_.now.steady, [this](const timer& due) { expired(due); });
  }

  /// Gives the next action to `visit`, an overload set over the requests and actions; false if there is none.
  template <class Visitor>
  bool poll(Visitor&& visit) {
    assert(!busy_ && "the engine is called from inside one of its own calls");
    busy_ = true;
    const busy_end end{busy_};
    return action_expansion<state_type>(state_).next(visit);
  }

  /// True while poll() may have something to give.
  [[nodiscard]] bool has_actions() const noexcept { return !state_.actions.empty(); }

  /// When to call tick(), if nothing happens before.
  [[nodiscard]] std::optional<steady_time> next_deadline() { return state_.wheel.next(); }

 private:
  using state_type = engine_state<policies, Message, Hasher>;

  struct busy_end {
    bool& busy;
    ~busy_end() { busy = false; }
  };
  // Every call: the engine is not re-entered, and knows the time.
  struct call {
    call(engine& self, instant now) : end{self.busy_} {
      assert(!self.busy_ && "the engine is called from inside one of its own calls, or from another thread");
      self.busy_ = true;
      timekeeping<state_type>(self.state_).enter(now);
    }
    busy_end end;
  };

  result<void> check_subscription(std::string_view pubsub_topic,
                                  std::span<const std::string_view> content_topics) {
    if (state_.stopped) return errc::stopped;
    constexpr capability_set needs = policies::receive_route::needs;
    constexpr bool receives = needs.relay || needs.filter || policies::recovery::periodic;
    if (!receives) return errc::no_receive_route;
    if (pubsub_topic.empty()) return errc::empty_topic;
    if (content_topics.empty()) return errc::no_content_topics;
    std::size_t fresh = 0;
    const auto number = state_.find_topic(pubsub_topic);
    for (const std::string_view content_topic : content_topics) {
      if (content_topic.empty()) return errc::empty_topic;
      if (!number || !state_.topics[*number].interests.subscribed(content_topic)) ++fresh;
    }
    const std::size_t have = number ? state_.topics[*number].interests.subscribed_count() : 0;
    if (fresh > 0 && have + fresh > state_.numbers.subscription.topics_max) return errc::too_many_topics;
    return {};
  }

  static constexpr bool answers(operation_kind kind, const operation_ended<relay_reply>*) {
    return kind == operation_kind::relay_publish;
  }
  static constexpr bool answers(operation_kind kind, const operation_ended<lightpush_reply>*) {
    return kind == operation_kind::lightpush;
  }
  static constexpr bool answers(operation_kind kind, const operation_ended<filter_reply>*) {
    return kind == operation_kind::filter_subscribe || kind == operation_kind::filter_unsubscribe ||
           kind == operation_kind::filter_ping;
  }
  static constexpr bool answers(operation_kind kind, const operation_ended<store_reply<Message>>*) {
    return kind == operation_kind::store_query;
  }

  void ended(const operation_record& record, reply_or_error<relay_reply>&& result) {
    push_replies<state_type>(state_).handle(record, result);
  }
  void ended(const operation_record& record, reply_or_error<lightpush_reply>&& result) {
    push_replies<state_type>(state_).handle(record, result);
  }
  void ended(const operation_record& record, reply_or_error<filter_reply>&& result) {
    subscriptions<state_type>(state_).handle(record, result);
  }
  void ended(const operation_record& record, reply_or_error<store_reply<Message>>&& result) {
    audit<state_type>(state_).handle(record, std::move(result));
  }

  template <class Event>
  void peer_event(const Event& event, instant now) {
    const call guard(*this, now);
    if (!state_.stopped) peer_events<state_type>(state_).handle(event);
  }

  void expired(const timer& due) {
    const auto peer = static_cast<peer_id>(due.detail);
    switch (due.kind) {
      case timer_kind::operation_timeout: return timed_out(due.detail);
      case timer_kind::message_deadline: return publisher<state_type>(state_).deadline(due.place);
      case timer_kind::message_transmit: return transmission<state_type>(state_).transmit_due(due.place);
      case timer_kind::message_hedge: return push_replies<state_type>(state_).hedge_due(due.place);
      case timer_kind::waiting_messages: return transmission<state_type>(state_).launch_waiting(due.place);
      case timer_kind::confirmation_round: return confirmation_round<state_type>(state_).due(due.place);
      case timer_kind::audit_round: return audit<state_type>(state_).due(due.place);
      case timer_kind::lookups:
        lookups<state_type>(state_).due(due.place);
        return audit<state_type>(state_).check_end(due.place);
      case timer_kind::query_start: return audit<state_type>(state_).start_due(due.place);
      case timer_kind::subscriptions: return subscriptions<state_type>(state_).reconcile(due.place);
      case timer_kind::member_request: return subscriptions<state_type>(state_).request_due(due.place, peer);
      case timer_kind::member_ping: return subscriptions<state_type>(state_).ping_due(due.place, peer);
      case timer_kind::member_refresh: return subscriptions<state_type>(state_).refresh_due(due.place, peer);
    }
  }
  template <class Reply>
  void ended_by_timeout(const operation_record& record) {
    ended(record, reply_or_error<Reply>(transport_error::timeout));
  }
  void timed_out(std::uint64_t operation) {
    const operation_id id = operation_id::from_value(operation);
    const auto record = state_.end(id);
    assert(record && "the timeout of an ended operation is cancelled");
    state_.tell_cancelled(*record, is_push(id.kind()) ? record->place : action_record::no_place);
    switch (id.kind()) {
      case operation_kind::relay_publish:
        return ended_by_timeout<relay_reply>(*record);
      case operation_kind::lightpush:
        return ended_by_timeout<lightpush_reply>(*record);
      case operation_kind::filter_subscribe:
      case operation_kind::filter_unsubscribe:
      case operation_kind::filter_ping:
        return ended_by_timeout<filter_reply>(*record);
      case operation_kind::store_query:
        return ended_by_timeout<store_reply<Message>>(*record);
      case operation_kind::none: break;
    }
    assert(false && "an operation without a kind");
  }

  state_type state_;
  bool busy_ = false;
};

}  // namespace waku::reliability
