// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/asio/core.hpp>

#include <doctest/doctest.h>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <adapter/asio_bench.hpp>

namespace core_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using bench::make_message;
using bench::run_ready;
using bench::run_until;
using namespace std::chrono_literals;

namespace {

struct fixture {
  asio::io_context context;
  bench::prompt_transport transport;
};
struct running : fixture {
  running() { transport.inner.discover(1); }
  bench::plain_node node{context.get_executor(), transport.inner};
};

// Hears one kind of notice, and does then what the test wants.
struct curious {
  static constexpr wr::slot fills = wr::slot::observer;
  void on(const wr::notice::duplicate_received&) {
    ++*duplicates;
    if (*then) (*then)();
  }
  std::shared_ptr<int> duplicates = std::make_shared<int>(0);
  std::shared_ptr<std::function<void()>> then = std::make_shared<std::function<void()>>();
};
struct observed_client
    : wr::policies<wr::lightpush_only, wr::filter_only, wr::single, wr::plain_pool, wr::no_retransmit,
                   wr::accepted_is_enough, wr::no_recovery, wr::unattended_subscription, curious> {};

struct observed : fixture {
  observed() {
    const std::string_view topics[] = {bench::content_topic};
    REQUIRE(node.subscribe(bench::topic, topics));
    transport.inner.discover(1);
    run_ready(context);
  }
  curious hears;
  bench::node_for<observed_client> node{context.get_executor(), transport.inner, {}, {}, hears};
};

}  // namespace

TEST_CASE_FIXTURE(running, "the listener hears of the first node that takes a message, before the outcome") {
  std::vector<std::string> order;
  std::optional<wr::message_hash> hash;
  node.listen({.on_propagated = [&](const wr::propagated& first) {
    order.emplace_back("propagated");
    hash = first.hash;
    CHECK(node.get_executor().running_in_this_thread());
  }});
  node.async_publish(bench::topic, make_message("hello"), [&](std::error_code, const wr::finished& end) {
    order.emplace_back("finished");
    CHECK(end.hash == hash);
  });
  run_until(context, [&] { return order.size() == 2; });
  CHECK(order == std::vector<std::string>{"propagated", "finished"});
}

TEST_CASE_FIXTURE(running, "the outcome of publish() comes to the listener, and others do not") {
  std::vector<wr::finished> ends;
  int callbacks = 0;
  node.listen({.on_finished = [&](const wr::finished& end) { ends.push_back(end); }});
  const wr::result<wr::request_id> request = node.publish(bench::topic, make_message("one"));
  REQUIRE(request);
  node.async_publish(bench::topic, make_message("two"), [&](auto&&...) { ++callbacks; });
  run_until(context, [&] { return callbacks == 1 && !ends.empty(); });
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].request == *request);
  CHECK(std::holds_alternative<wr::unconfirmed>(ends[0].outcome));
}

TEST_CASE_FIXTURE(running, "without a listener nothing is posted for it") {
  REQUIRE(node.publish(bench::topic, make_message("one")));
  run_ready(context);
  CHECK(node.pending() == 0);
  CHECK(run_ready(context) == 0);
}

TEST_CASE("a listener may replace itself and destroy the node") {
  fixture it;
  std::optional<bench::plain_node> node(std::in_place, it.context.get_executor(), it.transport.inner);
  it.transport.inner.discover(1);
  std::vector<std::string> heard;
  node->listen({.on_finished = [&](const wr::finished&) {
    heard.emplace_back("first");
    node->listen({.on_finished = [&](const wr::finished&) {
      heard.emplace_back("second");
      node.reset();
    }});
    REQUIRE(node->publish(bench::topic, make_message("next")));
  }});
  REQUIRE(node->publish(bench::topic, make_message("one")));
  it.context.run();
  CHECK(heard == std::vector<std::string>{"first", "second"});
  CHECK_FALSE(node);
}

TEST_CASE("what a listener has not heard when the node goes is not told") {
  fixture it;
  std::optional<bench::plain_node> node(std::in_place, it.context.get_executor(), it.transport.inner);
  it.transport.hold_pushes();
  it.transport.inner.discover(1);
  int heard = 0;
  node->listen({.on_finished = [&](const wr::finished&) { ++heard; }});
  REQUIRE(node->publish(bench::topic, make_message("one")));
  run_ready(it.context);
  node.reset();
  run_ready(it.context);
  CHECK(heard == 0);
}

TEST_CASE("a snapshot asked for by on_persist brings messages and subscriptions into another node") {
  fixture it;
  it.transport.hold_pushes();
  wr::snapshot<wr::message> kept;
  {
    bench::plain_node node(it.context.get_executor(), it.transport.inner);
    int due = 0;
    node.listen({.on_persist = [&] { ++due; }});
    const std::string_view topics[] = {bench::content_topic};
    REQUIRE(node.subscribe(bench::topic, topics));
    REQUIRE(node.publish(bench::topic, make_message("unsent")));
    run_until(it.context, [&] { return due > 0; });
    kept = node.snapshot();
  }
  CHECK(kept.outgoing.size() == 1);
  CHECK(kept.subscriptions.size() == 1);
  bench::prompt_transport transport;
  bench::plain_node node(it.context.get_executor(), transport.inner);
  std::vector<wr::finished> ends;
  node.listen({.on_finished = [&](const wr::finished& end) { ends.push_back(end); }});
  REQUIRE(node.restore(kept));
  CHECK(node.restore(kept).error() == wr::errc::not_empty);
  transport.inner.discover(1);
  run_until(it.context, [&] {
    return !ends.empty() && transport.inner.count(wr::operation_kind::filter_subscribe) == 1;
  });
  CHECK(ends[0].request == kept.outgoing[0].request);
  CHECK(std::holds_alternative<wr::unconfirmed>(ends[0].outcome));
}

