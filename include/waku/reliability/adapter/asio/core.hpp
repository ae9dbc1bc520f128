// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/cancellation_type.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>

#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

#include <waku/reliability/adapter/asio/alarm.hpp>
#include <waku/reliability/adapter/asio/operation.hpp>
#include <waku/reliability/adapter/asio/receive_queue.hpp>
#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/engine/node.hpp>

namespace waku::reliability {

/// What an application can listen to besides the completions of its own calls. Each is called on the strand and
/// from outside the node, so it may do everything there, even destroy the node. What is empty is not called.
struct asio_node_listener {
  /// A first node took a message; at most once for a message, before its outcome.
  std::function<void(const propagated&)> on_propagated{};
  /// An outcome that no async_publish waits for: of publish(), and of messages that restore() brought back.
  std::function<void(const finished&)> on_finished{};
  /// snapshot() holds something new that should survive a restart.
  std::function<void()> on_persist{};
};

/// What of an Asio node lives on its strand, and outlives it while something is under way: the inner node's
/// host, and the calls that wait. All functions are for the strand unless they say otherwise.
template <class Policies, class Transport, class Message, class Hasher, class Strand>
class asio_core
    : public std::enable_shared_from_this<asio_core<Policies, Transport, Message, Hasher, Strand>> {
 public:
  /// The inner node's host.
  class host {
   public:
    explicit host(asio_core& core) : core_(&core) {}

    [[nodiscard]] instant now() const { return read_clocks(); }
    void wake_at(steady_time at) { core_->wake_at(at); }
    [[nodiscard]] Hasher& hasher() noexcept { return core_->hasher_; }
    void received(deliver<Message>&& delivery) { core_->received(std::move(delivery)); }
    void finished(const reliability::finished& end) { core_->finished(end); }
    void propagated(const reliability::propagated& first) { core_->propagated(first); }
    void persist() { core_->persist(); }

   private:
    asio_core* core_;
  };

  using strand_type = Strand;
  using node_type = node<Policies, Transport, Message, host>;
  using received_type = received_message<Message>;
  using change_operation = asio_operation_owner<std::error_code>;
  using publish_operation = asio_operation_owner<std::error_code, reliability::finished>;
  using receive_operation = asio_operation_owner<std::error_code, received_type>;

  asio_core(const Strand& strand, const receive_queue_options& chosen, Hasher hasher)
      : strand_(strand), alarm_(strand), hasher_(std::move(hasher)), queue_(chosen, &memory_), host_(*this) {}

  /// Makes the inner node, which attaches the transport. Once, before all else.
  void open(Transport& transport, const options& numbers, typename node_type::observer_type observer) {
    const entry inside(*this);
    options seeded = numbers;
    if (!seeded.seed) seeded.seed = drawn_seed();
    node_.emplace(transport, host_, seeded, std::move(observer));
  }
  /// Ends every operation of the transport, completes every call that waits, and destroys the inner node.
  void close() noexcept {
    assert(inside_ == 0 && "an observer or a transport's function destroys the node that calls it");
    closed_ = true;
    try {
      end_inner_node();
    } catch (...) {
      // Thrown by an observer, the hasher or the want of memory; the calls that wait are completed below.
    }
    node_.reset();
    try {
      alarm_.forget();
      alarm_.stop();
      complete_all(asio::error::operation_aborted);
    } catch (...) {
      // Without memory the calls that are left are discarded with the core.
    }
  }

  /// For any thread.
  [[nodiscard]] const Strand& strand() const noexcept { return strand_; }
  /// For any thread: whether it is on the strand, and not inside a call of the inner node.
  [[nodiscard]] bool may_enter() const { return strand_.running_in_this_thread() && inside_ == 0; }
  /// For any thread: where it takes memory for a call; nullptr off the strand.
  [[nodiscard]] std::pmr::memory_resource* pool_here() {
    return strand_.running_in_this_thread() ? &memory_ : nullptr;
  }
  /// For any thread: a name for a call that can be cancelled. Never 0.
  [[nodiscard]] std::uint64_t new_ticket() noexcept { return ++tickets_; }

  [[nodiscard]] asio_alarm<asio_core, Strand>& alarm() noexcept { return alarm_; }
  [[nodiscard]] const receive_queue<Message>& queue() const noexcept { return queue_; }
  void listen(asio_node_listener listener) {
    listener_ = std::make_shared<const asio_node_listener>(std::move(listener));
  }

  /// Calls `act` with the inner node. What `act` leads to does not come back into the node.
  template <class Act>
  decltype(auto) with_node(Act&& act) {
    const entry inside(*this);
    return std::forward<Act>(act)(*node_);
  }

  /// Called by the alarm, from a function that was posted: wakes the inner node if it is due, then runs the
  /// handlers of the calls that have got their results.
  void woken() {
    try {
      runs_handlers_soon_ = true;
      if (!closed_ && alarm_.is_due()) wake_inner_node();
      runs_handlers_soon_ = false;
      run_handlers();
    } catch (...) {
      runs_handlers_soon_ = false;
      post_turn();
      throw;
    }
  }

  // How calls begin. A ticket other than 0 names a call that can be cancelled.

  void begin_publish(publish_operation operation, std::uint64_t ticket, std::string_view pubsub_topic,
                     Message message) {
    if (closed_) return end(std::move(operation), asio::error::operation_aborted);
    const result<request_id> accepted =
        with_node([&](node_type& inner) { return inner.publish(pubsub_topic, std::move(message)); });
    if (!accepted) return end(std::move(operation), make_error_code(accepted.error()));
    publishes_.emplace(*accepted, waiting_publish{std::move(operation), ticket});
    if (ticket != 0) requests_.emplace(ticket, *accepted);
  }
  void begin_receive(receive_operation operation, std::uint64_t ticket) {
    if (closed_) return end(std::move(operation), asio::error::operation_aborted);
    if (auto waiting = queue_.pop()) return end(std::move(operation), {}, std::move(*waiting));
    if (stopped_) return end(std::move(operation), make_error_code(errc::stopped));
    receivers_.push_back({std::move(operation), ticket});
  }
  void begin_stop(change_operation operation) {
    if (closed_) return end(std::move(operation), asio::error::operation_aborted);
    stops_.push_back(std::move(operation));
    with_node([](node_type& inner) { inner.stop(); });
  }
  /// `change` is called with the inner node and gives a result<void>.
  template <class Change>
  void begin_change(change_operation operation, Change&& change) {
    if (closed_) return end(std::move(operation), asio::error::operation_aborted);
    const result<void> answer = with_node(std::forward<Change>(change));
    end(std::move(operation), answer ? std::error_code() : make_error_code(answer.error()));
  }

  // How calls are cancelled. Those that have completed are not found.

  void cancel_publish(std::uint64_t ticket, asio::cancellation_type type) {
    const auto found = requests_.find(ticket);
    if (closed_ || found == requests_.end()) return;
    const request_id request = found->second;
    const bool may_be_out = (type & (asio::cancellation_type::terminal | asio::cancellation_type::partial)) !=
                            asio::cancellation_type::none;
    with_node([&](node_type& inner) {
      const auto stands = inner.status(request);
      const bool unsent = stands && stands->phase == request_phase::waiting && stands->transmissions == 0;
      if (may_be_out || unsent) (void)inner.cancel(request);
    });
  }
  void cancel_receive(std::uint64_t ticket) {
    for (auto each = receivers_.begin(); each != receivers_.end(); ++each) {
      if (each->ticket != ticket) continue;
      receive_operation operation = std::move(each->operation);
      receivers_.erase(each);
      return end(std::move(operation), asio::error::operation_aborted);
    }
  }

 private:
  static std::uint64_t drawn_seed() {
    std::random_device source;
    return std::uint64_t{source()} << 32U | source();
  }
  struct waiting_publish {
    publish_operation operation;
    std::uint64_t ticket;
  };
  struct waiting_receive {
    receive_operation operation;
    std::uint64_t ticket;
  };

  // While one lives, the alarm only takes wishes; when the outermost ends, it plans.
  struct entry {
    explicit entry(asio_core& entered) : core(entered) { ++core.inside_; }
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry() {
      if (--core.inside_ == 0) core.plan();
    }
    asio_core& core;
  };
  void plan() noexcept {
    if (closed_) return;
    try {
      alarm_.plan(this->shared_from_this());
    } catch (...) {
      // Without memory the wake-up is planned anew when the node is next called.
    }
  }

  // The host.

  void wake_at(steady_time at) {
    alarm_.wish(at);
    if (inside_ == 0) plan();
  }
  void received(deliver<Message>&& delivery) {
    received_type arrived{std::string(delivery.pubsub_topic), delivery.hash, delivery.by,
                          std::move(delivery.message)};
    if (receivers_.empty()) return queue_.push(std::move(arrived));
    receive_operation operation = std::move(receivers_.front().operation);
    receivers_.pop_front();
    end(std::move(operation), {}, queue_.pass(std::move(arrived)));
  }
  void finished(const reliability::finished& ended) {
    const auto found = publishes_.find(ended.request);
    if (found == publishes_.end()) {
      if (listener_->on_finished) tell([ended](const auto& listener) { listener.on_finished(ended); });
      return;
    }
    publish_operation operation = std::move(found->second.operation);
    if (found->second.ticket != 0) requests_.erase(found->second.ticket);
    publishes_.erase(found);
    std::error_code error;
    if (std::holds_alternative<cancelled>(ended.outcome)) error = asio::error::operation_aborted;
    end(std::move(operation), error, ended);
  }
  void propagated(const reliability::propagated& first) {
    if (listener_->on_propagated) tell([first](const auto& listener) { listener.on_propagated(first); });
  }
  void persist() {
    if (listener_->on_persist) tell([](const auto& listener) { listener.on_persist(); });
  }

  // Something for the listener, which takes its turn among the handlers.
  template <class Call>
  class told final : public asio_ready_operation {
   public:
    told(asio_core& core, Call call) : core_(&core), listener_(core.listener_), call_(std::move(call)) {}

    void deliver() override {
      asio_core& core = *core_;
      const std::shared_ptr<const asio_node_listener> listener = std::move(listener_);
      const Call call = std::move(call_);
      discard();
      if (!core.closed_) call(*listener);
    }
    void discard() noexcept override { memory_of(*core_).delete_object(this); }

   private:
    asio_core* core_;
    std::shared_ptr<const asio_node_listener> listener_;
    Call call_;
  };
  static std::pmr::polymorphic_allocator<> memory_of(asio_core& core) { return &core.memory_; }
  template <class Call>
  void tell(Call call) {
    ready_.push(memory_of(*this).template new_object<told<Call>>(*this, std::move(call)));
    if (!runs_handlers_soon_) post_turn();
  }

  // The ends.

  void end(publish_operation operation, std::error_code error) {
    end(std::move(operation), error, reliability::finished{request_id{}, std::nullopt, cancelled{}});
  }
  void end(receive_operation operation, std::error_code error) {
    end(std::move(operation), error, received_type{});
  }
  template <class Owner, class... Results>
  void end(Owner operation, std::error_code error, Results&&... results) {
    operation.release()->complete(ready_, error, std::forward<Results>(results)...);
    if (!runs_handlers_soon_) post_turn();
  }
  void post_turn() {
    if (!ready_.empty()) alarm_.post(this->shared_from_this());
  }
  // What a handler brings about waits for the next turn; so does what is left when a handler throws.
  void run_handlers() {
    asio_ready_queue turn(std::move(ready_));
    try {
      while (!turn.empty()) turn.pop()->deliver();
    } catch (...) {
      turn.append(std::move(ready_));
      ready_.append(std::move(turn));
      throw;
    }
  }
  void wake_inner_node() {
    alarm_.forget();
    with_node([](node_type& inner) { inner.wake(); });
    if (!stops_.empty() && !alarm_.has_wish()) {
      stopped_ = true;
      complete_all(make_error_code(errc::stopped));
    }
  }
  void end_inner_node() {
    if (!node_) return;
    with_node([this](node_type& inner) {
      inner.stop();
      do {
        alarm_.forget();
        inner.wake();
      } while (alarm_.has_wish());
    });
  }
  // Whoever asked for the stop is told of no error when there was time to carry it out.
  void complete_all(std::error_code error) {
    for (; !receivers_.empty(); receivers_.pop_front()) end(std::move(receivers_.front().operation), error);
    for (auto each = publishes_.begin(); each != publishes_.end(); each = publishes_.erase(each)) {
      end(std::move(each->second.operation), error);
    }
    for (; !stops_.empty(); stops_.pop_front()) {
      end(std::move(stops_.front()), stopped_ ? std::error_code() : error);
    }
  }

  Strand strand_;
  asio_alarm<asio_core, Strand> alarm_;
  Hasher hasher_;
  std::shared_ptr<const asio_node_listener> listener_ = std::make_shared<const asio_node_listener>();
  std::pmr::unsynchronized_pool_resource memory_;  // so that a call that waits allocates nothing, once warm
  receive_queue<Message> queue_;
  std::pmr::unordered_map<request_id, waiting_publish> publishes_{&memory_};
  std::pmr::unordered_map<std::uint64_t, request_id> requests_{&memory_};
  std::pmr::deque<waiting_receive> receivers_{&memory_};
  std::pmr::deque<change_operation> stops_{&memory_};
  asio_ready_queue ready_;
  std::atomic<std::uint64_t> tickets_ = 0;
  std::size_t inside_ = 0;
  bool runs_handlers_soon_ = false;
  bool stopped_ = false;
  bool closed_ = false;
  host host_;
  std::optional<node_type> node_;
};

}  // namespace waku::reliability
