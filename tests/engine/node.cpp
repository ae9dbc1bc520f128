// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/node.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <cache/samples.hpp>
#include <engine/publishing.hpp>

namespace node_tests {

using namespace publishing;
using wr::transport_error;

namespace {

using presence_node = wt::scripted_node<presence_client>;
using accepted_node = wt::scripted_node<accepted_client>;

struct receiving : wr::policies<wr::lightpush_only, wr::filter_only, wr::single, wr::no_recovery,
                                wr::accepted_is_enough, notice_log> {};
using receiving_node = wt::scripted_node<receiving>;

/// A lightpush transport that only keeps what it was lent, and looks whether it is still the same.
class lending_transport {
 public:
  void attach(wr::event_sink<wr::message> given) { sink = std::move(given); }
  void lightpush(const wr::lightpush_request<wr::message>& made,
                 wr::reply_handle<wr::message, wr::lightpush_reply> reply) {
    lent_.push_back({made.operation, &made.message, made.message, made.pubsub_topic,
                     std::string(made.pubsub_topic), std::move(reply)});
  }
  void cancel(wr::operation_id operation) {
    for (std::size_t at = 0; at < lent_.size(); ++at) {
      if (lent_[at].operation != operation) continue;
      check(lent_[at]);  // lent up to this call
      lent_.erase(lent_.begin() + static_cast<std::ptrdiff_t>(at));
      ++cancelled;
      return;
    }
  }
  void check_all() {
    for (const loan& each : lent_) check(each);
  }
  [[nodiscard]] std::size_t open() const { return lent_.size(); }
  /// Answers one of the open requests.
  void answer(std::size_t at, const wr::lightpush_reply& with) {
    check(lent_[at]);
    const auto reply = lent_[at].reply;
    lent_.erase(lent_.begin() + static_cast<std::ptrdiff_t>(at));
    reply(with);
  }

  wr::event_sink<wr::message> sink;
  std::size_t cancelled = 0;
  std::size_t changed = 0;  ///< times that something lent was not what it had been

 private:
  struct loan {
    wr::operation_id operation;
    const wr::message* lent;
    wr::message copy;
    std::string_view lent_topic;
    std::string topic;
    wr::reply_handle<wr::message, wr::lightpush_reply> reply;
  };
  void check(const loan& each) {
    if (*each.lent != each.copy || each.lent_topic != each.topic) ++changed;
  }

  std::vector<loan> lent_;
};

/// A host whose hooks do what the test says.
class hooked_host {
 public:
  explicit hooked_host(wt::virtual_clock& clock) : clock_(&clock) {}

  [[nodiscard]] wr::instant now() const { return clock_->now(); }
  void wake_at(wr::steady_time at) { wake = at; }
  wt::fast_hasher& hasher() { return hasher_; }
  void received(wr::deliver<wr::message>&&) { called("received"); }
  void finished(const wr::finished&) { called("finished"); }
  void propagated(const wr::propagated&) { called("propagated"); }
  void persist() { called("persist"); }

  std::optional<wr::steady_time> wake;
  std::vector<std::string> calls;
  std::function<void(const std::string&)> hook;

 private:
  void called(const char* which) {
    calls.emplace_back(which);
    if (hook) hook(which);
  }

  wt::virtual_clock* clock_;
  wt::fast_hasher hasher_;
};

/// Goes by relay too, and does not say that it needs one.
struct hidden_relay : wr::lightpush_only {
  [[nodiscard]] constexpr wr::publish_via choose(const wr::publish_situation& now) const {
    return now.lightpush_usable ? wr::publish_via::relay_and_lightpush : wr::publish_via::nothing;
  }
};
struct careless_client : wr::policies<hidden_relay, wr::receive_nothing, wr::single, wr::no_recovery,
                                      wr::accepted_is_enough, notice_log> {};

/// A node on a mock transport whose wake-ups the test makes itself.
template <class Policies>
struct hooked_node {
  /// Wakes the node as long as it asks for the present.
  void settle() {
    clock.run_for(0s);
    while (host.wake && *host.wake <= clock.steady()) {
      host.wake.reset();
      node.wake();
      clock.run_for(0s);
    }
  }
  [[nodiscard]] wr::message make_message(std::string_view text) const {
    wr::message made;
    for (const char letter : text) made.payload.push_back(static_cast<std::byte>(letter));
    made.content_topic = "/test/1/chat/proto";
    return made;
  }
  [[nodiscard]] std::size_t calls(std::string_view which) const {
    return static_cast<std::size_t>(std::count(host.calls.begin(), host.calls.end(), which));
  }

