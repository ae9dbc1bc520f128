// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/asio.hpp>

#include <doctest/doctest.h>
#include <asio/bind_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>

#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <adapter/asio_bench.hpp>

#include <waku/reliability/policy/confirmation/store_presence.hpp>
#include <waku/reliability/policy/recovery/no_recovery.hpp>

namespace asio_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using bench::make_message;
using bench::run_ready;
using bench::run_until;
using bench::text_of;
using namespace std::chrono_literals;

namespace {

struct ended_publish {
  std::error_code error;
  wr::finished end;
};

// A handler that puts what it gets where the test can see it.
auto into(std::optional<ended_publish>& target) {
  return [&target](std::error_code error, const wr::finished& end) {
    CHECK_FALSE(target);
    target = ended_publish{error, end};
  };
}
auto into(std::vector<std::string>& texts) {
  return [&texts](std::error_code error, const wr::received_message<wr::message>& received) {
    texts.push_back(error ? error.message() : text_of(received.message));
  };
}
auto into(std::optional<std::error_code>& target) {
  return [&target](std::error_code error) { target = error; };
}

wr::message_hash hash_of(const wr::message& message) {
  return wt::fast_hasher()(wr::hashed_parts(bench::topic, message));
}

struct fixture {
  asio::io_context context;
  bench::prompt_transport transport;
};

// One node that knows one peer.
struct running : fixture {
  explicit running(const wr::options& numbers = {}, const wr::receive_queue_options& queue = {})
      : node(context.get_executor(), transport.inner, numbers, queue) {
    transport.inner.discover(1);
  }
  void subscribe() {
    REQUIRE(node.subscribe(bench::topic, {bench::content_topic}));
    run_ready(context);
  }

  bench::plain_node node;
};

bool is_aborted(const std::optional<ended_publish>& ended) {
  return ended && ended->error == asio::error::operation_aborted &&
         std::holds_alternative<wr::cancelled>(ended->end.outcome);
}

}  // namespace

TEST_CASE_FIXTURE(running, "a callback gets the outcome of its message, with its hash") {
  wr::message message = make_message("hello");
  message.timestamp = 1'700'000'000'000'000'000;
  std::optional<ended_publish> ended;
  node.async_publish(bench::topic, message, into(ended));
  run_until(context, [&] { return ended.has_value(); });
  CHECK_FALSE(ended->error);
  CHECK(std::get<wr::unconfirmed>(ended->end.outcome).why == wr::unconfirmed_why::not_asked);
  CHECK(std::get<wr::unconfirmed>(ended->end.outcome).accepted_by == bench::first_peer);
  CHECK(ended->end.hash == hash_of(message));
  CHECK(ended->end.request != wr::request_id{});
  CHECK(transport.inner.last(wr::operation_kind::lightpush).pubsub_topic == bench::topic);
}

TEST_CASE("the one timer carries a message through settling to its confirmation") {
  struct confirming_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::single, wr::store_presence,
                                          wr::no_recovery, wr::unattended_subscription> {};
  asio::io_context context;
  bench::prompt_transport transport;
  int queries = 0;
  transport.inner.otherwise(wr::operation_kind::store_query).at_once().answer_with([&](const auto& request) {
    // The first answer lacks the message, so that a second deadline is needed.
    if (++queries == 1) return wt::store_answer<wr::message>();
    return wt::store_lists<wr::message>(request.hashes);
  });
  wr::options numbers;
  numbers.confirmation.settling = 1ms;
  numbers.confirmation.early_interval = 1ms;
  numbers.retransmit.backoff.first = 1ms;
  bench::node_for<confirming_client> node(context.get_executor(), transport.inner, numbers);
  transport.inner.discover(1);
  std::optional<ended_publish> ended;
  node.async_publish(bench::topic, make_message("hello"), into(ended));
  run_until(context, [&] { return ended.has_value(); });
  CHECK_FALSE(ended->error);
  REQUIRE(std::holds_alternative<wr::confirmed>(ended->end.outcome));
  CHECK(std::get<wr::confirmed>(ended->end.outcome).by == wr::confirmed_by::store);
  CHECK(queries == 2);
}

