// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <utility>

#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/engine/action.hpp>
#include <waku/reliability/engine/fifo.hpp>

namespace waku::reliability {

/// What a queued action is; requests need no more than their operation's id until they are polled.
enum class action_kind : std::uint8_t {
  start,
  cancel,
  disconnect,
  join,
  leave,
  deliver,
  propagated,
  finished,
  persist
};

/// The compact form in which an action waits.
struct action_record {
  static constexpr std::uint32_t no_place = ~std::uint32_t{0};

  action_kind kind{};
  std::uint32_t place = no_place;  ///< cancel: the buffer slot held until then; join and leave: the topic
  std::uint64_t detail = 0;        ///< start and cancel: operation id; disconnect: peer
};
static_assert(sizeof(action_record) == 16, "actions wait in 16 bytes");

/// A delivery that waits, with its topic by number.
template <class Message>
struct queued_delivery {
  std::uint32_t topic = 0;
  message_hash hash;
  delivered_by by{};
  Message message;
};

/// The actions that wait to be polled, in the order in which they were decided.
template <class Message>
class action_queue {
 public:
  void push(action_record record) { records_.push(record); }
  void start(operation_id id) { push({action_kind::start, action_record::no_place, id.value()}); }
  void push(queued_delivery<Message> delivery) {
    deliveries_.push(std::move(delivery));
    push(action_record{action_kind::deliver});
  }
  void push(const propagated& notice) {
    propagations_.push(notice);
    push(action_record{action_kind::propagated});
  }
  void push(const finished& report) {
    reports_.push(report);
    push(action_record{action_kind::finished});
  }
  /// Comes after all else, so that the snapshot holds what was handed over and what was not.
  void persist() noexcept { persist_waits_ = true; }

  [[nodiscard]] bool empty() const noexcept { return records_.empty() && !persist_waits_; }
  [[nodiscard]] action_record pop() {
    if (!records_.empty()) return records_.pop();
    assert(persist_waits_);
    persist_waits_ = false;
    return action_record{action_kind::persist};
  }
  [[nodiscard]] queued_delivery<Message> pop_delivery() { return deliveries_.pop(); }
  [[nodiscard]] propagated pop_propagated() { return propagations_.pop(); }
  [[nodiscard]] finished pop_finished() { return reports_.pop(); }

  [[nodiscard]] const fifo<queued_delivery<Message>>& deliveries() const noexcept { return deliveries_; }
  [[nodiscard]] const fifo<propagated>& propagations() const noexcept { return propagations_; }
  [[nodiscard]] const fifo<finished>& reports() const noexcept { return reports_; }

 private:
  compiled_with<Message, fifo<action_record>> records_;
  fifo<queued_delivery<Message>> deliveries_;
  compiled_with<Message, fifo<propagated>> propagations_;
  compiled_with<Message, fifo<finished>> reports_;
  bool persist_waits_ = false;
};

}  // namespace waku::reliability
