// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/bind_executor.hpp>
#include <asio/execution/executor.hpp>
#include <asio/execution/outstanding_work.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/prefer.hpp>
#include <asio/recycling_allocator.hpp>

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace waku::reliability {

/// An operation that has its results and waits for its turn on the strand.
class asio_ready_operation {
 public:
  asio_ready_operation(const asio_ready_operation&) = delete;
  asio_ready_operation& operator=(const asio_ready_operation&) = delete;

  /// Gives the operation's memory back, then calls its handler with the results.
  virtual void deliver() = 0;
  /// Destroys the operation without calling its handler.
  virtual void discard() noexcept = 0;

 protected:
  asio_ready_operation() = default;
  ~asio_ready_operation() = default;

 private:
  friend class asio_ready_queue;
  asio_ready_operation* next_ = nullptr;
};

/// Operations whose handlers run on the strand, in the order in which they got their results. Linked through the
/// operations themselves, so that completing takes no memory.
class asio_ready_queue {
 public:
  asio_ready_queue() = default;
  asio_ready_queue(asio_ready_queue&& other) noexcept
      : first_(std::exchange(other.first_, nullptr)), last_(std::exchange(other.last_, nullptr)) {}
  asio_ready_queue& operator=(asio_ready_queue&&) = delete;
  ~asio_ready_queue() {
    while (first_ != nullptr) pop()->discard();
  }

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  void push(asio_ready_operation* added) noexcept {
    (first_ == nullptr ? first_ : last_->next_) = added;
    last_ = added;
  }
  /// Takes the first operation out. Only where there is one.
  [[nodiscard]] asio_ready_operation* pop() noexcept {
    asio_ready_operation* const popped = first_;
    first_ = popped->next_;
    popped->next_ = nullptr;
    return popped;
  }
  /// Puts what `later` holds behind what this holds.
  void append(asio_ready_queue&& later) noexcept {
    while (!later.empty()) push(later.pop());
  }

 private:
  asio_ready_operation* first_ = nullptr;
  asio_ready_operation* last_ = nullptr;
};

/// An asynchronous call that has not completed: a completion handler of a type that is forgotten, which waits
/// for `Results`. Held by an asio_operation_owner, on the strand.
template <class... Results>
class asio_operation : public asio_ready_operation {
 public:
  /// Ends the operation with these results. One whose handler runs on the strand goes into `ready`; any other
  /// is destroyed, and its handler posted to its own executor.
  virtual void complete(asio_ready_queue& ready, Results... results) = 0;

 protected:
  asio_operation() = default;
  ~asio_operation() = default;
};

/// Discards an operation that nobody completed, as happens when an execution context is destroyed.
struct asio_operation_discarded {
  void operator()(asio_ready_operation* operation) const noexcept { operation->discard(); }
};

/// The one owner of an operation; `release()->complete(...)` ends both.
template <class... Results>
using asio_operation_owner = std::unique_ptr<asio_operation<Results...>, asio_operation_discarded>;

/// Where an operation's memory comes from when its handler has no allocator: the pool of the strand that it is
/// started on, else Asio's recycling allocator, which any thread may use. The recycling allocator alone keeps
/// too few blocks for the many messages that wait for their outcome.
template <class Value>
class asio_operation_allocator {
 public:
  using value_type = Value;

  /// `pool` is for callers on the strand; for others it is nullptr.
  explicit asio_operation_allocator(std::pmr::memory_resource* pool) noexcept : pool_(pool) {}
  template <class Other>
  asio_operation_allocator(const asio_operation_allocator<Other>& other) noexcept  // NOLINT: as allocators do
      : pool_(other.pool()) {}

  [[nodiscard]] std::pmr::memory_resource* pool() const noexcept { return pool_; }
  [[nodiscard]] Value* allocate(std::size_t count) {
    if (pool_ == nullptr) return asio::recycling_allocator<Value>().allocate(count);
    return static_cast<Value*>(pool_->allocate(count * sizeof(Value), alignof(Value)));
  }
  void deallocate(Value* taken, std::size_t count) {
    if (pool_ == nullptr) return asio::recycling_allocator<Value>().deallocate(taken, count);
    pool_->deallocate(taken, count * sizeof(Value), alignof(Value));
  }
  template <class Other>
  friend bool operator==(const asio_operation_allocator& left,
                         const asio_operation_allocator<Other>& right) noexcept {
    return left.pool() == right.pool();
  }

 private:
  std::pmr::memory_resource* pool_;
};

/// An executor that counts as having work as long as this lives.
template <class Executor>
class asio_work {
 public:
  explicit asio_work(const Executor& executor)
      : tracked_(asio::prefer(executor, asio::execution::outstanding_work.tracked)) {}

  [[nodiscard]] const auto& executor() const noexcept { return tracked_; }

 private:
  std::decay_t<decltype(asio::prefer(std::declval<const Executor&>(),
                                     asio::execution::outstanding_work.tracked))>
      tracked_;
};

/// The same for an executor of the Networking TS, which has no properties.
template <class Executor>
  requires(!asio::execution::is_executor<Executor>::value)
class asio_work<Executor> {
 public:
  explicit asio_work(const Executor& executor) : guard_(executor) {}

  [[nodiscard]] Executor executor() const noexcept { return guard_.get_executor(); }

 private:
  asio::executor_work_guard<Executor> guard_;
};

/// What is posted for an operation whose handler runs elsewhere than on the strand.
struct asio_delivery {
  std::unique_ptr<asio_ready_operation, asio_operation_discarded> operation;
  void operator()() { operation.release()->deliver(); }
};

/// An operation with its handler. Its memory comes from the handler's associated allocator, else from an
/// asio_operation_allocator; it counts as outstanding work of the strand and of the handler's own executor.
template <class Strand, class Handler, class... Results>
class asio_handler_operation final : public asio_operation<Results...> {
 public:
  /// `pool` is the strand's, for callers on the strand; for others it is nullptr.
  [[nodiscard]] static asio_operation_owner<Results...> make(const Strand& strand,
                                                             std::pmr::memory_resource* pool,
                                                             Handler&& handler) {
    const handler_executor executor = asio::get_associated_executor(handler, strand);
    const bool on_strand = is_strand(executor, strand);
    if (!on_strand) pool = nullptr;  // the memory goes back where the handler runs
    allocator source(asio::get_associated_allocator(handler, fallback(pool)));
    const memory place(source);
    auto* made = ::new (static_cast<void*>(place.taken))
        asio_handler_operation(strand, executor, on_strand, pool, std::move(handler));
    place.used = true;
    return asio_operation_owner<Results...>(made);
  }

  void complete(asio_ready_queue& ready, Results... results) override {
    results_.emplace(std::move(results)...);
    if (on_strand_) return ready.push(this);
    // By way of what is below the strand, so that executors that can only be dispatched to, as that of
    // use_future, are served, and no handler but the strand's own holds the strand up.
    const asio_work<Strand> strand_work(std::move(strand_work_));
    const asio_work<handler_executor> handler_work(handler_work_);
    asio_delivery delivery{{this, {}}};
    asio::post(strand_work.executor().get_inner_executor(),
               asio::bind_executor(handler_work.executor(), std::move(delivery)));
  }
  void deliver() override {
    std::tuple<Results...> results(std::move(*results_));
    Handler handler = end();
    // A signal that comes late finds an empty slot.
    if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) slot.clear();
    std::apply([&](Results&... each) { std::move(handler)(std::move(each)...); }, results);
  }
  void discard() noexcept override { end(); }

 private:
  using handler_executor = asio::associated_executor_t<Handler, Strand>;
  using fallback = asio_operation_allocator<void>;
  using allocator = typename std::allocator_traits<
      asio::associated_allocator_t<Handler, fallback>>::template rebind_alloc<asio_handler_operation>;

  // Memory that goes back if the constructor throws.
  struct memory {
    explicit memory(allocator& from) : source(from), taken(from.allocate(1)) {}
    memory(const memory&) = delete;
    memory& operator=(const memory&) = delete;
    ~memory() {
      if (!used) source.deallocate(taken, 1);
    }
    allocator& source;
    asio_handler_operation* taken;
    mutable bool used = false;
  };

  asio_handler_operation(const Strand& strand, const handler_executor& executor, bool on_strand,
                         std::pmr::memory_resource* pool, Handler&& handler)
      : pool_(pool),
        handler_(std::move(handler)),
        strand_work_(strand),
        handler_work_(executor),
        on_strand_(on_strand) {}
  ~asio_handler_operation() = default;

  static bool is_strand(const handler_executor& executor, const Strand& strand) {
    if constexpr (std::is_same_v<handler_executor, Strand>) return executor == strand;
    return false;
  }
  // Destroys the operation and gives its memory back; the handler is what remains.
  Handler end() {
    Handler handler(std::move(handler_));
    allocator source(asio::get_associated_allocator(handler, fallback(pool_)));
    this->~asio_handler_operation();
    source.deallocate(this, 1);
    return handler;
  }

  std::pmr::memory_resource* pool_;
  Handler handler_;
  asio_work<Strand> strand_work_;
  asio_work<handler_executor> handler_work_;
  std::optional<std::tuple<Results...>> results_;
  bool on_strand_;
};

}  // namespace waku::reliability