TEST_CASE_FIXTURE(running, "a refusal comes as an error and says that nothing was sent") {
  std::optional<ended_publish> empty;
  std::optional<ended_publish> twice;
  transport.hold_pushes();
  wr::message message = make_message("hello");
  message.timestamp = 1'700'000'000'000'000'000;
  node.async_publish(bench::topic, make_message(""), into(empty));
  node.async_publish(bench::topic, message, [](std::error_code, const wr::finished&) {});
  node.async_publish(bench::topic, message, into(twice));
  run_until(context, [&] { return empty && twice; });
  CHECK(empty->error == wr::errc::empty_payload);
  CHECK(twice->error == wr::errc::duplicate);
  for (const auto& refused : {empty, twice}) {
    CHECK(refused->end.request == wr::request_id{});
    CHECK_FALSE(refused->end.hash);
    CHECK(std::holds_alternative<wr::cancelled>(refused->end.outcome));
  }
  CHECK(transport.inner.count(wr::operation_kind::lightpush) == 1);
}

TEST_CASE_FIXTURE(running, "no call completes inside the function that starts it, on the strand or off it") {
  subscribe();
  transport.push(make_message("waits"));
  run_ready(context);
  CHECK(node.waiting_messages() == 1);
  int completed = 0;
  const auto count = [&completed](auto&&...) { ++completed; };
  const auto start_all = [&] {
    completed = 0;
    node.async_publish(bench::topic, make_message(""), count);
    node.async_publish(bench::topic, make_message("hello"), count);
    node.async_receive(count);
    node.async_subscribe(bench::topic, {std::string(bench::content_topic)}, count);
    node.async_unsubscribe(bench::topic, {"/other/1/chat/proto"}, count);
    CHECK(completed == 0);
  };
  start_all();
  run_until(context, [&] { return completed == 5; });
  transport.push(make_message("waits again"));
  bool started = false;
  asio::post(node.get_executor(), [&] {
    start_all();
    started = true;
  });
  run_until(context, [&] { return started && completed == 5; });
  started = false;
  asio::post(node.get_executor(), [&] {
    completed = 0;
    node.async_stop(count);
    CHECK(completed == 0);
    started = true;
  });
  run_until(context, [&] { return started && completed == 1; });
}

TEST_CASE_FIXTURE(running, "a handler runs on the strand, outside of the node's own calls") {
  bool ran = false;
  node.async_publish(bench::topic, make_message("hello"),
                     [&](std::error_code error, const wr::finished& end) {
                       ran = true;
                       CHECK_FALSE(error);
                       CHECK(node.get_executor().running_in_this_thread());
                       CHECK_FALSE(node.status(end.request));
                       CHECK(node.publish(bench::topic, make_message("another")));
                     });
  run_until(context, [&] { return ran; });
}

TEST_CASE_FIXTURE(running, "a handler that is bound to another executor runs there, and not on the strand") {
  asio::io_context other;
  bool published = false;
  bool received = false;
  subscribe();
  node.async_publish(bench::topic, make_message("hello"), asio::bind_executor(other, [&](auto&&...) {
                       published = true;
                       CHECK_FALSE(node.get_executor().running_in_this_thread());
                     }));
  node.async_receive(asio::bind_executor(other.get_executor(), [&](auto&&...) { received = true; }));
  other.poll();
  CHECK_FALSE(other.stopped());  // calls that wait are work of the handler's executor
  transport.push(make_message("for the other"));
  run_ready(context);
  CHECK_FALSE(published);
  CHECK_FALSE(received);
  other.run();
  CHECK(published);
  CHECK(received);
}

TEST_CASE_FIXTURE(running, "a handler need not be copyable") {
  struct move_only {
    std::unique_ptr<int> held;
    int* sum;
    void operator()(std::error_code, const wr::finished&) const { *sum += *held; }
    void operator()(std::error_code) const { *sum += *held; }
  };
  int sum = 0;
  node.async_publish(bench::topic, make_message("hello"), move_only{std::make_unique<int>(3), &sum});
  node.async_subscribe(bench::topic, {"/a/1/b/proto"}, move_only{std::make_unique<int>(4), &sum});
  run_until(context, [&] { return sum == 7; });
}

