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

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace waku::reliability {

/// An asynchronous call that has not completed: a completion handler of a type that is forgotten, which waits
/// for `Results`. Held by an asio_operation_owner, on the strand.
template <class... Results>
class asio_operation {
 public:
  asio_operation(const asio_operation&) = delete;
  asio_operation& operator=(const asio_operation&) = delete;

  /// Gives the operation's memory back, then posts its handler with the results. Never calls it inline.
  virtual void complete(Results... results) = 0;
  /// Destroys the operation without calling its handler.
  virtual void discard() noexcept = 0;

 protected:
  asio_operation() = default;
  ~asio_operation() = default;
};

/// Discards an operation that nobody completed, as happens when an execution context is destroyed.
struct asio_operation_discarded {
  template <class... Results>
  void operator()(asio_operation<Results...>* operation) const noexcept {
    operation->discard();
  }
};

/// The one owner of an operation; `release()->complete(...)` ends both.
template <class... Results>
using asio_operation_owner = std::unique_ptr<asio_operation<Results...>, asio_operation_discarded>;

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

/// The function that is posted in the end: the handler with its results. A connected cancellation slot is
/// cleared before the handler runs, so that a late signal finds nothing.
template <class Handler, class... Results>
class asio_completion {
 public:
  using allocator_type = asio::associated_allocator_t<Handler, asio::recycling_allocator<void>>;

  explicit asio_completion(Handler&& handler, Results&&... results)
      : handler_(std::move(handler)), results_(std::move(results)...) {}

  [[nodiscard]] allocator_type get_allocator() const noexcept {
    return asio::get_associated_allocator(handler_, asio::recycling_allocator<void>());
  }
  void operator()() {
    if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected()) slot.clear();
    std::apply([this](Results&... results) { std::move(handler_)(std::move(results)...); }, results_);
  }

 private:
  Handler handler_;
  std::tuple<Results...> results_;
};

/// An operation with its handler. Its memory comes from the handler's associated allocator, else from Asio's
/// recycling allocator; it counts as outstanding work of the strand and of the handler's own executor.
template <class Strand, class Handler, class... Results>
class asio_handler_operation final : public asio_operation<Results...> {
 public:
  [[nodiscard]] static asio_operation_owner<Results...> make(const Strand& strand, Handler&& handler) {
    allocator allocator_here(asio::get_associated_allocator(handler, asio::recycling_allocator<void>()));
    const memory place(allocator_here);
    auto* made = ::new (static_cast<void*>(place.taken)) asio_handler_operation(strand, std::move(handler));
    place.used = true;
    return asio_operation_owner<Results...>(made);
  }

  void complete(Results... results) override {
    Handler handler(std::move(handler_));
    const asio_work<Strand> strand_work(std::move(strand_work_));
    const asio_work<handler_executor> handler_work(std::move(handler_work_));
    discard_moved(handler);
    asio_completion<Handler, Results...> completion(std::move(handler), std::move(results)...);
    if constexpr (std::is_same_v<handler_executor, Strand>) {
      asio::post(handler_work.executor(), std::move(completion));
    } else {
      // By way of what is below the strand, and no longer inside it: the handler does not hold the strand up,
      // and executors that can only be dispatched to, as that of use_future, are served.
      asio::post(strand_work.executor().get_inner_executor(),
                 asio::bind_executor(handler_work.executor(), std::move(completion)));
    }
  }

  void discard() noexcept override {
    Handler handler(std::move(handler_));
    discard_moved(handler);
  }

 private:
  using handler_executor = asio::associated_executor_t<Handler, Strand>;
  using allocator =
      typename std::allocator_traits<asio::associated_allocator_t<Handler, asio::recycling_allocator<void>>>::
          template rebind_alloc<asio_handler_operation>;

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

  asio_handler_operation(const Strand& strand, Handler&& handler)
      : handler_(std::move(handler)),
        strand_work_(strand),
        handler_work_(asio::get_associated_executor(handler_, strand)) {}
  ~asio_handler_operation() = default;

  // The handler has left, and still knows the allocator.
  void discard_moved(const Handler& handler) noexcept {
    allocator source(asio::get_associated_allocator(handler, asio::recycling_allocator<void>()));
    this->~asio_handler_operation();
    source.deallocate(this, 1);
  }

  Handler handler_;
  asio_work<Strand> strand_work_;
  asio_work<handler_executor> handler_work_;
};

}  // namespace waku::reliability