  static constexpr std::string_view topic = "/waku/2/rs/1/0";
  wt::virtual_clock clock;
  wt::mock_transport<> transport{clock};
  hooked_host host{clock};
  wr::node<Policies, wt::mock_transport<>, wr::message, hooked_host> node{transport, host, exact_times()};
};

}  // namespace

TEST_CASE("a node stays where it is: neither copied nor moved") {
  using type = presence_node::node_type;
  CHECK_FALSE(std::is_copy_constructible_v<type>);
  CHECK_FALSE(std::is_move_constructible_v<type>);
  CHECK_FALSE(std::is_copy_assignable_v<type>);
  CHECK_FALSE(std::is_move_assignable_v<type>);
}

TEST_CASE("what a transport's function throws becomes a reply: tried again, and nobody is charged") {
  presence_node it(exact_times());
  discover(it, 3);
  it.transport.expect(operation_kind::lightpush).times(2).raise();
  it.transport.expect(operation_kind::store_query).raise();
  it.transport.otherwise(operation_kind::store_query).answer_with(store_with_all());
  const auto id = it.publish("hello");
  CHECK(it.host.outcomes().empty());
  it.clock.run_for(30s);
  CHECK(it.transport.unmet().empty());
  CHECK(it.host.outcome_as<wr::confirmed>(*id)->transmissions == 2);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
  CHECK(it.node.operations() == 0);
}

TEST_CASE("a way that a route takes though its needs are silent about it ends at once where it is lacking") {
  wt::virtual_clock clock;
  lending_transport transport;
  wt::test_host<> host(clock);
  wr::node<careless_client, lending_transport, wr::message, wt::test_host<>> node(transport, host,
                                                                                  exact_times());
  host.drive(node);
  transport.sink.peer_appeared(peer(1), pushes_only);
  clock.run_for(0s);
  wr::message made;
  made.payload.assign(1, std::byte{1});
  made.content_topic = "/test/1/chat/proto";
  const auto id = node.publish("/waku/2/rs/1/0", std::move(made));
  REQUIRE(id);
  CHECK(node.operations() == 2);
  clock.run_for(0s);
  CHECK(node.operations() == 1);  // the push
  transport.answer(0, wt::push_accepted());
  clock.run_for(0s);
  CHECK(node.operations() == 0);
  CHECK(host.outcome_as<wr::unconfirmed>(*id)->why == wr::unconfirmed_why::not_asked);
}

TEST_CASE("a transport that throws for ever spins nothing") {
  presence_node it(exact_times());
  discover(it, 3);
  it.transport.otherwise(operation_kind::lightpush).raise();
  const auto id = publish_unstamped(it, "hello");
  it.clock.run_for(60s);
  CHECK(times_of(it, operation_kind::lightpush).size() == 10);  // 0, 1, 3, 7, 15, 23 … 55 s
  CHECK(it.host.outcome_as<wr::failed>(*id) == wr::failed{wr::failed_why::deadline});
}

TEST_CASE("filter requests that throw are asked again later, and nobody is charged") {
  receiving_node it(exact_times());
  discover(it, 3);
  it.transport.expect(operation_kind::filter_subscribe).raise();
  REQUIRE(it.subscribe());
  it.clock.run_for(5s);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 2);
  CHECK(it.node.observer().count<wr::notice::peer_ejected>() == 0);
  CHECK(it.node.observer().count<wr::notice::peer_replaced>() == 0);
}

TEST_CASE("replies may come inside the call: nothing nests, and every one is heard") {
  presence_node it(exact_times());
  discover(it, 3);
  it.transport.otherwise(operation_kind::lightpush).at_once();
  it.transport.otherwise(operation_kind::store_query).at_once().answer_with(store_with_all());
  CHECK(publish_many(it, 100).size() == 100);
  CHECK(it.host.propagations().size() == 100);
  it.clock.run_for(10min);
  CHECK(it.host.outcomes().size() == 100);
  CHECK(it.node.operations() == 0);
}