TEST_CASE_FIXTURE(running, "what the strand asks of the node is answered by the inner node") {
  transport.hold_pushes();
  const wr::result<wr::request_id> request = node.publish(bench::topic, make_message("one"));
  REQUIRE(request);
  REQUIRE(node.status(*request));
  CHECK(node.status(*request)->phase == wr::request_phase::waiting);
  run_ready(context);
  CHECK(node.status(*request)->phase == wr::request_phase::sending);
  CHECK(node.pending() == 1);
  CHECK(node.operations() == 1);
  CHECK(node.cancel(*request));
  CHECK(node.cancel(*request).error() == wr::errc::unknown_request);
  run_ready(context);
  CHECK_FALSE(node.status(*request));
  wr::options numbers = node.numbers();
  numbers.publish.message_bytes_max = 100;
  CHECK(node.reconfigure(numbers).empty());
  CHECK(node.numbers().publish.message_bytes_max == 100);
  CHECK(node.publish(bench::topic, make_message(std::string(200, 'x'))).error() ==
        wr::errc::message_too_large);
  CHECK(numbers.seed);  // drawn for this node
  numbers.seed = *numbers.seed + 1;
  CHECK(node.reconfigure(numbers).size() == 1);
  numbers.seed.reset();
  CHECK(node.reconfigure(numbers).empty());
  CHECK(node.numbers().seed);
  const std::string_view topics[] = {bench::content_topic};
  CHECK(node.subscribe(bench::topic, topics));
  CHECK(node.unsubscribe(bench::topic, topics));
}

TEST_CASE_FIXTURE(running, "a paused node starts nothing until it is resumed") {
  int ended = 0;
  node.pause();
  node.async_publish(bench::topic, make_message("later"), [&](auto&&...) { ++ended; });
  run_ready(context);
  CHECK(transport.inner.requests().empty());
  CHECK(ended == 0);
  node.resume();
  run_until(context, [&] { return ended == 1; });
  CHECK(transport.inner.count(wr::operation_kind::lightpush) == 1);
}

TEST_CASE_FIXTURE(observed, "the observer that was given hears the node's notices") {
  const wr::message same = make_message("same");
  transport.push(same);
  transport.push(same);
  run_ready(context);
  CHECK(*hears.duplicates == 1);
  CHECK(node.observer().duplicates == hears.duplicates);
}

TEST_CASE_FIXTURE(observed, "an observer may start calls, which begin when the node is out of its work") {
  int received = 0;
  int published = 0;
  *hears.then = [&] {
    node.async_receive([&](auto&&...) { ++received; });
    node.async_publish(bench::topic, make_message("from the observer"), [&](auto&&...) { ++published; });
    CHECK(node.get_executor().running_in_this_thread());
    CHECK(transport.inner.count(wr::operation_kind::lightpush) == 0);
  };
  const wr::message same = make_message("same");
  transport.push(same);
  transport.push(same);
  run_until(context, [&] { return received == 1 && published == 1; });
  CHECK(*hears.duplicates == 1);
}

TEST_CASE_FIXTURE(observed, "what an observer throws leaves the context's run, and the node goes on") {
  int received = 0;
  *hears.then = [] { throw std::runtime_error("the observer has had enough"); };
  const wr::message same = make_message("same");
  transport.push(same);
  transport.push(same);
  transport.push(make_message("another"));
  node.async_receive([&](auto&&...) { ++received; });
  node.async_receive([&](auto&&...) { ++received; });
  CHECK_THROWS_WITH_AS(run_ready(context), "the observer has had enough", std::runtime_error);
  run_until(context, [&] { return received == 2; });
}

TEST_CASE("an observer that throws while the node is destroyed keeps no call from completing") {
  fixture it;
  curious hears;
  std::optional<bench::node_for<observed_client>> node(std::in_place, it.context.get_executor(),
                                                       it.transport.inner, wr::options{},
                                                       wr::receive_queue_options{}, hears);
  const std::string_view topics[] = {bench::content_topic};
  REQUIRE(node->subscribe(bench::topic, topics));
  it.transport.inner.discover(1);
  it.transport.hold_pushes();
  std::vector<std::error_code> errors;
  node->async_publish(bench::topic, make_message("pending"),
                      [&](std::error_code e, auto&&) { errors.push_back(e); });
  run_ready(it.context);
  *hears.then = [] { throw std::runtime_error("the observer has had enough"); };
  const wr::message same = make_message("same");
  it.transport.push(same);
  it.transport.push(same);
  node.reset();
  run_ready(it.context);
  CHECK(errors == std::vector<std::error_code>{asio::error::operation_aborted});
}

}  // namespace core_tests
