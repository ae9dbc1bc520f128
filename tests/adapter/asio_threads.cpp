// SPDX-License-Identifier: Apache-2.0 OR MIT
// The Asio node among several threads; meant to be run under the thread sanitizer too. What is shared without a
// lock here is shared because the node promises that only its strand touches it.
#include <doctest/doctest.h>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <adapter/asio_bench.hpp>

namespace asio_threads_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using bench::make_message;
using bench::text_of;

namespace {

using strand = asio::strand<asio::any_io_executor>;

// Does its work on threads of its own, and comes back to the strand with each reply, which it moves along.
class working_transport {
 public:
  explicit working_transport(const strand& on) : on_(on) {}
  ~working_transport() { workers_.join(); }

  void attach(wr::event_sink<wr::message> sink) { sink_ = std::move(sink); }
  void cancel(wr::operation_id) { ++cancels_; }
  void lightpush(const wr::lightpush_request<wr::message>&,
                 wr::reply_handle<wr::message, wr::lightpush_reply> handle) {
    work([handle = std::move(handle)] { handle(wt::push_accepted()); });
  }
  void filter_subscribe(const wr::filter_subscribe_request&,
                        wr::reply_handle<wr::message, wr::filter_reply> handle) {
    work([handle = std::move(handle)] { handle(wt::filter_answer(200)); });
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request&,
                          wr::reply_handle<wr::message, wr::filter_reply> handle) {
    work([handle = std::move(handle)] { handle(wt::filter_answer(200)); });
  }
  void filter_ping(const wr::filter_ping_request&, wr::reply_handle<wr::message, wr::filter_reply> handle) {
    work([handle = std::move(handle)] { handle(wt::filter_answer(200)); });
  }

  // For any thread.
  void discover() {
    asio::post(on_, [this] { sink_.peer_appeared(bench::first_peer, {true, true, true, false}); });
  }
  void push(wr::message message) {
    asio::post(on_, [this, message = std::move(message)]() mutable {
      sink_.filter_push(bench::first_peer, bench::topic, std::move(message));
    });
  }

  int cancels_ = 0;

 private:
  template <class Answer>
  void work(Answer answer) {
    asio::post(workers_,
               [on = on_, answer = std::move(answer)]() mutable { asio::post(on, std::move(answer)); });
  }

  strand on_;
  wr::event_sink<wr::message> sink_;
  asio::thread_pool workers_{2};
};

using working_node = wr::asio_node<bench::plain_client, working_transport, wr::message, wt::fast_hasher>;

// A count that is waited for; a test that would wait for ever fails.
class countdown {
 public:
  explicit countdown(int from) : left_(from) {}
  void step() {
    if (left_.fetch_sub(1) == 1) done_.set_value();
  }
  void wait() {
    REQUIRE(done_.get_future().wait_for(std::chrono::seconds(120)) == std::future_status::ready);
  }
  [[nodiscard]] int left() const { return left_; }

 private:
  std::atomic<int> left_;
  std::promise<void> done_;
};

constexpr int callers = 4;
constexpr int calls_each = 100;

template <class Call>
void from_several_threads(Call call) {
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([caller, call] {
      for (int number = 0; number < calls_each; ++number) call(caller, number);
    });
  }
  for (std::thread& each : threads) each.join();
}
std::string name_of(int caller, int number) { return std::to_string(caller) + ":" + std::to_string(number); }

// A node on a pool of threads. The pool is joined before the node goes, and the node before the transport.
struct fixture {
  fixture() { transport.discover(); }
  ~fixture() {
    if (node) stop();
    pool.join();
    node.reset();
  }
  void stop() {
    auto stopped = node->async_stop(asio::use_future);
    REQUIRE(stopped.wait_for(std::chrono::seconds(120)) == std::future_status::ready);
    stopped.get();
  }

  asio::thread_pool pool{3};
  strand on{pool.get_executor()};
  working_transport transport{on};
  std::optional<working_node> node{std::in_place, on, transport};
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "messages published by several threads each get one outcome, told on the strand") {
  countdown ends(callers * calls_each);
  std::set<wr::request_id> requests;
  int unconfirmed = 0;
  from_several_threads([&](int caller, int number) {
    node->async_publish(bench::topic, make_message(name_of(caller, number)),
                        [&](std::error_code error, const wr::finished& end) {
                          requests.insert(end.request);
                          if (!error && std::holds_alternative<wr::unconfirmed>(end.outcome)) ++unconfirmed;
                          ends.step();
                        });
  });
  ends.wait();
  stop();
  CHECK(requests.size() == callers * calls_each);
  CHECK(unconfirmed == callers * calls_each);
}

