// SPDX-License-Identifier: Apache-2.0 OR MIT
// The Asio node with completion tokens other than callbacks.
#include <doctest/doctest.h>
#include <asio/async_result.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/use_future.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if defined(ASIO_HAS_CO_AWAIT)
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/use_awaitable.hpp>
#endif

#include <adapter/asio_bench.hpp>

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using bench::make_message;
using bench::run_ready;
using bench::run_until;
using bench::text_of;

namespace {

template <class Executor = asio::strand<asio::any_io_executor>>
struct bench_for {
  bench_for() { transport.inner.discover(1); }
  void subscribe() {
    const std::string_view topics[] = {bench::content_topic};
    REQUIRE(node.subscribe(bench::topic, topics));
    run_ready(context);
  }

  asio::io_context context;
  bench::prompt_transport transport;
  bench::node_for<bench::plain_client, Executor> node{context.get_executor(), transport.inner};
};
using running = bench_for<>;

template <class Value>
bool is_ready(const std::future<Value>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

// Remembers how it is meant to be called, and calls nothing: as a token that starts later.
struct later {};
template <class Initiation, class... Arguments>
struct packed {
  Initiation initiation;
  std::tuple<Arguments...> arguments;

  template <class Handler>
  void start(Handler handler) {
    std::apply([&](Arguments&... each) { std::move(initiation)(std::move(handler), std::move(each)...); },
               arguments);
  }
};

}  // namespace

template <class... Signatures>
class asio::async_result<later, Signatures...> {
 public:
  template <class Initiation, class Token, class... Arguments>
  static auto initiate(Initiation&& initiation, Token&&, Arguments&&... arguments) {
    return packed<std::decay_t<Initiation>, std::decay_t<Arguments>...>{
        std::forward<Initiation>(initiation), {std::forward<Arguments>(arguments)...}};
  }
};

TEST_CASE_FIXTURE(running, "a future gives the outcome, and throws a refusal") {
  std::future<wr::finished> good = node.async_publish(bench::topic, make_message("hello"), asio::use_future);
  std::future<wr::finished> refused = node.async_publish(bench::topic, make_message(""), asio::use_future);
  run_until(context, [&] { return is_ready(good) && is_ready(refused); });
  CHECK(std::holds_alternative<wr::unconfirmed>(good.get().outcome));
  try {
    (void)refused.get();
    FAIL("an empty payload is refused");
  } catch (const std::system_error& error) {
    CHECK(error.code() == wr::errc::empty_payload);
  }
}

TEST_CASE_FIXTURE(running, "futures receive, subscribe and stop") {
  std::future<void> subscribed =
      node.async_subscribe(bench::topic, {std::string(bench::content_topic)}, asio::use_future);
  std::future<wr::received_message<wr::message>> first = node.async_receive(asio::use_future);
  std::future<wr::received_message<wr::message>> second = node.async_receive(asio::use_future);
  run_ready(context);
  CHECK(is_ready(subscribed));
  transport.push(make_message("one"));
  run_until(context, [&] { return is_ready(first); });
  CHECK(text_of(first.get().message) == "one");
  std::future<void> stopped = node.async_stop(asio::use_future);
  context.restart();
  context.run();
  REQUIRE(is_ready(stopped));
  CHECK_NOTHROW(stopped.get());
  CHECK_THROWS_AS((void)second.get(), std::system_error);
}

TEST_CASE_FIXTURE(running, "a token may start the call later, even when the node is gone") {
  auto short_lived = std::make_unique<bench::plain_node>(context.get_executor(), transport.inner);
  auto call = short_lived->async_publish(bench::topic, make_message("hello"), later());
  auto receive = short_lived->async_receive(later());
  run_ready(context);
  CHECK(transport.inner.requests().empty());
  short_lived.reset();
  std::vector<std::error_code> errors;
  call.start([&](std::error_code error, const wr::finished&) { errors.push_back(error); });
  receive.start([&](std::error_code error, const auto&) { errors.push_back(error); });
  CHECK(errors.empty());
  run_ready(context);
  CHECK(errors == std::vector<std::error_code>(2, asio::error::operation_aborted));
}

#if defined(ASIO_HAS_CO_AWAIT)

TEST_CASE_FIXTURE(running, "a coroutine publishes and receives line by line") {
  std::vector<std::string> told;
  const std::vector<std::string> topics{
      std::string(bench::content_topic)};  // g++ 12: no braced list in co_await
  const auto talk = [&]() -> asio::awaitable<void> {
    co_await node.async_subscribe(bench::topic, topics, asio::use_awaitable);
    const wr::finished end =
        co_await node.async_publish(bench::topic, make_message("hello"), asio::use_awaitable);
    told.emplace_back(std::holds_alternative<wr::unconfirmed>(end.outcome) ? "unconfirmed" : "another");
    try {
      co_await node.async_publish(bench::topic, make_message(""), asio::use_awaitable);
    } catch (const std::system_error& error) {
      told.emplace_back(error.code() == wr::errc::empty_payload ? "refused" : "another");
    }
    transport.push(make_message("answer"));
    const auto received = co_await node.async_receive(asio::use_awaitable);
    told.push_back(text_of(received.message));
    co_await node.async_stop(asio::use_awaitable);
    told.emplace_back("stopped");
  };
  asio::co_spawn(node.get_executor(), talk, asio::detached);
  context.run();
  CHECK(told == std::vector<std::string>{"unconfirmed", "refused", "answer", "stopped"});
}

TEST_CASE("a node can have awaiting as its default token") {
  using awaiting_node = asio::use_awaitable_t<>::as_default_on_t<bench::plain_node>;
  asio::io_context context;
  bench::prompt_transport transport;
  awaiting_node node(context.get_executor(), transport.inner);
  transport.inner.discover(1);
  bool done = false;
  const std::vector<std::string> topics{std::string(bench::content_topic)};
  const auto talk = [&]() -> asio::awaitable<void> {
    const wr::finished end = co_await node.async_publish(bench::topic, make_message("hello"));
    CHECK(std::holds_alternative<wr::unconfirmed>(end.outcome));
    co_await node.async_subscribe(bench::topic, topics);
    co_await node.async_unsubscribe(bench::topic, topics);
    co_await node.async_stop();
    done = true;
  };
  asio::co_spawn(context, talk, asio::detached);
  context.run();
  CHECK(done);
}

TEST_CASE_FIXTURE(running, "a coroutine that is cancelled ends the call that it waits in") {
  transport.hold_pushes();
  asio::cancellation_signal signal;
  std::vector<std::error_code> errors;
  const auto wait = [&]() -> asio::awaitable<void> {
    try {
      co_await node.async_publish(bench::topic, make_message("hello"), asio::use_awaitable);
    } catch (const std::system_error& error) {
      errors.push_back(error.code());
    }
  };
  asio::co_spawn(node.get_executor(), wait, asio::bind_cancellation_slot(signal.slot(), asio::detached));
  run_ready(context);
  CHECK(transport.inner.open_requests() == 1);
  asio::post(node.get_executor(), [&] { signal.emit(asio::cancellation_type::terminal); });
  run_ready(context);
  CHECK(errors == std::vector<std::error_code>{asio::error::operation_aborted});
  CHECK(transport.inner.open_requests() == 0);
}

#endif

namespace asio_tokens_tests {


}  // namespace asio_tokens_tests
