// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <allocations.hpp>

#include <waku/reliability.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>

namespace no_allocation_tests {

/// The steady state allocates nothing: publishing and its replies, confirmations, received messages, ticks.
namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

/// Counts the allocations while it lives.
class counted {
 public:
  explicit counted(std::size_t& into) : into_(into), before_(allocations) {}
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  ~counted() { into_ += allocations - before_; }

 private:
  std::size_t& into_;
  std::size_t before_;
};

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view content_topic = "/a-topic/1/longer-than-any-small-string/proto";

wr::message make_message(std::uint64_t number) {
  wr::message made;
  made.payload.assign(100, static_cast<std::byte>(number));
  made.payload[0] = static_cast<std::byte>(number >> 8U);
  made.content_topic = content_topic;
  return made;
}

struct confirmed_by_presence : wr::policies<wr::lightpush_only, wr::filter_only, wr::quarantine_pool,
                                            wr::redundant, wr::no_recovery, wr::store_presence> {};
struct confirmed_by_echo : wr::policies<wr::lightpush_only, wr::filter_only, wr::scored_pool, wr::redundant,
                                        wr::no_recovery, wr::filter_echo> {};
struct by_relay : wr::policies<wr::relay_then_lightpush, wr::relay_reception, wr::token_budget,
                               wr::no_recovery, wr::accepted_is_enough> {};

/// A transport that keeps handles in memory taken beforehand, for the test to use.
class lean_transport {
 public:
  lean_transport() {
    pushes.reserve(1'000);
    copies.reserve(1'000);
    relays.reserve(1'000);
    filters.reserve(1'000);
    queries.reserve(1'000);
    hashes.reserve(10'000);
  }
  void attach(wr::event_sink<wr::message> given) { sink = std::move(given); }
  void cancel(wr::operation_id) {}
  void lightpush(const wr::lightpush_request<wr::message>& made,
                 wr::reply_handle<wr::message, wr::lightpush_reply> reply) {
    copies.push_back(&made.message);
    pushes.push_back(std::move(reply));
  }
  void relay_publish(const wr::relay_request<wr::message>&,
                     wr::reply_handle<wr::message, wr::relay_reply> reply) {
    relays.push_back(std::move(reply));
  }
  void relay_join(std::string_view) {}
  void relay_leave(std::string_view) {}
  void filter_subscribe(const wr::filter_subscribe_request&,
                        wr::reply_handle<wr::message, wr::filter_reply> reply) {
    filters.push_back(std::move(reply));
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request&,
                          wr::reply_handle<wr::message, wr::filter_reply> reply) {
    filters.push_back(std::move(reply));
  }
  void filter_ping(const wr::filter_ping_request&, wr::reply_handle<wr::message, wr::filter_reply> reply) {
    filters.push_back(std::move(reply));
  }
  void store_query(const wr::store_request& made,
                   wr::reply_handle<wr::message, wr::store_reply<wr::message>> reply) {
    hashes.insert(hashes.end(), made.hashes.begin(), made.hashes.end());
    queries.push_back(std::move(reply));
  }

  wr::event_sink<wr::message> sink;
  std::vector<wr::reply_handle<wr::message, wr::lightpush_reply>> pushes;
  std::vector<const wr::message*> copies;
  std::vector<wr::reply_handle<wr::message, wr::relay_reply>> relays;
  std::vector<wr::reply_handle<wr::message, wr::filter_reply>> filters;
  std::vector<wr::reply_handle<wr::message, wr::store_reply<wr::message>>> queries;
  std::vector<wr::message_hash> hashes;  ///< of all queries, in order
};

/// A host that counts what it is told.
class lean_host {
 public:
  [[nodiscard]] wr::instant now() const { return time; }
  void wake_at(wr::steady_time at) { wake = at; }
  wt::fast_hasher& hasher() { return hasher_; }
  void received(wr::deliver<wr::message>&&) { ++deliveries; }
  void finished(const wr::finished& told) {
    ++ends;
    confirmations += std::holds_alternative<wr::confirmed>(told.outcome) ? 1 : 0;
  }
  void propagated(const wr::propagated&) { ++propagations; }
  void persist() {}

  wr::instant time{wr::steady_time(1000s), wr::wall_time(std::chrono::seconds(1'717'200'000))};
  std::optional<wr::steady_time> wake;
  std::size_t deliveries = 0;
  std::size_t ends = 0;
  std::size_t confirmations = 0;
  std::size_t propagations = 0;

 private:
  wt::fast_hasher hasher_;
};

template <class Policies>
struct lean_node {
  lean_node() {
    transport.sink.relay_peers(shard, 5);
    for (std::uint32_t number = 1; number <= 5; ++number) {
      const bool pushes = number <= 2;
      transport.sink.peer_appeared(static_cast<wr::peer_id>(number), {pushes, !pushes, !pushes, false});
    }
    wake();
  }
  void wake() {
    do {
      host.wake.reset();
      node.wake();
    } while (host.wake && *host.wake <= host.time.steady);
  }
  /// Lets time pass, with a wake-up at each deadline.
  void pass(wr::duration length) {
    const wr::steady_time end = host.time.steady + length;
    while (host.wake && *host.wake <= end) {
      const wr::duration step = *host.wake - host.time.steady;
      if (step > 0s) host.time = host.time + step;
      wake();
    }
    host.time = host.time + (end - host.time.steady);
  }

  lean_transport transport;
  lean_host host;
  wr::node<Policies, lean_transport, wr::message, lean_host> node{transport, host, numbers()};

 private:
  // What was received is forgotten within minutes, so that a test lasts until that has come to its full size.
  static wr::options numbers() {
    wr::options chosen;
    chosen.cadence.interval = 15s;
    chosen.cadence.longest = 20s;
    chosen.recovery.window = 30s;
    chosen.recovery.overlap = 5s;
    chosen.seen.lifetime = 60s;
    return chosen;
  }
};

struct duplicate_counter {
  static constexpr wr::slot fills = wr::slot::observer;
  void on(const wr::notice::duplicate_received&) { ++duplicates; }
  std::size_t duplicates = 0;
};
struct windowed : wr::policies<wr::lightpush_only, wr::filter_only, wr::quarantine_pool, wr::redundant,
                               wr::no_recovery, wr::store_presence, duplicate_counter> {};

/// An engine alone, and what it asks for, in memory taken beforehand.
struct lone_engine {
  explicit lone_engine(const wr::options& numbers) : engine(numbers, hasher) {
    pushes.reserve(1'000);
    filters.reserve(100);
    hashes.reserve(1'000);
  }
  void poll() {
    while (engine.poll(*this)) {
    }
  }
  template <class Reply>
  void answer(wr::operation_id operation, Reply reply) {
    engine.handle(wr::operation_ended<Reply>{operation, std::move(reply)}, now);
  }
  /// All nodes take what was pushed, and all filter nodes subscribe us.
  void accept() {
    for (const wr::operation_id push : pushes) answer(push, wr::lightpush_reply{200, 3});
    for (const wr::operation_id asked : filters) answer(asked, wr::filter_reply{200});
    pushes.clear();
    filters.clear();
    poll();
  }

  void operator()(const wr::lightpush_request<wr::message>& asked) { pushes.push_back(asked.operation); }
  void operator()(const wr::filter_subscribe_request& asked) { filters.push_back(asked.operation); }
  void operator()(const wr::filter_ping_request& asked) { filters.push_back(asked.operation); }
  void operator()(const wr::store_request& asked) {
    REQUIRE_FALSE(query.value());
    query = asked.operation;
    hashes.assign(asked.hashes.begin(), asked.hashes.end());
  }
  void operator()(const wr::finished& told) {
    confirmations += std::holds_alternative<wr::confirmed>(told.outcome) ? 1 : 0;
  }
  void operator()(wr::deliver<wr::message>&&) { ++deliveries; }
  template <class Other>
  void operator()(const Other&) {}

  wt::fast_hasher hasher;
  wr::instant now{wr::steady_time(1000s), wr::wall_time(std::chrono::seconds(1'717'200'000))};
  wr::engine<windowed, wr::message, wt::fast_hasher> engine;
  std::vector<wr::operation_id> pushes;
  std::vector<wr::operation_id> filters;
  wr::operation_id query;
  std::vector<wr::message_hash> hashes;  ///< of the query
  std::size_t confirmations = 0;
  std::size_t deliveries = 0;
};

}  // namespace

TEST_CASE(
    "a window of messages in flight, each pushed, accepted twice and confirmed, and duplicates allocate "
    "nothing") {
  constexpr std::size_t batch = 50;
  constexpr std::size_t window = 1'000;
  constexpr std::size_t warm_rounds = 100;
  constexpr std::size_t counted_rounds = 100;
  wr::options numbers;
  numbers.outgoing.messages_max = window;
  numbers.seen.entries_max = window;  // full, so that the oldest leave
  lone_engine it(numbers);
  for (std::uint32_t number = 1; number <= 5; ++number) {
    const bool pushes = number <= 2;
    it.engine.handle(
        wr::peer_appeared{static_cast<wr::peer_id>(number), {pushes, !pushes, !pushes, false}, {}}, it.now);
  }
  REQUIRE(it.engine.subscribe(shard, {content_topic}, it.now));
  it.engine.tick(it.now);
  it.poll();
  it.accept();

  std::uint64_t number = 0;
  std::size_t taken = 0;
  for (std::size_t round = 0; round < warm_rounds + counted_rounds; ++round) {
    std::vector<wr::message> published;
    std::vector<wr::message> received;
    for (std::size_t each = 0; each < batch; ++each) {
      published.push_back(make_message(++number));
      received.push_back(make_message(++number));
      received.back().timestamp = static_cast<std::int64_t>(number);
    }
    std::vector<wr::message> again = received;
    std::size_t in_round = 0;
    {
      // As many batches are in flight as it takes until the first has settled.
      const counted here(in_round);
      it.now = it.now + wr::confirmation_options{}.settling / (window / batch);
      it.engine.tick(it.now);
      it.poll();
      it.accept();
    }
    if (it.query.value()) {
      REQUIRE(it.hashes.size() == batch);
      wr::store_reply<wr::message> reply;
      reply.status = 200;
      for (const wr::message_hash& hash : it.hashes) reply.entries.push_back({hash, std::nullopt});
      const counted here(in_round);
      it.answer(std::exchange(it.query, wr::operation_id{}), std::move(reply));
      it.poll();
    }
    {
      const counted here(in_round);
      for (wr::message& each : published) {
        const bool accepted = it.engine.publish(shard, std::move(each), it.now).has_value();
        if (!accepted) FAIL("the window is not full");
      }
      it.poll();
      it.accept();
      for (auto* messages : {&received, &again}) {
        for (wr::message& each : *messages) {
          it.engine.handle(wr::filter_push<wr::message>{wr::peer_id{3}, shard, std::move(each)}, it.now);
        }
        it.poll();
      }
    }
    if (round >= warm_rounds) taken += in_round;
  }
  CHECK(it.engine.pending() == window);
  CHECK(it.confirmations == (warm_rounds + counted_rounds) * batch - window);
  CHECK(it.deliveries == (warm_rounds + counted_rounds) * batch);
  CHECK(it.engine.observer().duplicates == (warm_rounds + counted_rounds) * batch);
  CHECK(taken == 0);
}

TEST_CASE("publish, replies, presence query and confirmation allocate nothing once warm") {
  lean_node<confirmed_by_presence> it;
  constexpr std::size_t at_once = 60;  // more than one query holds
  std::size_t taken = 0;
  std::uint64_t number = 0;
  for (int round = 0; round < 30; ++round) {
    std::vector<wr::message> messages;
    for (std::size_t count = 0; count < at_once; ++count) messages.push_back(make_message(++number));
    std::size_t in_round = 0;
    {
      const counted window(in_round);
      for (wr::message& each : messages) CHECK(it.node.publish(shard, std::move(each)));
      it.wake();
      for (auto& reply : it.transport.pushes) {
        wr::lightpush_reply accepted;
        accepted.status = 200;
        accepted.relay_peer_count = 3;
        reply(std::move(accepted));
      }
      it.wake();
      it.pass(3s);
    }
    CHECK(it.transport.pushes.size() == 2 * at_once);
    CHECK(it.transport.queries.size() == 2);
    CHECK(it.transport.hashes.size() == at_once);
    std::vector<wr::store_reply<wr::message>> replies(2);
    for (std::size_t at = 0; at < at_once; ++at) {
      replies[at < 50 ? 0 : 1].entries.push_back({it.transport.hashes[at], std::nullopt});
    }
    for (auto& each : replies) each.status = 200;
    {
      const counted window(in_round);
      for (std::size_t at = 0; at < 2; ++at) it.transport.queries[at](std::move(replies[at]));
      it.wake();
      it.pass(7s);
    }
    it.transport.pushes.clear();
    it.transport.copies.clear();
    it.transport.queries.clear();
    it.transport.hashes.clear();
    if (round >= 10) taken += in_round;
  }
  CHECK(it.host.confirmations == 30 * at_once);
  CHECK(it.host.propagations == 30 * at_once);
  CHECK(taken == 0);
}

TEST_CASE("publishing by lightpush with echoes, and receiving by filter, allocate nothing once warm") {
  lean_node<confirmed_by_echo> it;
  const std::string_view topics[] = {content_topic};
  REQUIRE(it.node.subscribe(shard, topics));
  it.wake();
  const auto answer_filters = [&] {
    for (auto& reply : it.transport.filters) reply(wr::filter_reply{200, {}});
    it.transport.filters.clear();
    it.wake();
  };
  answer_filters();
  std::size_t taken = 0;
  std::uint64_t number = 0;
  for (int round = 0; round < 300; ++round) {
    wr::message published = make_message(++number);
    wr::message received = make_message(++number);
    std::size_t in_round = 0;
    {
      const counted window(in_round);
      CHECK(it.node.publish(shard, std::move(published)));
      it.wake();
    }
    REQUIRE(it.transport.copies.size() == 2);
    wr::message shown = *it.transport.copies[0];
    received.timestamp = shown.timestamp + 1;
    wr::message again = received;
    {
      const counted window(in_round);
      it.transport.sink.filter_push(static_cast<wr::peer_id>(3), shard, std::move(shown));
      it.transport.sink.filter_push(static_cast<wr::peer_id>(3), shard, std::move(received));
      it.transport.sink.filter_push(static_cast<wr::peer_id>(4), shard, std::move(again));
      it.wake();
      for (auto& reply : it.transport.pushes) {
        wr::lightpush_reply no_peers;
        no_peers.status = 505;
        reply(std::move(no_peers));
      }
      it.wake();
      it.pass(900ms);
      answer_filters();  // pings, at times
    }
    it.transport.pushes.clear();
    it.transport.copies.clear();
    if (round >= 200) taken += in_round;
  }
  CHECK(it.host.confirmations == 300);
  CHECK(it.host.deliveries == 300);
  CHECK(taken == 0);
}

TEST_CASE("publishing and receiving by relay within a budget allocate nothing once warm") {
  lean_node<by_relay> it;
  const std::string_view topics[] = {content_topic};
  REQUIRE(it.node.subscribe(shard, topics));
  it.wake();
  std::size_t taken = 0;
  std::uint64_t number = 0;
  for (int round = 0; round < 200; ++round) {
    wr::message published = make_message(++number);
    wr::message received = make_message(++number);
    received.timestamp = static_cast<std::int64_t>(number);
    std::size_t in_round = 0;
    {
      const counted window(in_round);
      CHECK(it.node.publish(shard, std::move(published)));
      it.transport.sink.relay_message(shard, std::move(received));
      it.wake();
      for (auto& reply : it.transport.relays) reply(wr::relay_reply{round % 10 == 0 ? 0U : 4U});
      it.wake();
      for (auto& reply : it.transport.pushes) reply.fail(wr::transport_error::dial_failed);
      it.wake();
      it.pass(2s);
    }
    it.transport.relays.clear();
    it.transport.pushes.clear();
    it.transport.copies.clear();
    if (round >= 100) taken += in_round;
  }
  CHECK(it.host.deliveries == 200);
  CHECK(it.host.ends > 150);
  CHECK(taken == 0);
}

}  // namespace no_allocation_tests