TEST_CASE_FIXTURE(running, "a message that is received goes to the call that waits longest") {
  subscribe();
  std::vector<std::string> texts;
  node.async_receive(into(texts));
  node.async_receive(into(texts));
  run_ready(context);
  CHECK(texts.empty());
  transport.push(make_message("one"));
  transport.push(make_message("two"));
  transport.push(make_message("three"));
  run_ready(context);
  CHECK(texts == std::vector<std::string>{"one", "two"});
  CHECK(node.waiting_messages() == 1);
  node.async_receive([&](std::error_code error, const wr::received_message<wr::message>& received) {
    CHECK_FALSE(error);
    CHECK(received.pubsub_topic == bench::topic);
    CHECK(received.hash == hash_of(received.message));
    CHECK(received.by == wr::delivered_by::filter);
    CHECK(received.dropped_before == 0);
    texts.push_back(text_of(received.message));
  });
  run_ready(context);
  CHECK(texts.back() == "three");
  CHECK(node.waiting_messages() == 0);
}

TEST_CASE("a full queue loses the oldest message and tells so") {
  running it({}, {.messages_max = 2});
  it.subscribe();
  for (const auto* text : {"one", "two", "three", "four", "five"}) it.transport.push(make_message(text));
  run_ready(it.context);
  CHECK(it.node.waiting_messages() == 2);
  CHECK(it.node.dropped_messages() == 3);
  std::uint64_t dropped = 0;
  std::string text;
  const auto look = [&](std::error_code, const wr::received_message<wr::message>& received) {
    dropped = received.dropped_before;
    text = text_of(received.message);
  };
  it.node.async_receive(look);
  run_ready(it.context);
  CHECK(text == "four");
  CHECK(dropped == 3);
  it.node.async_receive(look);
  run_ready(it.context);
  CHECK(text == "five");
  CHECK(dropped == 0);
}

TEST_CASE("subscriptions are recorded in order, and refusals come as errors") {
  wr::options numbers;
  numbers.subscription.request_spacing = 1ms;
  running it(numbers);
  std::optional<std::error_code> good;
  std::optional<std::error_code> bad;
  std::optional<std::error_code> gone;
  it.node.async_subscribe(bench::topic, {"/a/1/b/proto", "/a/1/c/proto"}, into(good));
  it.node.async_subscribe(bench::topic, {}, into(bad));
  run_ready(it.context);
  REQUIRE((good && bad));
  CHECK_FALSE(*good);
  CHECK(*bad == wr::errc::no_content_topics);
  CHECK(it.transport.inner.last(wr::operation_kind::filter_subscribe).content_topics.size() == 2);
  it.node.async_unsubscribe(bench::topic, {"/a/1/c/proto"}, into(gone));
  run_until(it.context,
            [&] { return it.transport.inner.count(wr::operation_kind::filter_unsubscribe) == 1; });
  REQUIRE(gone);
  CHECK_FALSE(*gone);
}

TEST_CASE("on the strand, topics are subscribed and unsubscribed in braces, as a span or as strings") {
  wr::options numbers;
  numbers.subscription.request_spacing = 1ms;
  running it(numbers);
  const std::string_view topics[] = {"/a/1/b/proto"};
  CHECK(it.node.subscribe(bench::topic, topics));
  CHECK(it.node.subscribe(bench::topic, {"/a/1/c/proto"}));
  const std::vector<std::string> strings{"/a/1/d/proto"};
  CHECK(it.node.subscribe(bench::topic, strings));
  CHECK(it.node.subscribe(bench::topic, {}).error() == wr::errc::no_content_topics);
  run_ready(it.context);
  CHECK(it.transport.inner.last(wr::operation_kind::filter_subscribe).content_topics.size() == 3);
  CHECK(it.node.unsubscribe(bench::topic, topics));
  CHECK(it.node.unsubscribe(bench::topic, {"/a/1/c/proto"}));
  CHECK(it.node.unsubscribe(bench::topic, strings));
  run_until(it.context,
            [&] { return it.transport.inner.count(wr::operation_kind::filter_unsubscribe) == 1; });
  CHECK(it.transport.inner.last(wr::operation_kind::filter_unsubscribe).content_topics.size() == 3);
}

