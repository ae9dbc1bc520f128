// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/capability/event_sink.hpp>
#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/engine/engine.hpp>
#include <waku/reliability/engine/host.hpp>
#include <waku/reliability/engine/node_sentences.hpp>

namespace waku::reliability {

/// An engine with a transport and a host: owns the one drain loop that turns actions into calls and replies
/// into events.
///
/// The application's calls only record what is wanted. Everything that follows happens in wake(), which the
/// host calls at the time it was last asked for by wake_at(): requests to the transport, and the host's
/// received(), propagated() and finished(). They may call the node; nothing nests, since replies and events
/// of the transport wait in an inbox. What a transport function throws becomes a reply; what a hook of the
/// host throws leaves wake() with the node's state intact, and the rest is done at the next wake().
///
/// Not thread-safe: the node, its transport's handles and its host live on one strand. Neither copied nor
/// moved, since the transport and the inbox refer to it.
///
/// What does not fit together is told in one sentence by the general template, in node_sentences.hpp.
template <class Policies, class Transport, class Message, class Host>
  requires fit_together<Policies, Transport, Message, Host>
class node<Policies, Transport, Message, Host> {
 public:
  /// The host's hasher.
  using hasher_type = std::remove_cvref_t<decltype(std::declval<Host&>().hasher())>;
  /// The engine inside.
  using engine_type = engine<Policies, Message, hasher_type, capabilities_of<Transport, Message>>;
  using observer_type = typename engine_type::observer_type;  ///< the observer that the policies name
  using snapshot_type = typename engine_type::snapshot_type;  ///< what snapshot() gives and restore() takes

  /// `transport` and `host` must outlive the node. `chosen` must be free of errors, see validate().
  node(Transport& transport, Host& host, const options& chosen = {}, observer_type observer = {})
      : transport_(&transport),
        host_(&host),
        engine_(chosen, host.hasher(), std::move(observer)),
        inbox_(new inbox<Message>(&node::woken, this)) {
    transport_->attach(event_sink<Message>(inbox_));
  }
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  /// Cancels at the transport what has not ended, since its requests' views end with the node. The host is
  /// asked for the time and told nothing: whoever wants the last outcomes calls stop() and wake() before.
  ~node() {
    inbox_.get()->close();
    guarded([this] {
      engine_.stop(host_->now());
      while (poll_one()) {
      }
    });
  }

  /// Accepts a message, which then gets exactly one outcome by host.finished(). Or refuses it, and has done
  /// nothing: stopped, no_publish_route, empty_topic, empty_payload, meta_too_long, message_too_large,
  /// duplicate (a message with this timestamp and content is on its way) or buffer_full.
  result<request_id> publish(std::string_view pubsub_topic, Message message) {
    return recorded(engine_.publish(pubsub_topic, std::move(message), host_->now()));
  }
  /// Receives these content topics of a pubsub topic from now on, by host.received(). Subscribing twice is
  /// harmless. Refuses all of them with stopped, no_receive_route, empty_topic, no_content_topics, or
  /// too_many_topics (over options.subscription.topics_max).
  result<void> subscribe(std::string_view pubsub_topic, std::span<const std::string_view> content_topics) {
    return recorded(engine_.subscribe(pubsub_topic, content_topics, host_->now()));
  }
  /// The same for topics in braces: subscribe(pubsub_topic, {"/chat/1/room/proto"}).
  result<void> subscribe(std::string_view pubsub_topic,
                         std::initializer_list<std::string_view> content_topics) {
    return subscribe(pubsub_topic, {content_topics.begin(), content_topics.size()});
  }
  /// The same for topics that are strings, in a std::vector<std::string> for example.
  result<void> subscribe(std::string_view pubsub_topic, std::span<const std::string> content_topics) {
    const topic_views views(content_topics.begin(), content_topics.end());
    return subscribe(pubsub_topic, views);
  }
  /// Receives these content topics no more. Unknown ones are ignored. Refuses with stopped.
  result<void> unsubscribe(std::string_view pubsub_topic, std::span<const std::string_view> content_topics) {
    return recorded(engine_.unsubscribe(pubsub_topic, content_topics, host_->now()));
  }
  /// The same for topics in braces.
  result<void> unsubscribe(std::string_view pubsub_topic,
                           std::initializer_list<std::string_view> content_topics) {
    return unsubscribe(pubsub_topic, {content_topics.begin(), content_topics.size()});
  }
  /// The same for topics that are strings.
  result<void> unsubscribe(std::string_view pubsub_topic, std::span<const std::string> content_topics) {
    const topic_views views(content_topics.begin(), content_topics.end());
    return unsubscribe(pubsub_topic, views);
  }
  /// Drops a pending message; its outcome is `cancelled`. Refuses with unknown_request when it has its
  /// outcome already. O(1) for a pending message that was published here; else, as for one that restore()
  /// brought back, O(pending()).
  result<void> cancel(request_id request) { return recorded(engine_.cancel(request, host_->now())); }
  /// Starts no request until resume(): for an application in the background. Requests to filter nodes are
  /// given up; transmissions and store queries that are under way go on to their end. Deadlines of messages
  /// run on.
  void pause() {
    engine_.pause(host_->now());
    wake_soon();
  }
  /// Ends a pause(): subscribes again, sends what waited, and fetches what was missed, as after an outage.
  void resume() {
    engine_.resume(host_->now());
    wake_soon();
  }
  /// Gives every pending message the outcome `cancelled`, and does nothing more.
  void stop() {
    engine_.stop(host_->now());
    wake_soon();
  }
  /// Changes the numbers of the running node. Returns every error, and changes nothing if there is one: the
  /// three that are fixed at construction are named in policy/options.hpp.
  std::vector<option_error> reconfigure(const options& chosen) {
    return recorded(engine_.reconfigure(chosen, host_->now()));
  }
  /// Where a request stands; nothing once it has its outcome. As quick as cancel().
  [[nodiscard]] compiled_with<Message, std::optional<request_status>> status(request_id request) const {
    return engine_.status(request);
  }
  /// What must outlive a restart.
  [[nodiscard]] snapshot_type snapshot() const { return engine_.snapshot(); }
  /// Continues where a snapshot was taken; only before any other call. Refuses with not_empty after one, and
  /// with buffer_full when the snapshot has more messages than options.outgoing.messages_max.
  result<void> restore(snapshot_type given) {
    return recorded(engine_.restore(std::move(given), host_->now()));
  }