TEST_CASE_FIXTURE(fixture, "futures of several threads are served while handlers of the pool run elsewhere") {
  countdown ends(callers * calls_each);
  std::atomic<int> good = 0;
  from_several_threads([&](int caller, int number) {
    if (number % 10 == 0) {
      auto end = node->async_publish(bench::topic, make_message(name_of(caller, number)), asio::use_future);
      if (std::holds_alternative<wr::unconfirmed>(end.get().outcome)) ++good;
      ends.step();
    } else {
      node->async_publish(bench::topic, make_message(name_of(caller, number)),
                          asio::bind_executor(pool, [&](std::error_code error, const wr::finished&) {
                            if (!error) ++good;
                            ends.step();
                          }));
    }
  });
  ends.wait();
  CHECK(good == callers * calls_each);
}

TEST_CASE_FIXTURE(fixture, "every message received is given to one of the threads that ask") {
  auto subscribed =
      node->async_subscribe(bench::topic, {std::string(bench::content_topic)}, asio::use_future);
  subscribed.get();
  countdown ends(callers * calls_each);
  std::set<std::string> texts;  // only touched on the strand
  from_several_threads([&](int caller, int number) {
    transport.push(make_message(name_of(caller, number)));
    node->async_receive([&](std::error_code error, const wr::received_message<wr::message>& received) {
      if (!error) texts.insert(text_of(received.message));
      ends.step();
    });
  });
  ends.wait();
  stop();
  CHECK(texts.size() == callers * calls_each);
}

TEST_CASE_FIXTURE(fixture, "calls that are cancelled from their own strands end once, one way or the other") {
  countdown ends(callers * calls_each);
  std::vector<strand> strands;
  std::vector<std::deque<asio::cancellation_signal>> signals(callers);
  for (int caller = 0; caller < callers; ++caller) strands.emplace_back(pool.get_executor());
  std::atomic<int> aborted = 0;
  std::atomic<int> done = 0;
  from_several_threads([&](int caller, int number) {
    // A signal belongs to the strand that its call's handler runs on.
    const auto place = static_cast<std::size_t>(caller);
    asio::post(strands[place], [&, place, caller, number] {
      asio::cancellation_signal& signal = signals[place].emplace_back();
      const auto handler = [&](std::error_code error, auto&&) {
        ++(error == asio::error::operation_aborted ? aborted : done);
        ends.step();
      };
      const auto bound = [&] {
        return asio::bind_cancellation_slot(signal.slot(), asio::bind_executor(strands[place], handler));
      };
      if (number % 2 == 0) {
        node->async_publish(bench::topic, make_message(name_of(caller, number)), bound());
      } else {
        node->async_receive(bound());
      }
      asio::post(strands[place], [&signal] { signal.emit(asio::cancellation_type::terminal); });
    });
  });
  ends.wait();
  CHECK(aborted >= callers * calls_each / 2);  // nothing was pushed, so each call to receive was
  CHECK(aborted + done == callers * calls_each);
}

TEST_CASE_FIXTURE(fixture, "a stop amid calls of several threads leaves none of them without an end") {
  countdown ends(2 * callers * calls_each);
  std::atomic<int> odd = 0;
  from_several_threads([&](int caller, int number) {
    node->async_publish(bench::topic, make_message(name_of(caller, number)),
                        [&](std::error_code error, const wr::finished& end) {
                          const bool ended = !error && std::holds_alternative<wr::unconfirmed>(end.outcome);
                          const bool cut =
                              std::holds_alternative<wr::cancelled>(end.outcome) &&
                              (error == asio::error::operation_aborted || error == wr::errc::stopped);
                          if (!ended && !cut) ++odd;
                          ends.step();
                        });
    node->async_receive([&](std::error_code error, auto&&) {
      if (error != wr::errc::stopped) ++odd;
      ends.step();
    });
    if (caller == 0 && number == calls_each / 2) stop();
  });
  ends.wait();
  CHECK(odd == 0);
}

TEST_CASE_FIXTURE(fixture, "a node destroyed on its strand, while the pool runs, ends all that was started") {
  countdown ends(2 * callers * calls_each);
  from_several_threads([&](int caller, int number) {
    node->async_publish(bench::topic, make_message(name_of(caller, number)), [&](auto&&...) { ends.step(); });
    node->async_receive(asio::bind_executor(pool, [&](auto&&...) { ends.step(); }));
  });
  asio::post(on, [this] { node.reset(); });
  ends.wait();
  pool.join();
  CHECK_FALSE(node);
  CHECK(ends.left() == 0);
}

}  // namespace asio_threads_tests