TEST_CASE_FIXTURE(running, "stop ends what is pending, completes last, and leaves no work behind") {
  transport.hold_pushes();
  subscribe();
  std::vector<std::string> order;
  std::optional<ended_publish> ended;
  node.async_publish(bench::topic, make_message("hello"),
                     [&](std::error_code error, const wr::finished& end) {
                       order.emplace_back("publish");
                       ended = ended_publish{error, end};
                     });
  std::optional<std::error_code> receive_error;
  node.async_receive([&](std::error_code error, const auto&) {
    order.emplace_back("receive");
    receive_error = error;
  });
  run_ready(context);
  CHECK(node.operations() == 1);
  std::optional<std::error_code> stop_error;
  node.async_stop([&](std::error_code error) {
    order.emplace_back("stop");
    stop_error = error;
  });
  context.run();  // returns, so nothing keeps the context busy
  REQUIRE(stop_error);
  CHECK_FALSE(*stop_error);
  CHECK(is_aborted(ended));
  CHECK(ended->end.hash.has_value());
  CHECK(receive_error == make_error_code(wr::errc::stopped));
  CHECK(order.back() == "stop");
  CHECK(order.size() == 3);
  CHECK(node.operations() == 0);
  CHECK(node.pending() == 0);
  CHECK(transport.inner.open_requests() == 0);
}

TEST_CASE_FIXTURE(running, "after stop everything is refused, but received messages can still be fetched") {
  subscribe();
  transport.push(make_message("kept"));
  run_ready(context);
  std::vector<std::error_code> errors;
  std::vector<std::string> texts;
  const auto note = [&](std::error_code error, auto&&...) { errors.push_back(error); };
  node.async_stop(note);
  context.run();
  context.restart();
  node.async_publish(bench::topic, make_message("late"), note);
  node.async_subscribe(bench::topic, {"/a/1/b/proto"}, note);
  node.async_receive(into(texts));
  node.async_receive(note);
  node.async_stop(note);
  context.run();
  const std::error_code stopped = make_error_code(wr::errc::stopped);
  CHECK(errors == std::vector<std::error_code>{{}, stopped, stopped, stopped, {}});
  CHECK(texts == std::vector<std::string>{"kept"});
}

TEST_CASE("destroying the node completes every call that waits, and ends what the transport is doing") {
  fixture it;
  it.transport.hold_pushes();
  std::optional<bench::plain_node> node(std::in_place, it.context.get_executor(), it.transport.inner);
  it.transport.inner.discover(1);
  std::optional<ended_publish> sent;
  std::optional<ended_publish> never_begun;
  std::vector<std::string> received;
  std::optional<std::error_code> stopped;
  node->async_publish(bench::topic, make_message("sent"), into(sent));
  node->async_receive(into(received));
  run_ready(it.context);
  it.context.restart();
  CHECK(it.transport.inner.open_requests() == 1);
  node->async_publish(bench::topic, make_message("never begun"), into(never_begun));
  node->async_stop(into(stopped));
  node->async_receive(into(received));
  node.reset();
  CHECK(it.transport.inner.open_requests() == 0);
  CHECK_FALSE(sent);
  it.context.run();
  CHECK(is_aborted(sent));
  CHECK(sent->end.hash.has_value());
  CHECK(is_aborted(never_begun));
  CHECK(never_begun->end.request == wr::request_id{});
  const std::string aborted = std::error_code(asio::error::operation_aborted).message();
  CHECK(received == std::vector<std::string>{aborted, aborted});
  CHECK(stopped == std::error_code(asio::error::operation_aborted));
}

