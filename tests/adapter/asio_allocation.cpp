// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the Asio node allocates while it publishes. All allocations of the program come by here.
#include <doctest/doctest.h>

#include <allocations.hpp>
#include <asio/io_context.hpp>
#include <asio/strand.hpp>

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <adapter/asio_bench.hpp>

namespace asio_allocation_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;

namespace {

// Answers every push at once, and keeps no record.
struct forgetful_transport {
  void attach(wr::event_sink<wr::message> given) { sink = std::move(given); }
  void cancel(wr::operation_id) {}
  void lightpush(const wr::lightpush_request<wr::message>&,
                 const wr::reply_handle<wr::message, wr::lightpush_reply>& handle) {
    handle(wt::push_accepted());
  }
  wr::event_sink<wr::message> sink;
};
struct pushing_client : wr::policies<wr::lightpush_only, wr::single, wr::plain_pool, wr::no_retransmit,
                                     wr::accepted_is_enough, wr::no_recovery> {};

// Publishes messages that were made before, so many at a time, and notes what that allocated.
template <class Executor>
struct burst_publisher {
  using node_type =
      wr::asio_node<pushing_client, forgetful_transport, wr::message, wt::fast_hasher, Executor>;
  static constexpr int rounds = 60;

  explicit burst_publisher(std::size_t messages_a_round) : at_once(messages_a_round) {
    transport.sink.peer_appeared(bench::first_peer, {true, false, false, false});
    for (std::size_t number = 0; number < rounds * at_once; ++number) {
      waiting.push_back(bench::make_message("message " + std::to_string(number)));
    }
  }
  void publish() {
    before_round = allocations;
    for (std::size_t number = 0; number < at_once; ++number) {
      node.async_publish(bench::topic, std::move(waiting.back()),
                         [this](std::error_code error, const wr::finished&) {
                           good += error ? 0 : 1;
                           if (++ended % at_once != 0) return;
                           last_round = allocations - before_round;
                           if (!waiting.empty()) publish();
                         });
      waiting.pop_back();
    }
  }
  void run() {
    asio::post(node.get_executor(), [this] { publish(); });
    context.run();
  }

  std::size_t at_once;
  asio::io_context context;
  forgetful_transport transport;
  node_type node{context.get_executor(), transport};
  std::vector<wr::message> waiting;
  std::size_t ended = 0;
  std::size_t good = 0;
  std::size_t before_round = 0;
  std::size_t last_round = 99;
};

}  // namespace

TEST_CASE(
    "publishing on a strand of one executor type allocates nothing, once warm, however many at a time") {
  for (const std::size_t at_once : {1U, 2U, 7U, 100U}) {
    burst_publisher<asio::strand<asio::io_context::executor_type>> publisher(at_once);
    const std::size_t at_first = allocations;
    publisher.run();
    CAPTURE(at_once);
    CHECK(allocations > at_first);
    CHECK(publisher.good == publisher.rounds * at_once);
    CHECK(publisher.last_round == 0);
  }
}

TEST_CASE(
    "publishing on a strand of any executor costs what Asio takes to ask it, and no more for more messages") {
  for (const std::size_t at_once : {1U, 100U}) {
    burst_publisher<asio::strand<asio::any_io_executor>> publisher(at_once);
    publisher.run();
    CAPTURE(at_once);
    CHECK(publisher.good == publisher.rounds * at_once);
    CHECK(publisher.last_round <= 4);
  }
}

}  // namespace asio_allocation_tests