TEST_CASE("the second reply of an operation, and one after its end, are counted and dropped") {
  presence_node it(exact_times());
  it.transport.sink().peer_appeared(peer(1), pushes_only);
  it.settle();
  SUBCASE("a reply comes twice") {
    it.transport.expect(operation_kind::lightpush).repeated();
    REQUIRE(it.publish("hello"));
    CHECK(it.host.propagations().size() == 1);
    CHECK(it.node.observer().count<wr::notice::stray_reply>() == 1);
  }
  SUBCASE("a refusal comes three times: one failure") {
    it.transport.expect(operation_kind::lightpush).reply(wt::push_refused(429)).repeated(2);
    REQUIRE(it.publish("hello"));
    CHECK(it.node.observer().count<wr::notice::rate_limited>() == 1);
    CHECK(it.node.observer().count<wr::notice::stray_reply>() == 2);
    it.clock.run_for(1s);
    CHECK(it.transport.count(operation_kind::lightpush) == 2);
  }
  SUBCASE("it comes after the timeout, though it was cancelled") {
    it.transport.expect(operation_kind::lightpush).after(10s + 1ms).despite_cancel();
    REQUIRE(it.publish("hello"));
    it.clock.run_for(10s + 2ms);
    CHECK(it.node.observer().count<wr::notice::stray_reply>() == 1);
    CHECK(it.host.propagations().empty());
  }
  SUBCASE("the transport replies and throws as well") {
    struct replies_and_throws : wt::mock_transport<> {
      using wt::mock_transport<>::mock_transport;
      void lightpush(const wr::lightpush_request<wr::message>& made,
                     wr::reply_handle<wr::message, wr::lightpush_reply> handle) {
        handle(wt::push_accepted());
        wt::mock_transport<>::lightpush(made, std::move(handle));
        throw std::runtime_error("after the reply");
      }
    };
    wt::virtual_clock clock;
    replies_and_throws transport(clock);
    wt::test_host<> host(clock);
    wr::node<accepted_client, replies_and_throws, wr::message, wt::test_host<>> node(transport, host);
    host.drive(node);
    transport.sink().peer_appeared(peer(1), pushes_only);
    clock.run_for(0s);
    REQUIRE(node.publish(it.topic, it.make_message("hello")));
    clock.run_for(0s);
    CHECK(host.outcomes().size() == 1);
    CHECK(node.observer().count<wr::notice::stray_reply>() == 2);
  }
}

TEST_CASE("handles outlive their node: what they say is dropped, and the node has ended its requests") {
  wt::virtual_clock clock;
  wt::mock_transport<> transport(clock);
  wt::test_host<> host(clock);
  transport.otherwise(operation_kind::lightpush).hold();
  std::vector<wr::operation_id> open;
  wr::event_sink<wr::message> sink;
  {
    wr::node<presence_client, wt::mock_transport<>, wr::message, wt::test_host<>> node(transport, host);
    host.drive(node);
    sink = transport.sink();
    sink.peer_appeared(peer(1), pushes_only);
    sink.peer_appeared(peer(2), pushes_only);
    clock.run_for(0s);
    wr::message made;
    made.payload.assign(1, std::byte{1});
    made.content_topic = "/test/1/chat/proto";
    REQUIRE(node.publish("/waku/2/rs/1/0", made));
    clock.run_for(0s);
    for (const request& each : transport.requests()) open.push_back(each.operation);
    CHECK(open.size() == 2);
    host.release();
  }
  CHECK(transport.open_requests() == 0);
  CHECK(transport.cancels() == open);
  for (const wr::operation_id each : open) transport.answer(each, wt::push_accepted());
  for (const wr::operation_id each : open) transport.fail(each, transport_error::connection_lost);
  sink.filter_push(peer(1), "/waku/2/rs/1/0", wr::message{});
  sink.connectivity(false);
  clock.run_for(10min);
  CHECK(host.propagations().empty());
  CHECK(clock.waiting() == 0);
}

