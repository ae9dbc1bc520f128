// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/capability/event.hpp>

namespace waku::reliability {

/// Where a transport's events wait for the drain loop. Shared by the node and every handle that it gave
/// away, so a handle that outlives the node is safe: what it says is dropped. Not thread-safe: handles
/// are copied, used and destroyed on the node's strand.
template <class Message>
class inbox {
 public:
  /// Called when the inbox turns from empty to not empty; must not run the node at once.
  using wake_function = void (*)(void* context);

  /// A stretch of the text that is kept beside the entries, so that topics need no string of their own.
  struct text_range {
    std::size_t begin = 0;
    std::size_t length = 0;
  };
  struct pushed {
    peer_id peer;
    text_range pubsub_topic;
    Message message;
  };
  struct relayed {
    text_range pubsub_topic;
    Message message;
  };
  struct appeared {
    peer_id peer;
    peer_protocols protocols;
    std::vector<text_range> pubsub_topics;
  };
  struct relay_peers {
    text_range pubsub_topic;
    std::uint32_t peers;
  };
  using entry = std::variant<operation_ended<relay_reply>, operation_ended<lightpush_reply>,
                             operation_ended<filter_reply>, operation_ended<store_reply<Message>>, pushed,
                             relayed, appeared, peer_left, connectivity_changed, relay_peers>;

  /// The entries that arrived since the last take, with their text.
  struct batch {
    std::vector<entry> entries;
    std::string text;

    [[nodiscard]] std::string_view view(text_range range) const {
      return std::string_view(text).substr(range.begin, range.length);
    }
  };

  inbox(wake_function wake, void* context) : wake_(wake), context_(context) {}

  template <class Event>
  void add(Event arrived) {
    if (closed_) return;
    waiting_.entries.emplace_back(std::in_place_type<Event>, std::move(arrived));
    if (waiting_.entries.size() == 1) wake_(context_);
  }
  /// An operation ended with a reply or an error.
  template <class Reply, class Result>
  void add_end(operation_id operation, Result&& result) {
    if (closed_) return;
    waiting_.entries.emplace_back(std::in_place_type<operation_ended<Reply>>);
    auto& end = *std::get_if<operation_ended<Reply>>(&waiting_.entries.back());
    end.operation = operation;
    end.result = std::forward<Result>(result);
    if (waiting_.entries.size() == 1) wake_(context_);
  }
  text_range keep(std::string_view text) {
    if (closed_) return {};
    const text_range range{waiting_.text.size(), text.size()};
    waiting_.text += text;
    return range;
  }

  /// Swaps what waits into `target`, which is emptied first but keeps its memory.
  void take(batch& target) {
    target.entries.clear();
    target.text.clear();
    std::swap(target, waiting_);
  }
  [[nodiscard]] bool empty() const noexcept { return waiting_.entries.empty(); }

  /// The node is gone: drops what waits and all that comes.
  void close() noexcept {
    closed_ = true;
    waiting_.entries.clear();
  }

  void retain() noexcept { ++holders_; }
  /// The last holder's release destroys the inbox. Never inlined: g++ 12 at -O2 would take the release of one
  /// holder after another's for a use of what is gone, and warn.
#if defined(__GNUC__)
  [[gnu::noinline]]
#endif
  void release() noexcept {
    assert(holders_ > 0);
    if (--holders_ == 0) delete this;
  }

 private:
  batch waiting_;
  wake_function wake_;
  void* context_;
  std::size_t holders_ = 0;
  bool closed_ = false;
};

/// Shared ownership of an inbox, by a count that is not atomic.
template <class Message>
class inbox_reference {
 public:
  inbox_reference() = default;
  explicit inbox_reference(inbox<Message>* target) noexcept : target_(target) {
    if (target_ != nullptr) target_->retain();
  }
  inbox_reference(const inbox_reference& other) noexcept : inbox_reference(other.target_) {}
  inbox_reference(inbox_reference&& other) noexcept : target_(std::exchange(other.target_, nullptr)) {}
  inbox_reference& operator=(inbox_reference other) noexcept {
    std::swap(target_, other.target_);
    return *this;
  }
  ~inbox_reference() {
    if (target_ != nullptr) target_->release();
  }

  [[nodiscard]] inbox<Message>* get() const noexcept { return target_; }

 private:
  inbox<Message>* target_ = nullptr;
};

/// Through which a transport reports how one operation ended. Call it once; what comes after the
/// operation's end is counted and dropped. A handle that is dropped uncalled leaves the end to the timeout.
template <class Message, class Reply>
class reply_handle {
 public:
  reply_handle() = default;
  /// For the node, which makes the handles.
  reply_handle(inbox_reference<Message> target, operation_id operation) noexcept
      : target_(std::move(target)), operation_(operation) {}

  /// Of the request that it came with.
  [[nodiscard]] operation_id operation() const noexcept { return operation_; }

  /// The peer answered, be it with a refusal.
  void operator()(Reply reply) const {
    if (auto* inbox = target_.get()) inbox->template add_end<Reply>(operation_, std::move(reply));
  }
  /// The operation ended without a reply that can be read.
  void fail(transport_error error) const {
    if (auto* inbox = target_.get()) inbox->template add_end<Reply>(operation_, error);
  }

 private:
  inbox_reference<Message> target_;
  operation_id operation_;
};

/// Through which a transport reports what was not asked for: pushes, relay messages, peers, connectivity.
template <class Message>
class event_sink {
 public:
  event_sink() = default;
  /// For the node, which makes the sinks.
  explicit event_sink(inbox_reference<Message> target) noexcept : target_(std::move(target)) {}

  /// A filter node pushed a message.
  void filter_push(peer_id peer, std::string_view pubsub_topic, Message message) const {
    if (auto* inbox = target_.get()) inbox->add(pushed{peer, inbox->keep(pubsub_topic), std::move(message)});
  }
  /// A message came by relay, on a topic that was joined.
  void relay_message(std::string_view pubsub_topic, Message message) const {
    if (auto* inbox = target_.get()) inbox->add(relayed{inbox->keep(pubsub_topic), std::move(message)});
  }
  /// A peer is there, with the protocols that it serves, and its shards if they are known; or these have changed.
  void peer_appeared(peer_id peer, peer_protocols protocols,
                     std::span<const std::string_view> pubsub_topics = {}) const {
    auto* inbox = target_.get();
    if (inbox == nullptr) return;
    appeared event{peer, protocols, {}};
    for (const std::string_view topic : pubsub_topics) event.pubsub_topics.push_back(inbox->keep(topic));
    inbox->add(std::move(event));
  }
  /// A peer is not there any more.
  void peer_left(peer_id peer) const {
    if (auto* inbox = target_.get()) inbox->add(reliability::peer_left{peer});
  }
  /// This machine has a network, or has lost it. Nobody tells: it has one.
  void connectivity(bool online) const {
    if (auto* inbox = target_.get()) inbox->add(connectivity_changed{online});
  }
  /// How many peers the relay has on a topic that was joined.
  void relay_peers(std::string_view pubsub_topic, std::uint32_t peers) const {
    if (auto* inbox = target_.get()) {
      inbox->add(typename inbox_type::relay_peers{inbox->keep(pubsub_topic), peers});
    }
  }

 private:
  using inbox_type = inbox<Message>;
  using pushed = typename inbox_type::pushed;
  using relayed = typename inbox_type::relayed;
  using appeared = typename inbox_type::appeared;

  inbox_reference<Message> target_;
};

}  // namespace waku::reliability