  /// The numbers in force.
  [[nodiscard]] const options& numbers() const noexcept { return engine_.numbers(); }
  /// The node's own instance of the observer.
  [[nodiscard]] observer_type& observer() noexcept { return engine_.observer(); }
  /// Messages without an outcome.
  [[nodiscard]] std::size_t pending() const noexcept { return engine_.pending(); }
  /// Operations of the transport that have not ended.
  [[nodiscard]] std::size_t operations() const noexcept { return engine_.operations(); }

  /// The drain loop: takes in what arrived, acts on deadlines, and carries out what the engine decides. Does
  /// at most 8,192 steps, an event or an action each; if more is left it asks to be woken again at once. Called
  /// from inside itself it does nothing, since the running call goes on.
  void wake() {
    if (draining_) return;
    const drain_end end{*this};
    draining_ = true;
    // What arrived comes before the deadlines: a reply that is here in time is no timeout, though the host
    // is late.
    drain();
    engine_.tick(host_->now());
    drain();
  }

 private:
  using topic_views = compiled_with<Message, std::vector<std::string_view>>;

  // Twice so many in a wake(): bursts are over in a few, and a host's other work still has its turn.
  static constexpr std::size_t steps_per_drain = 4'096;

  void drain() {
    for (std::size_t steps = 0; steps < steps_per_drain; ++steps) {
      if (!perform_next() && !handle_next()) return;
    }
  }

  // Restores the state on every way out of wake(), also when a hook of the host threw.
  struct drain_end {
    node& self;
    ~drain_end() {
      self.draining_ = false;
      self.plan_wake();
    }
  };

  static void woken(void* self) { static_cast<node*>(self)->wake_soon(); }
  void wake_soon() {
    if (!draining_) host_->wake_at(host_->now().steady);
  }
  void plan_wake() {
    if (engine_.has_actions() || next_arrival_ < arrived_.entries.size() || !inbox_.get()->empty()) {
      host_->wake_at(host_->now().steady);
    } else if (const auto deadline = engine_.next_deadline()) {
      host_->wake_at(*deadline);
    }
  }
  template <class Result>
  Result recorded(Result answer) {
    wake_soon();
    return answer;
  }

  // One event of the inbox; false if there is none.
  bool handle_next() {
    if (next_arrival_ == arrived_.entries.size()) {
      next_arrival_ = 0;
      inbox_.get()->take(arrived_);
      if (arrived_.entries.empty()) return false;
    }
    auto& event = arrived_.entries[next_arrival_++];
    std::visit([this](auto& each) { this->tell(each); }, event);
    return true;
  }
  template <class Reply>
  void tell(operation_ended<Reply>& event) {
    engine_.handle(std::move(event), host_->now());
  }
  void tell(typename inbox<Message>::pushed& event) {
    engine_.handle(
        filter_push<Message>{event.peer, arrived_.view(event.pubsub_topic), std::move(event.message)},
        host_->now());
  }
  void tell(typename inbox<Message>::relayed& event) {
    engine_.handle(relay_message<Message>{arrived_.view(event.pubsub_topic), std::move(event.message)},
                   host_->now());
  }
  void tell(typename inbox<Message>::appeared& event) {
    topics_.clear();
    for (const auto range : event.pubsub_topics) topics_.push_back(arrived_.view(range));
    engine_.handle(peer_appeared{event.peer, event.protocols, topics_}, host_->now());
  }
  void tell(const peer_left& event) { engine_.handle(event, host_->now()); }
  void tell(const connectivity_changed& event) { engine_.handle(event, host_->now()); }
  void tell(const typename inbox<Message>::relay_peers& event) {
    engine_.handle(relay_peers_changed{arrived_.view(event.pubsub_topic), event.peers}, host_->now());
  }