TEST_CASE("a hook that throws leaves wake() with the node intact, and the rest is done at the next one") {
  for (const std::string which : {"propagated", "finished", "persist"}) {
    CAPTURE(which);
    hooked_node<accepted_client> it;
    it.transport.sink().peer_appeared(peer(1), pushes_only);
    it.settle();
    int throws = 0;
    it.host.hook = [&](const std::string& called) {
      if (called == which && throws++ == 0) throw std::runtime_error("from the application");
    };
    REQUIRE(it.node.publish(it.topic, it.make_message("first")));
    REQUIRE(it.node.publish(it.topic, it.make_message("second")));
    CHECK_THROWS_AS(it.settle(), std::runtime_error);
    const bool persist_comes_last = which == "persist";
    const bool all_told = persist_comes_last || (it.calls("finished") == 2 && it.calls("propagated") == 2);
    REQUIRE(it.host.wake);  // what is left was asked for
    CHECK((all_told || *it.host.wake == it.clock.steady()));
    it.settle();
    CHECK(throws > 0);
    CHECK(it.calls("propagated") == 2);
    CHECK(it.calls("finished") == 2);
    CHECK(it.node.pending() == 0);
    CHECK(it.node.operations() == 0);
    REQUIRE(it.node.publish(it.topic, it.make_message("third")));
    it.settle();
    CHECK(it.calls("finished") == 3);
  }
}

TEST_CASE("a delivery hook that throws loses nothing but its own delivery") {
  receiving_node it(exact_times());
  discover(it, 1);
  REQUIRE(it.subscribe());
  int calls = 0;
  it.host.on_received = [&](const auto&) {
    if (++calls == 2) throw std::runtime_error("from the application");
  };
  for (const char* text : {"one", "two", "three", "four"}) {
    it.transport.sink().filter_push(peer(1), it.topic, it.make_message(text));
  }
  CHECK_THROWS_AS(it.settle(), std::runtime_error);
  CHECK(calls == 2);
  it.settle();
  CHECK(calls == 4);
  CHECK(it.host.deliveries().size() == 4);
}

TEST_CASE("topics may stand in braces, to subscribe and to unsubscribe") {
  receiving_node it(exact_times());
  discover(it, 1);
  CHECK(it.node.subscribe(it.topic, {"/a/1/b/proto", "/a/1/c/proto"}));
  CHECK(it.node.subscribe(it.topic, {}).error() == wr::errc::no_content_topics);
  it.settle();
  const std::vector<std::string> both = {"/a/1/b/proto", "/a/1/c/proto"};
  CHECK(it.transport.last(operation_kind::filter_subscribe).content_topics == both);
  CHECK(it.node.unsubscribe(it.topic, {"/a/1/c/proto", "/unknown/1/c/proto"}));
  it.clock.run_for(5s);
  const std::vector<std::string> left = {"/a/1/c/proto"};
  CHECK(it.transport.last(operation_kind::filter_unsubscribe).content_topics == left);
}

TEST_CASE("topics may be strings, to subscribe and to unsubscribe") {
  receiving_node it(exact_times());
  discover(it, 1);
  const std::vector<std::string> both = {"/a/1/b/proto", "/a/1/c/proto"};
  CHECK(it.node.subscribe(it.topic, both));
  CHECK(it.node.subscribe(it.topic, std::vector<std::string>()).error() == wr::errc::no_content_topics);
  it.settle();
  CHECK(it.transport.last(operation_kind::filter_subscribe).content_topics == both);
  const std::vector<std::string> left = {"/a/1/c/proto"};
  CHECK(it.node.unsubscribe(it.topic, left));
  it.clock.run_for(5s);
  CHECK(it.transport.last(operation_kind::filter_unsubscribe).content_topics == left);
}

