// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/asio/operation.hpp>

#include <doctest/doctest.h>
#include <asio/any_io_executor.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <new>
#include <string>
#include <utility>

namespace operation_tests {

namespace wr = waku::reliability;

namespace {

using strand = asio::strand<asio::any_io_executor>;

template <class Handler>
auto make_operation(const strand& on, Handler handler) {
  return wr::asio_handler_operation<strand, Handler, int, std::string>::make(on, nullptr, std::move(handler));
}

// Ends the operation as a core does: handlers of the strand run from a function that was posted.
template <class Owner>
void complete(const strand& on, Owner operation, int number, std::string text) {
  auto ready = std::make_shared<wr::asio_ready_queue>();
  operation.release()->complete(*ready, number, std::move(text));
  asio::post(on, [ready] {
    if (!ready->empty()) ready->pop()->deliver();
    CHECK(ready->empty());
  });
}

// An allocator that counts what it has given and not taken back.
template <class Value>
struct counting_allocator {
  using value_type = Value;

  explicit counting_allocator(std::size_t& held_bytes, std::size_t& all_calls)
      : held(&held_bytes), calls(&all_calls) {}
  template <class Other>
  counting_allocator(const counting_allocator<Other>& other)
      : held(other.held), calls(other.calls) {}  // NOLINT

  Value* allocate(std::size_t count) {
    *held += count * sizeof(Value);
    ++*calls;
    return static_cast<Value*>(::operator new(count * sizeof(Value)));
  }
  void deallocate(Value* taken, std::size_t count) {
    *held -= count * sizeof(Value);
    ::operator delete(taken);
  }
  template <class Other>
  friend bool operator==(const counting_allocator& left, const counting_allocator<Other>& right) {
    return left.held == right.held;
  }

  std::size_t* held;
  std::size_t* calls;
};

template <class Work>
struct allocating_handler {
  using allocator_type = counting_allocator<std::byte>;
  allocator_type allocator;
  Work work;

  [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator; }
  void operator()(int, const std::string&) { work(); }
};

// An executor as the Networking TS had them: no properties, but counts of work.
class old_executor {
 public:
  old_executor(asio::io_context& context, int& work) : context_(&context), work_(&work) {}

  [[nodiscard]] asio::execution_context& context() const noexcept { return *context_; }
  void on_work_started() const noexcept { ++*work_; }
  void on_work_finished() const noexcept { --*work_; }
  template <class Function, class Allocator>
  void dispatch(Function&& function, const Allocator& allocator) const {
    context_->get_executor().dispatch(std::forward<Function>(function), allocator);
  }
  template <class Function, class Allocator>
  void post(Function&& function, const Allocator& allocator) const {
    context_->get_executor().post(std::forward<Function>(function), allocator);
  }
  template <class Function, class Allocator>
  void defer(Function&& function, const Allocator& allocator) const {
    context_->get_executor().defer(std::forward<Function>(function), allocator);
  }
  friend bool operator==(const old_executor& left, const old_executor& right) noexcept {
    return left.context_ == right.context_;
  }
  [[maybe_unused]] friend bool operator!=(const old_executor& left, const old_executor& right) noexcept {
    return !(left == right);
  }