  // One action; false if there is none. Requests go to the transport while the engine lends their views;
  // what is for the application is taken out first, so that its hooks may call the node.
  bool perform_next() {
    if (!poll_one()) return false;
    for_application waiting = std::exchange(for_host_, std::monostate{});
    std::visit([this](auto& each) { this->tell_host(each); }, waiting);
    return true;
  }
  bool poll_one() {
    for_host_ = std::monostate{};
    return engine_.poll([this](auto&& action) { this->perform(std::forward<decltype(action)>(action)); });
  }
  struct waiting_delivery {
    std::string_view pubsub_topic;  // the engine keeps a topic's name for good
    message_hash hash;
    delivered_by by;
    Message message;
  };
  using for_application = std::variant<std::monostate, waiting_delivery, propagated, finished, persist>;

  void tell_host(std::monostate) {}
  void tell_host(waiting_delivery& each) {
    host_->received(deliver<Message>{each.pubsub_topic, each.hash, each.by, std::move(each.message)});
  }
  void tell_host(const propagated& each) { host_->propagated(each); }
  void tell_host(const finished& each) { host_->finished(each); }
  void tell_host(persist) {
    if constexpr (persisting_host<Host>) host_->persist();
  }

  void perform(deliver<Message>&& action) {
    for_host_ = waiting_delivery{action.pubsub_topic, action.hash, action.by, std::move(action.message)};
  }
  void perform(const propagated& action) { for_host_ = action; }
  void perform(const finished& action) { for_host_ = action; }
  void perform(persist action) { for_host_ = action; }

  void perform(const relay_request<Message>& request) {
    if constexpr (relay_transport<Transport, Message>) {
      ask<relay_reply>(request.operation,
                       [&](auto reply) { transport_->relay_publish(request, std::move(reply)); });
    } else {
      lacks<relay_reply>(request.operation);
    }
  }
  void perform(const lightpush_request<Message>& request) {
    if constexpr (lightpush_transport<Transport, Message>) {
      ask<lightpush_reply>(request.operation,
                           [&](auto reply) { transport_->lightpush(request, std::move(reply)); });
    } else {
      lacks<lightpush_reply>(request.operation);
    }
  }
  void perform(const filter_subscribe_request& request) {
    if constexpr (filter_transport<Transport, Message>) {
      ask<filter_reply>(request.operation,
                        [&](auto reply) { transport_->filter_subscribe(request, std::move(reply)); });
    } else {
      lacks<filter_reply>(request.operation);
    }
  }
  void perform(const filter_unsubscribe_request& request) {
    if constexpr (filter_transport<Transport, Message>) {
      ask<filter_reply>(request.operation,
                        [&](auto reply) { transport_->filter_unsubscribe(request, std::move(reply)); });
    } else {
      lacks<filter_reply>(request.operation);
    }
  }
  void perform(const filter_ping_request& request) {
    if constexpr (filter_transport<Transport, Message>) {
      ask<filter_reply>(request.operation,
                        [&](auto reply) { transport_->filter_ping(request, std::move(reply)); });
    } else {
      lacks<filter_reply>(request.operation);
    }
  }
  void perform(const store_request& request) {
    if constexpr (store_transport<Transport, Message>) {
      ask<store_reply<Message>>(request.operation,
                                [&](auto reply) { transport_->store_query(request, std::move(reply)); });
    } else {
      lacks<store_reply<Message>>(request.operation);
    }
  }
  void perform(const cancel_operation& action) {
    guarded([&] { transport_->cancel(action.operation); });
  }
  void perform(const disconnect_peer& action) {
    if constexpr (disconnecting_transport<Transport>) guarded([&] { transport_->disconnect(action.peer); });
  }
  void perform(const join_relay& action) {
    if constexpr (relay_transport<Transport, Message>)
      guarded([&] { transport_->relay_join(action.pubsub_topic); });
  }
  void perform(const leave_relay& action) {
    if constexpr (relay_transport<Transport, Message>)
      guarded([&] { transport_->relay_leave(action.pubsub_topic); });
  }

  template <class Reply, class Call>
  void ask(operation_id operation, Call&& call) {
    reply_handle<Message, Reply> reply(inbox_, operation);
    if (!guarded([&] { call(reply); })) reply.fail(transport_error::transport_threw);
  }
  // A way that a route of one's own takes and its `needs` leave out: it ends, and at once.
  template <class Reply>
  void lacks(operation_id operation) {
    reply_handle<Message, Reply>(inbox_, operation).fail(transport_error::unsupported_protocol);
  }
  // False if the call threw: no exception crosses the boundary to the transport.
  template <class Call>
  static bool guarded(Call&& call) {
#if defined(__cpp_exceptions)
    try {
      call();
    } catch (...) {
      return false;
    }
#else
    call();
#endif
    return true;
  }

  Transport* transport_;
  Host* host_;
  engine_type engine_;
  inbox_reference<Message> inbox_;
  typename inbox<Message>::batch arrived_;
  std::size_t next_arrival_ = 0;
  topic_views topics_;
  for_application for_host_;
  bool draining_ = false;
};

}  // namespace waku::reliability
