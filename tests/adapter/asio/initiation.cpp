// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/asio/initiation.hpp>

#include <doctest/doctest.h>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <adapter/asio_bench.hpp>

namespace initiation_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using bench::make_message;
using bench::run_ready;
using bench::text_of;

namespace {

struct fixture {
  fixture() { transport.hold_pushes(); }

  // Publishes, and keeps the end where the test can see it.
  void publish(std::string_view text) {
    node.async_publish(
        bench::topic, make_message(text),
        asio::bind_cancellation_slot(signal.slot(), [this](std::error_code e, const wr::finished& f) {
          CHECK_FALSE(end);
          error = e;
          end = f;
        }));
  }
  [[nodiscard]] bool aborted() const {
    return end && error == asio::error::operation_aborted &&
           std::holds_alternative<wr::cancelled>(end->outcome);
  }
  [[nodiscard]] wr::operation_id held_push() const {
    return transport.inner.last(wr::operation_kind::lightpush).operation;
  }

  asio::io_context context;
  bench::prompt_transport transport;
  bench::plain_node node{context.get_executor(), transport.inner};
  asio::cancellation_signal signal;
  std::error_code error;
  std::optional<wr::finished> end;
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "an initiation names the executor that it starts on") {
  using core = wr::asio_core<bench::plain_client, bench::client_transport, wr::message, wt::fast_hasher,
                             asio::strand<asio::any_io_executor>>;
  static_assert(std::same_as<wr::initiate_asio_publish<core, wr::message>::executor_type,
                             asio::strand<asio::any_io_executor>>);
  static_assert(
      std::same_as<wr::initiate_asio_receive<core>::executor_type, asio::strand<asio::any_io_executor>>);
  static_assert(
      std::same_as<wr::initiate_asio_change<core>::executor_type, asio::strand<asio::any_io_executor>>);
  static_assert(
      std::same_as<wr::initiate_asio_stop<core>::executor_type, asio::strand<asio::any_io_executor>>);
  const auto made =
      std::make_shared<core>(node.get_executor(), wr::receive_queue_options{}, wt::fast_hasher{});
  CHECK(wr::initiate_asio_stop<core>(made).get_executor() == node.get_executor());
}

TEST_CASE_FIXTURE(fixture,
                  "a signal drops a message that is on its way, and ends what the transport is doing") {
  for (const auto type :
       {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::all}) {
    transport.inner.discover(1);
    end.reset();
    publish("hello");
    run_ready(context);
    CHECK_FALSE(end);
    CHECK(transport.inner.open_requests() == 1);
    signal.emit(type);
    CHECK_FALSE(end);  // never inside the signal
    run_ready(context);
    CHECK(aborted());
    CHECK(end->hash.has_value());
    CHECK(transport.inner.open_requests() == 0);
    CHECK(node.pending() == 0);
  }
}

TEST_CASE_FIXTURE(fixture, "a signal that allows no effect drops a message only while nothing has left") {
  publish("no peer yet");
  run_ready(context);
  signal.emit(asio::cancellation_type::total);
  run_ready(context);
  CHECK(aborted());
  end.reset();
  transport.inner.discover(1);
  publish("on its way");
  run_ready(context);
  signal.emit(asio::cancellation_type::total);
  run_ready(context);
  CHECK_FALSE(end);
  transport.inner.answer(held_push(), wt::push_accepted());
  run_ready(context);
  REQUIRE(end);
  CHECK_FALSE(error);
  CHECK(std::holds_alternative<wr::unconfirmed>(end->outcome));
}

TEST_CASE_FIXTURE(fixture, "a signal of no type does nothing") {
  publish("no peer yet");
  run_ready(context);
  signal.emit(asio::cancellation_type::none);
  run_ready(context);
  CHECK_FALSE(end);
}

TEST_CASE_FIXTURE(fixture, "a signal finds a call that was started and has not reached the strand") {
  publish("hello");
  signal.emit(asio::cancellation_type::terminal);
  run_ready(context);
  CHECK(aborted());
}

TEST_CASE_FIXTURE(fixture, "a signal after the end finds nothing") {
  transport.inner.discover(1);
  publish("hello");
  run_ready(context);
  transport.inner.answer(held_push(), wt::push_accepted());
  SUBCASE("the end is on its way") {
    bool emitted = false;
    asio::post(node.get_executor(), [&] {
      signal.emit(asio::cancellation_type::terminal);
      emitted = true;
    });
    run_ready(context);
    CHECK(emitted);
  }
  SUBCASE("the handler has run") {
    run_ready(context);
    CHECK_FALSE(signal.slot().has_handler());
    signal.emit(asio::cancellation_type::terminal);
    run_ready(context);
  }
  REQUIRE(end);
  CHECK_FALSE(error);
  CHECK(std::holds_alternative<wr::unconfirmed>(end->outcome));
  CHECK(transport.inner.cancels().empty());
}

TEST_CASE("a signal to a node that is gone does nothing") {
  asio::io_context context;
  bench::prompt_transport transport;
  asio::cancellation_signal signal;
  std::optional<bench::plain_node> node(std::in_place, context.get_executor(), transport.inner);
  std::vector<std::error_code> errors;
  node->async_receive(asio::bind_cancellation_slot(
      signal.slot(), [&](std::error_code error, const auto&) { errors.push_back(error); }));
  run_ready(context);
  node.reset();
  signal.emit(asio::cancellation_type::all);
  run_ready(context);
  CHECK(errors == std::vector<std::error_code>{asio::error::operation_aborted});
  signal.emit(asio::cancellation_type::all);
  CHECK(run_ready(context) == 0);
}

TEST_CASE_FIXTURE(fixture, "a call to receive that is cancelled takes no message along") {
  const std::string_view topics[] = {bench::content_topic};
  REQUIRE(node.subscribe(bench::topic, topics));
  for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                          asio::cancellation_type::total}) {
    std::vector<std::string> order;
    const auto note = [&order](std::string name) {
      return [&order, name](std::error_code e, const wr::received_message<wr::message>& received) {
        order.push_back(name + " " +
                        (e == asio::error::operation_aborted ? "aborted" : text_of(received.message)));
      };
    };
    node.async_receive(note("first"));
    node.async_receive(asio::bind_cancellation_slot(signal.slot(), note("second")));
    node.async_receive(note("third"));
    run_ready(context);
    signal.emit(type);
    run_ready(context);
    CHECK(order == std::vector<std::string>{"second aborted"});
    wr::message one = make_message("one");
    one.timestamp = static_cast<int>(type);
    wr::message two = make_message("two");
    two.timestamp = static_cast<int>(type);
    transport.push(one);
    transport.push(two);
    run_ready(context);
    CHECK(order == std::vector<std::string>{"second aborted", "first one", "third two"});
    signal.emit(type);
    run_ready(context);
    CHECK(order.size() == 3);
  }
}

TEST_CASE_FIXTURE(fixture, "many messages that are cancelled in any order each end once") {
  std::vector<asio::cancellation_signal> signals(50);
  std::vector<int> ends(50, 0);
  transport.inner.discover(1);
  for (std::size_t number = 0; number < signals.size(); ++number) {
    node.async_publish(
        bench::topic, make_message("message " + std::to_string(number)),
        asio::bind_cancellation_slot(signals[number].slot(), [&, number](std::error_code e, auto&&) {
          ends[number] += e == asio::error::operation_aborted ? 1 : 100;
        }));
  }
  run_ready(context);
  for (std::size_t step = 0; step < signals.size(); ++step) {
    signals[step * 7 % signals.size()].emit(asio::cancellation_type::terminal);
    if (step % 5 == 0) run_ready(context);
  }
  run_ready(context);
  CHECK(ends == std::vector<int>(50, 1));
  CHECK(node.pending() == 0);
}

}  // namespace initiation_tests
