// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/testing/script.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

namespace waku::reliability::testing {

/// A transport without a network: it writes down every request, and answers by script.
///
/// A request goes to the first line of the script (expect()) that fits and has a turn left, else to the line
/// that otherwise() gave for its kind, else it is answered well at the same virtual time: a relay publication
/// reached 4 peers, a push was accepted with 5 relay peers, a filter request is 200, a store page is 200
/// and empty. Events are told through sink(). `Capabilities` says which concepts it models.
template <class Message = message, capability_set Capabilities = all_capabilities>
  requires waku_message<Message> && std::copyable<Message>
class mock_transport {
 public:
  using request = recorded_request<Message>;
  using line = script_line<Message>;
  using reply = any_reply<Message>;

  explicit mock_transport(virtual_clock& clock) : clock_(&clock) {}
  mock_transport(const mock_transport&) = delete;
  mock_transport& operator=(const mock_transport&) = delete;
  ~mock_transport() {
    for (const timer_id timer : timers_) clock_->cancel(timer);
  }

  // The script.

  /// Adds a line for one request of this kind, to be refined by its own functions; it stays where it is.
  line& expect(operation_kind kind) { return script_.emplace_back(kind); }
  /// What requests of this kind get that no line fits. The latest call counts.
  line& otherwise(operation_kind kind) {
    line fallback(kind);
    fallback.always();
    return fallbacks_[static_cast<std::size_t>(kind)].emplace(std::move(fallback));
  }
  /// Answers that name no delay of their own come so much later.
  void set_usual_delay(duration delay) { usual_delay_ = delay; }
  /// What of the script has not happened, a line each; empty when all of it has.
  [[nodiscard]] std::string unmet() const {
    std::string text;
    for (const line& each : script_) {
      if (!each.consumed()) text += each.describe() + "\n";
    }
    return text;
  }

  // What came.

  /// Every request so far, in order. References stay valid.
  [[nodiscard]] const std::deque<request>& requests() const noexcept { return requests_; }
  /// The requests of one kind, in order.
  [[nodiscard]] std::vector<const request*> requests(operation_kind kind) const {
    return requests_where([kind](const request& each) { return each.kind == kind; });
  }
  template <std::predicate<const request&> Condition>
  [[nodiscard]] std::vector<const request*> requests_where(Condition wanted) const {
    std::vector<const request*> found;
    for (const request& each : requests_) {
      if (wanted(each)) found.push_back(&each);
    }
    return found;
  }
  [[nodiscard]] std::size_t count(operation_kind kind) const { return requests(kind).size(); }
  /// The newest request of a kind. Only where there is one.
  [[nodiscard]] const request& last(operation_kind kind) const {
    const auto all = requests(kind);
    assert(!all.empty() && "no request of this kind has come");
    return *all.back();
  }
  /// Requests that are neither answered nor cancelled.
  [[nodiscard]] std::size_t open_requests() const {
    return requests_where([](const request& each) { return each.open(); }).size();
  }
  /// Every call of cancel(), also those of ended operations.
  [[nodiscard]] const std::vector<operation_id>& cancels() const noexcept { return cancels_; }
  /// The relay topics joined and not left.
  [[nodiscard]] const std::vector<std::string>& relay_topics() const noexcept { return relay_topics_; }
  /// The peers that the engine asked to disconnect, in order.
  [[nodiscard]] const std::vector<peer_id>& disconnected() const noexcept { return disconnected_; }

  // What the test does.

  /// Tells events: pushes, relay messages, peers, connectivity. Only once a node is attached.
  [[nodiscard]] const event_sink<Message>& sink() const {
    assert(sink_ && "no node is attached yet");
    return *sink_;
  }
  /// Peers 1 to `count` appear with these protocols.
  void discover(std::uint32_t count, peer_protocols protocols = {true, true, true, false}) {
    for (std::uint32_t number = 1; number <= count; ++number) {
      sink().peer_appeared(static_cast<peer_id>(number), protocols);
    }
  }
  /// Ends an operation by hand, now; also one that ended before, to see that it does no harm.
  void answer(operation_id operation, reply with) { send(find(operation), with); }
  void fail(operation_id operation, transport_error error) { send_error(find(operation), error); }

  // The transport.

  void attach(event_sink<Message> sink) { sink_ = std::move(sink); }
  void cancel(operation_id operation) {
    cancels_.push_back(operation);
    const auto place = place_of(operation);
    if (place && !requests_[*place].answered) requests_[*place].cancelled = true;
  }
  void disconnect(peer_id peer) { disconnected_.push_back(peer); }