 private:
  asio::io_context* context_;
  int* work_;
};

}  // namespace

TEST_CASE("a completed operation calls its handler with the results, once, when its turn comes") {
  asio::io_context context;
  const strand on(context.get_executor());
  int calls = 0;
  auto operation =
      make_operation(on, [&, held = std::make_unique<int>(1)](int number, const std::string& text) {
        calls += *held;
        CHECK(number == 5);
        CHECK(text == "five");
        CHECK(on.running_in_this_thread());
      });
  context.poll();
  CHECK_FALSE(context.stopped());  // an operation is work
  complete(on, std::move(operation), 5, "five");
  CHECK(calls == 0);
  context.run();
  CHECK(calls == 1);
}

TEST_CASE("an operation that nobody completes destroys its handler uncalled, and is work no more") {
  asio::io_context context;
  const strand on(context.get_executor());
  const auto token = std::make_shared<int>(0);
  {
    auto operation = make_operation(on, [token](int, const std::string&) { ++*token; });
    CHECK(token.use_count() == 2);
    context.poll();
    CHECK_FALSE(context.stopped());
  }
  CHECK(token.use_count() == 1);
  context.poll();
  CHECK(context.stopped());
  CHECK(*token == 0);
}

TEST_CASE("memory comes from the handler's allocator, and is back before the handler runs") {
  asio::io_context context;
  const strand on(context.get_executor());
  std::size_t held = 0;
  std::size_t calls = 0;
  bool ran = false;
  const auto check = [&] {
    ran = true;
    CHECK(held == 0);
  };
  SUBCASE("on the strand") {
    auto operation = make_operation(
        on, allocating_handler<decltype(check)>{counting_allocator<std::byte>(held, calls), check});
    CHECK(calls == 1);
    CHECK(held > 0);
    complete(on, std::move(operation), 1, "");
  }
  SUBCASE("on an executor that takes allocators") {
    auto operation = make_operation(
        on,
        asio::bind_executor(context.get_executor(), allocating_handler<decltype(check)>{
                                                        counting_allocator<std::byte>(held, calls), check}));
    CHECK(calls == 1);
    complete(on, std::move(operation), 1, "");
  }
  SUBCASE("when it is discarded") {
    {
      auto operation = make_operation(
          on, allocating_handler<decltype(check)>{counting_allocator<std::byte>(held, calls), check});
    }
    CHECK(calls == 1);
    CHECK(held == 0);
    ran = true;
  }
  context.run();
  CHECK(ran);
  CHECK(held == 0);
}

TEST_CASE("a constructor that throws gives the memory back") {
  struct throwing_handler {
    using allocator_type = counting_allocator<std::byte>;
    using executor_type = asio::io_context::executor_type;
    allocator_type allocator;
    asio::io_context* context;
    int moves = 0;

    throwing_handler(allocator_type from, asio::io_context& of) : allocator(from), context(&of) {}
    throwing_handler(throwing_handler&& other)
        : allocator(other.allocator), context(other.context), moves(other.moves + 1) {
      if (moves == 2) throw std::bad_alloc();
    }
    [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator; }
    [[nodiscard]] executor_type get_executor() const noexcept { return context->get_executor(); }
    void operator()(int, const std::string&) {}
  };
  asio::io_context context;
  const strand on(context.get_executor());
  std::size_t held = 0;
  std::size_t calls = 0;
  using operation_type = wr::asio_handler_operation<strand, throwing_handler, int, std::string>;
  throwing_handler first(counting_allocator<std::byte>(held, calls), context);
  throwing_handler second(std::move(first));
  CHECK_THROWS_AS((void)operation_type::make(on, nullptr, std::move(second)), std::bad_alloc);
  CHECK(calls == 1);
  CHECK(held == 0);
}

TEST_CASE("a cancellation slot is empty by the time the handler runs") {
  asio::io_context context;
  const strand on(context.get_executor());
  asio::cancellation_signal signal;
  int cancels = 0;
  bool ran = false;
  signal.slot().assign([&](asio::cancellation_type) { ++cancels; });
  auto operation =
      make_operation(on, asio::bind_cancellation_slot(signal.slot(), [&](int, const std::string&) {
                       ran = true;
                       CHECK_FALSE(signal.slot().has_handler());
                     }));
  signal.emit(asio::cancellation_type::terminal);
  CHECK(cancels == 1);
  complete(on, std::move(operation), 1, "");
  context.run();
  CHECK(ran);
  signal.emit(asio::cancellation_type::terminal);
  CHECK(cancels == 1);
}

TEST_CASE("the handler's own executor has work while the operation waits, and no longer") {
  asio::io_context context;
  asio::io_context other;
  const strand on(context.get_executor());
  bool ran = false;
  auto operation = make_operation(on, asio::bind_executor(other, [&](int, const std::string&) {
                                    ran = true;
                                    CHECK_FALSE(on.running_in_this_thread());
                                  }));
  other.poll();
  CHECK_FALSE(other.stopped());
  complete(on, std::move(operation), 1, "");
  context.run();
  CHECK_FALSE(ran);
  other.run();
  CHECK(ran);
}

TEST_CASE("an executor of the Networking TS counts its work and runs its handler") {
  asio::io_context context;
  asio::io_context other;
  const strand on(context.get_executor());
  int work = 0;
  bool ran = false;
  auto operation = make_operation(
      on, asio::bind_executor(old_executor(other, work), [&](int, const std::string&) { ran = true; }));
  CHECK(work == 1);
  complete(on, std::move(operation), 1, "");
  context.run();
  other.run();
  CHECK(ran);
  CHECK(work == 0);
}

TEST_CASE("operations that wait for their turn are destroyed with their queue, uncalled") {
  asio::io_context context;
  const strand on(context.get_executor());
  const auto token = std::make_shared<int>(0);
  const auto make = [&] {
    return make_operation(on, [token](int number, const std::string&) { *token += number; });
  };
  {
    wr::asio_ready_queue first;
    wr::asio_ready_queue second;
    for (int number = 1; number <= 3; ++number)
      make().release()->complete(number < 3 ? first : second, number, "");
    CHECK(token.use_count() == 4);
    first.append(std::move(second));
    CHECK(second.empty());
    first.pop()->deliver();
    CHECK(*token == 1);
    const wr::asio_ready_queue moved(std::move(first));
    CHECK(first.empty());
    CHECK(token.use_count() == 3);
  }
  CHECK(token.use_count() == 1);
  CHECK(*token == 1);
}

TEST_CASE("an operation that is started on the strand takes its memory from the strand's pool") {
  struct counting_resource final : std::pmr::memory_resource {
    std::size_t held = 0;
    std::size_t calls = 0;

    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
      held += bytes;
      ++calls;
      return std::pmr::new_delete_resource()->allocate(bytes, alignment);
    }
    void do_deallocate(void* taken, std::size_t bytes, std::size_t alignment) override {
      held -= bytes;
      std::pmr::new_delete_resource()->deallocate(taken, bytes, alignment);
    }
    [[nodiscard]] bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
      return this == &other;
    }
  };
  asio::io_context context;
  const strand on(context.get_executor());
  counting_resource pool;
  bool ran = false;
  const auto handler = [&](int, const std::string&) {
    ran = true;
    CHECK(pool.held == 0);
  };
  auto operation = wr::asio_handler_operation<strand, decltype(handler), int, std::string>::make(
      on, &pool, decltype(handler)(handler));
  CHECK(pool.calls == 1);
  CHECK(pool.held > 0);
  complete(on, std::move(operation), 1, "");
  context.run();
  CHECK(ran);
  CHECK(pool.calls == 1);
}

}  // namespace operation_tests