TEST_CASE("a stop that is under way when the node is destroyed is told as aborted") {
  fixture it;
  std::optional<bench::plain_node> node(std::in_place, it.context.get_executor(), it.transport.inner);
  std::optional<std::error_code> stopped;
  asio::post(node->get_executor(), [&] {
    node->async_stop(into(stopped));
    node.reset();
  });
  it.context.run();
  CHECK(stopped == std::error_code(asio::error::operation_aborted));
}

TEST_CASE("a handler may destroy the node") {
  fixture it;
  std::optional<bench::plain_node> node(std::in_place, it.context.get_executor(), it.transport.inner);
  it.transport.inner.discover(1);
  bool second = false;
  node->async_publish(bench::topic, make_message("first"), [&](auto&&...) { node.reset(); });
  node->async_receive([&](std::error_code error, const auto&) {
    second = true;
    CHECK(error == asio::error::operation_aborted);
  });
  it.context.run();
  CHECK(second);
  CHECK_FALSE(node);
}

TEST_CASE("a context that is destroyed takes its handlers along, uncalled") {
  const auto token = std::make_shared<int>(0);
  bench::prompt_transport transport;
  {
    asio::io_context context;
    bench::plain_node node(context.get_executor(), transport.inner);
    const auto hold = [token](auto&&...) { ++*token; };
    node.async_receive(hold);
    node.async_publish(bench::topic, make_message("no peers"), hold);
    run_ready(context);
    node.async_receive(hold);
    node.async_publish(bench::topic, make_message("not begun"), hold);
    CHECK(token.use_count() == 6);
  }
  CHECK(token.use_count() == 1);
  CHECK(*token == 0);
}

TEST_CASE("a node that is gone hears its transport no more") {
  fixture it;
  std::optional<bench::plain_node> node(std::in_place, it.context.get_executor(), it.transport.inner);
  it.transport.inner.discover(1);
  const wr::event_sink<wr::message> kept = it.transport.inner.sink();
  it.transport.hold_pushes();
  std::optional<ended_publish> ended;
  node->async_publish(bench::topic, make_message("hello"), into(ended));
  run_ready(it.context);
  node.reset();
  it.context.restart();
  it.context.run();
  CHECK(is_aborted(ended));
  const auto operation = it.transport.inner.last(wr::operation_kind::lightpush).operation;
  it.transport.inner.answer(operation, wt::push_accepted());
  kept.filter_push(bench::first_peer, bench::topic, make_message("unheard"));
  CHECK(run_ready(it.context) == 0);
}

TEST_CASE_FIXTURE(running, "calls that wait keep the context running") {
  bool received = false;
  subscribe();
  node.async_receive([&](auto&&...) { received = true; });
  run_ready(context);
  CHECK_FALSE(context.stopped());
  transport.push(make_message("done"));
  context.run();
  CHECK(received);
}

TEST_CASE("a strand that is given is the node's strand, and another executor gets one") {
  fixture it;
  const asio::strand<asio::any_io_executor> strand(it.context.get_executor());
  bench::plain_node node(strand, it.transport.inner);
  CHECK(node.get_executor() == strand);
  const auto narrow = asio::make_strand(it.context);
  bench::plain_node second(narrow, it.transport.inner);
  CHECK(second.get_executor() == asio::strand<asio::any_io_executor>(narrow));
  asio::thread_pool pool(1);
  bench::plain_node third(pool.get_executor(), it.transport.inner);
  CHECK(third.get_executor().get_inner_executor() == asio::any_io_executor(pool.get_executor()));
  pool.join();
}

TEST_CASE_FIXTURE(running, "what a transport throws becomes a reply") {
  transport.inner.expect(wr::operation_kind::lightpush).raise();
  std::optional<ended_publish> ended;
  node.async_publish(bench::topic, make_message("hello"), into(ended));
  run_until(context, [&] { return ended.has_value(); });
  CHECK_FALSE(ended->error);
  CHECK(std::holds_alternative<wr::failed>(ended->end.outcome));
}

}  // namespace asio_tests