  void relay_publish(const relay_request<Message>& made,
                     reply_handle<Message, relay_reply> handle) requires(Capabilities.relay) {
    serve(publication(operation_kind::relay_publish, made), std::move(handle));
  }
  void relay_join(std::string_view pubsub_topic) requires(Capabilities.relay) {
    relay_topics_.emplace_back(pubsub_topic);
  }
  void relay_leave(std::string_view pubsub_topic) requires(Capabilities.relay) {
    std::erase(relay_topics_, pubsub_topic);
  }
  void lightpush(const lightpush_request<Message>& made,
                 reply_handle<Message, lightpush_reply> handle) requires(Capabilities.lightpush) {
    request record = publication(operation_kind::lightpush, made);
    record.peer = made.peer;
    serve(std::move(record), std::move(handle));
  }
  void filter_subscribe(const filter_subscribe_request& made,
                        reply_handle<Message, filter_reply> handle) requires(Capabilities.filter) {
    serve(criteria(operation_kind::filter_subscribe, made), std::move(handle));
  }
  void filter_unsubscribe(const filter_unsubscribe_request& made,
                          reply_handle<Message, filter_reply> handle) requires(Capabilities.filter) {
    serve(criteria(operation_kind::filter_unsubscribe, made), std::move(handle));
  }
  void filter_ping(const filter_ping_request& made,
                   reply_handle<Message, filter_reply> handle) requires(Capabilities.filter) {
    request record = begin(operation_kind::filter_ping, made.operation, made.pubsub_topic);
    record.peer = made.peer;
    serve(std::move(record), std::move(handle));
  }
  void store_query(const store_request& made,
                   reply_handle<Message, store_reply<Message>> handle) requires(Capabilities.store) {
    request record = criteria(operation_kind::store_query, made);
    record.time_start = made.time_start;
    record.time_end = made.time_end;
    record.hashes.assign(made.hashes.begin(), made.hashes.end());
    record.include_data = made.include_data;
    record.cursor.assign(made.cursor.begin(), made.cursor.end());
    record.limit = made.limit;
    record.legacy = made.legacy;
    serve(std::move(record), std::move(handle));
  }

 private:
  using ending = typename line::ending;

  request begin(operation_kind kind, operation_id operation, std::string_view pubsub_topic) const {
    request record;
    record.kind = kind;
    record.operation = operation;
    record.at = clock_->now();
    record.pubsub_topic = pubsub_topic;
    return record;
  }
  template <class Made>
  request publication(operation_kind kind, const Made& made) const {
    request record = begin(kind, made.operation, made.pubsub_topic);
    record.message = made.message;
    record.hash = made.hash;
    record.fresh_proof = made.fresh_proof;
    return record;
  }
  template <class Made>
  request criteria(operation_kind kind, const Made& made) const {
    request record = begin(kind, made.operation, made.pubsub_topic);
    record.peer = made.peer;
    record.content_topics.assign(made.content_topics.begin(), made.content_topics.end());
    return record;
  }

  void serve(request record, any_reply_handle<Message> handle) {
    const std::size_t place = requests_.size();
    requests_.push_back(std::move(record));
    handles_.push_back(std::move(handle));
    line* chosen = nullptr;
    for (line& each : script_) {
      if (chosen == nullptr && each.fits(requests_[place])) chosen = &each;
    }
    auto& fallback = fallbacks_[static_cast<std::size_t>(requests_[place].kind)];
    if (chosen == nullptr && fallback && fallback->fits(requests_[place])) chosen = &*fallback;
    if (chosen == nullptr) return answer_later(place, usual_delay_, line(requests_[place].kind));
    chosen->use();
    switch (chosen->how()) {
      case ending::drop:
      case ending::hold: return;
      case ending::raise: throw std::runtime_error("the script lets the transport throw");
      case ending::usual:
      case ending::reply:
      case ending::fail: break;
    }
    if (chosen->is_at_once()) return finish(place, *chosen);
    answer_later(place, chosen->delay().value_or(usual_delay_), *chosen);
  }
  void answer_later(std::size_t place, duration delay, line how) {
    timers_.push_back(
        clock_->schedule_after(delay, [this, place, how = std::move(how)] { finish(place, how); }));
  }
  void finish(std::size_t place, const line& how) {
    if (requests_[place].cancelled && !how.is_despite_cancel()) return;
    for (std::uint32_t copy = 0; copy <= how.copies(); ++copy) {
      if (how.how() == ending::fail) {
        send_error(place, how.error());
      } else if (how.how() == ending::reply) {
        send(place, how.answer_to(requests_[place]));
      } else {
        send(place, usual_reply(requests_[place].kind));
      }
    }
  }
  static reply usual_reply(operation_kind kind) {
    switch (kind) {
      case operation_kind::relay_publish: return relay_reply{4};
      case operation_kind::lightpush: return push_accepted();
      case operation_kind::store_query: return store_answer<Message>();
      default: return filter_answer(200);
    }
  }
  void send(std::size_t place, const reply& with) {
    requests_[place].answered = true;
    std::visit(
        [&with]<class Reply>(const reply_handle<Message, Reply>& handle) {
          const Reply* fitting = std::get_if<Reply>(&with);
          assert(fitting != nullptr && "the script's reply is of another kind than the request");
          handle(*fitting);
        },
        handles_[place]);
  }
  void send_error(std::size_t place, transport_error error) {
    requests_[place].answered = true;
    std::visit([error](const auto& handle) { handle.fail(error); }, handles_[place]);
  }
  [[nodiscard]] std::optional<std::size_t> place_of(operation_id operation) const {
    for (std::size_t place = requests_.size(); place-- > 0;) {
      if (requests_[place].operation == operation) return place;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::size_t find(operation_id operation) const {
    const auto place = place_of(operation);
    assert(place && "no such operation was started");
    return *place;
  }

  virtual_clock* clock_;
  std::optional<event_sink<Message>> sink_;
  std::deque<line> script_;
  std::optional<line> fallbacks_[8];
  duration usual_delay_{};
  std::deque<request> requests_;
  std::deque<any_reply_handle<Message>> handles_;
  std::vector<timer_id> timers_;
  std::vector<operation_id> cancels_;
  std::vector<std::string> relay_topics_;
  std::vector<peer_id> disconnected_;
};

static_assert(capabilities_of<mock_transport<>, message> == all_capabilities);

}  // namespace waku::reliability::testing