TEST_CASE("hooks may publish, cancel, subscribe and ask: all of it is carried out in the same wake") {
  hooked_node<receiving> it;
  it.transport.sink().peer_appeared(peer(1), {true, true, true, false});
  it.settle();
  std::vector<wr::request_id> published;
  it.host.hook = [&](const std::string& called) {
    if (called != "finished" || published.size() >= 3) return;
    published.push_back(*it.node.publish(it.topic, it.make_message("from a hook")));
    CHECK(it.node.status(published.back()));
    CHECK(it.node.subscribe(it.topic, {"/from/1/hook/proto"}));
    it.node.wake();  // does nothing: the running one goes on
  };
  REQUIRE(it.node.publish(it.topic, it.make_message("first")));
  it.settle();
  CHECK(published.size() == 3);
  CHECK(it.calls("finished") == 4);
  CHECK(it.transport.count(operation_kind::lightpush) == 4);
  CHECK(it.transport.count(operation_kind::filter_subscribe) == 1);
}

TEST_CASE("a hook may cancel what is pending, and stop the node") {
  hooked_node<accepted_client> it;
  it.transport.sink().peer_appeared(peer(1), pushes_only);
  it.settle();
  it.transport.expect(operation_kind::lightpush).after(1s);
  it.transport.otherwise(operation_kind::lightpush).hold();
  std::vector<wr::request_id> ids;
  for (const char* text : {"first", "second", "third"}) {
    ids.push_back(*it.node.publish(it.topic, it.make_message(text)));
  }
  it.settle();
  bool cancelled_own = true;
  it.host.hook = [&](const std::string& called) {
    if (called == "propagated") CHECK(it.node.cancel(ids[1]));
    if (called == "finished" && it.calls("finished") == 1) {
      cancelled_own = it.node.cancel(ids[0]).has_value();
      it.node.stop();
    }
  };
  it.clock.run_for(1s);
  it.settle();
  CHECK_FALSE(cancelled_own);  // its outcome was just told
  CHECK(it.calls("finished") == 3);
  CHECK(it.transport.cancels().size() == 2);
  CHECK(it.node.operations() == 0);
  CHECK(it.node.publish(it.topic, it.make_message("late")).error() == wr::errc::stopped);
}

