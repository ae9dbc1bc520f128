// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <optional>
#include <string>
#include <utility>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/engine/action.hpp>

namespace waku::reliability {

/// What happens to a message that arrives while as many wait as may.
enum class receive_overflow : std::uint8_t {
  drop_oldest,  ///< the message that waits longest leaves
  drop_newest,  ///< the message that arrives leaves
};

/// Messages that were received and wait to be asked for.
struct receive_queue_options {
  std::size_t messages_max = 1'024;  ///< over it, see `overflow`; 0: only those are received that are awaited
  receive_overflow overflow = receive_overflow::drop_oldest;
};

/// A message as the application receives it.
template <class Message>
struct received_message {
  std::string pubsub_topic;
  message_hash hash;
  delivered_by by = delivered_by::filter;
  Message message;
  /// How many messages before this one, and after the one received before it, were lost to a full queue.
  std::uint64_t dropped_before = 0;
};

/// A bounded queue that tells how much it dropped, and where.
template <class Message>
class receive_queue {
 public:
  receive_queue(const receive_queue_options& chosen, std::pmr::memory_resource* memory)
      : chosen_(chosen), waiting_(memory) {}

  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
  /// All that were dropped so far.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  void push(received_message<Message>&& arrived) {
    if (waiting_.size() >= chosen_.messages_max) {
      if (chosen_.overflow == receive_overflow::drop_newest || waiting_.empty())
        return drop(arrived, nullptr);
      drop(waiting_.front(), waiting_.size() > 1 ? &waiting_[1] : nullptr);
      waiting_.pop_front();
    }
    arrived.dropped_before += std::exchange(dropped_last_, 0);
    waiting_.push_back(std::move(arrived));
  }
  /// A message that is awaited: it need not wait. Only while the queue is empty.
  [[nodiscard]] received_message<Message> pass(received_message<Message>&& arrived) {
    assert(waiting_.empty() && "what waits is older");
    arrived.dropped_before += std::exchange(dropped_last_, 0);
    return std::move(arrived);
  }
  /// The oldest that waits; nothing if none does.
  [[nodiscard]] std::optional<received_message<Message>> pop() {
    if (waiting_.empty()) return std::nullopt;
    std::optional<received_message<Message>> front(std::move(waiting_.front()));
    waiting_.pop_front();
    return front;
  }

 private:
  // What is lost before a message is told with that message; without one, with the next to arrive.
  void drop(const received_message<Message>& lost, received_message<Message>* after) {
    ++dropped_;
    (after != nullptr ? after->dropped_before : dropped_last_) += lost.dropped_before + 1;
  }

  receive_queue_options chosen_;
  std::pmr::deque<received_message<Message>> waiting_;
  std::uint64_t dropped_ = 0;
  std::uint64_t dropped_last_ = 0;
};

}  // namespace waku::reliability