TEST_CASE("one wake() does a bounded number of steps, and asks to be woken again for the rest") {
  hooked_node<accepted_client> it;
  it.transport.otherwise(operation_kind::lightpush).at_once();
  it.transport.sink().peer_appeared(peer(1), pushes_only);
  it.settle();
  std::size_t finished = 0;
  it.host.hook = [&](const std::string& called) {
    if (called != "finished") return;
    if (++finished < 20'000) CHECK(it.node.publish(it.topic, it.make_message("and on")));
  };
  REQUIRE(it.node.publish(it.topic, it.make_message("first")));
  it.host.wake.reset();
  it.node.wake();
  CHECK(finished > 100);
  CHECK(finished < 4'096);  // each message takes several steps
  CHECK(it.host.wake == it.clock.steady());
  it.settle();
  CHECK(finished == 20'000);
  CHECK(it.node.pending() == 0);
}

TEST_CASE("an event that the transport tells inside a call waits for its turn") {
  struct chatty_transport : wt::mock_transport<> {
    using wt::mock_transport<>::mock_transport;
    void lightpush(const wr::lightpush_request<wr::message>& made,
                   wr::reply_handle<wr::message, wr::lightpush_reply> handle) {
      sink().peer_left(made.peer);
      sink().connectivity(false);
      sink().connectivity(true);
      wt::mock_transport<>::lightpush(made, std::move(handle));
    }
  };
  wt::virtual_clock clock;
  chatty_transport transport(clock);
  wt::test_host<> host(clock);
  wr::node<accepted_client, chatty_transport, wr::message, wt::test_host<>> node(transport, host);
  host.drive(node);
  transport.sink().peer_appeared(peer(1), pushes_only);
  transport.sink().peer_appeared(peer(2), pushes_only);
  clock.run_for(0s);
  wr::message made;
  made.payload.assign(1, std::byte{1});
  made.content_topic = "/test/1/chat/proto";
  REQUIRE(node.publish("/waku/2/rs/1/0", made));
  clock.run_for(0s);
  CHECK(transport.count(operation_kind::lightpush) == 2);
  CHECK(host.outcomes().size() == 1);
  REQUIRE(node.publish("/waku/2/rs/1/0", std::move(made)));
  clock.run_for(1s);
  CHECK(transport.count(operation_kind::lightpush) == 2);  // both have left
}

TEST_CASE("bodies and topics stay at their place until the operation ends, also after the outcome") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  wt::virtual_clock clock;
  lending_transport transport;
  wt::test_host<> host(clock);
  wr::options numbers;
  numbers.seed = seed;
  numbers.outgoing.messages_max = 64;
  numbers.outgoing.full = wr::when_full::evict_oldest;
  wr::node<accepted_client, lending_transport, wr::message, wt::test_host<>> node(transport, host, numbers);
  host.drive(node);
  for (std::uint32_t number = 1; number <= 6; ++number) {
    transport.sink.peer_appeared(peer(number), pushes_only);
  }
  clock.run_for(0s);
  std::vector<wr::request_id> ids;
  std::size_t most_after_outcome = 0;
  for (std::uint32_t step = 0; step < 2'000; ++step) {
    wr::message made;
    made.payload.assign(1 + draw.below(300), static_cast<std::byte>(step));
    made.content_topic = "/test/1/chat/proto";
    const std::string shard = "/waku/2/rs/1/" + std::to_string(draw.below(20));
    if (const auto id = node.publish(shard, std::move(made))) ids.push_back(*id);
    clock.run_for(0s);
    transport.check_all();
    while (transport.open() > 0 && draw.chance(0.6)) {
      transport.answer(draw.below(transport.open()),
                       draw.chance(0.6) ? wt::push_accepted() : wt::push_refused(500));
      clock.run_for(0s);
      transport.check_all();
    }
    if (!ids.empty() && draw.chance(0.2)) {
      const auto result = node.cancel(ids[draw.below(ids.size())]);
      CHECK((result || result.error() == wr::errc::unknown_request));
      clock.run_for(0s);
      transport.check_all();
    }
    if (transport.open() > node.pending() * 2) most_after_outcome = transport.open();
    clock.run_for(wr::duration(draw.below(300'000'000)));
    transport.check_all();
  }
  CHECK(transport.changed == 0);
  CHECK(most_after_outcome > 0);
  CHECK(transport.cancelled > 0);
  node.stop();
  clock.run_for(0s);
  CHECK(transport.open() == 0);
  CHECK(host.outcomes().size() == ids.size());
}

TEST_CASE("cancel(), disconnect(), joining and leaving may throw, and nothing is lost") {
  struct touchy_transport : wt::mock_transport<> {
    using wt::mock_transport<>::mock_transport;
    [[noreturn]] void cancel(wr::operation_id) { throw std::runtime_error("cancel"); }
    [[noreturn]] void disconnect(wr::peer_id) { throw std::runtime_error("disconnect"); }
    [[noreturn]] void relay_join(std::string_view) { throw std::runtime_error("join"); }
    [[noreturn]] void relay_leave(std::string_view) { throw std::runtime_error("leave"); }
  };
  struct relaying : wr::policies<wr::relay_then_lightpush, wr::relay_reception, wr::no_recovery,
                                 wr::accepted_is_enough> {};
  wt::virtual_clock clock;
  touchy_transport transport(clock);
  wt::test_host<> host(clock);
  wr::options numbers;
  numbers.pool.disconnect = true;
  wr::node<relaying, touchy_transport, wr::message, wt::test_host<>> node(transport, host, numbers);
  host.drive(node);
  const std::string_view topics[] = {"/test/1/chat/proto"};
  REQUIRE(node.subscribe("/waku/2/rs/1/0", topics));
  transport.sink().peer_appeared(peer(1), pushes_only);
  transport.sink().peer_appeared(peer(2), pushes_only);
  clock.run_for(0s);
  transport.expect(operation_kind::lightpush).drop();
  transport.expect(operation_kind::lightpush).after(10s).reply(wt::push_refused(500));
  wr::message made;
  made.payload.assign(1, std::byte{1});
  made.content_topic = "/test/1/chat/proto";
  const auto id = node.publish("/waku/2/rs/1/0", std::move(made));
  REQUIRE(id);
  clock.run_for(12s);
  CHECK(host.outcomes_of(*id).size() == 1);
  REQUIRE(node.unsubscribe("/waku/2/rs/1/0", topics));
  clock.run_for(60s);
  CHECK(host.outcomes().size() == 1);
}

}  // namespace node_tests
