// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/filter_service.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/core/message.hpp>

#include <cache/samples.hpp>
#include <service/filter_clients.hpp>

namespace filter_service_tests {

using namespace filter_clients;
using namespace std::chrono_literals;
using samples::at;
using samples::hash_number;

namespace {

using pushes = std::vector<pushed>;

// Without a rate, which most tests are not about.
ws::profile unlimited() {
  ws::profile own = ws::nwaku_profile();
  own.filter_rate = {};
  return own;
}
// Message n is on topic 0 and has 100 bytes unless said otherwise.
std::size_t relay(service& to, std::uint32_t message, wr::steady_time now, std::uint32_t topic_number = 0,
                  std::size_t bytes = 100) {
  return to.relayed(shard, topic(topic_number), hash_number(message), message, bytes, now);
}

}  // namespace

TEST_CASE("a relayed message is pushed to those who want it, in the order of their numbers") {
  service it(unlimited(), 1);
  CHECK(subscribe(it, 3, topic_list(0, 2), at(0s)) == 200);
  CHECK(subscribe(it, 1, topic_list(1, 2), at(0s)) == 200);
  CHECK(subscribe(it, 2, topic_list(1, 1), at(0s), "/waku/2/rs/1/9") == 200);
  CHECK(relay(it, 10, at(1s), 0) == 1);
  CHECK(relay(it, 11, at(1s), 1) == 2);
  CHECK(relay(it, 12, at(1s), 7) == 0);
  CHECK(drain(it, at(1s)) == pushes{{3, 10}, {1, 11}, {3, 11}});
  CHECK_FALSE(it.next_push(at(1s)));
  CHECK(it.waiting_bodies() == 0);
  CHECK(it.counts().queued == 3);
  CHECK(it.counts().ended == 3);
}

TEST_CASE("a request that could not be read counts against the rate, and to ask for the rate does not") {
  ws::profile own = ws::nwaku_profile();
  own.filter_rate = {2, 1min};
  service it(own, 1);
  for (int asked = 0; asked < 5; ++asked) CHECK_FALSE(it.over_rate(client(1), at(0s)));
  it.count_unread(client(1), at(0s));
  CHECK(ping(it, 1, at(0s)) == 404);
  CHECK(it.over_rate(client(1), at(0s)));
  CHECK(ping(it, 1, at(0s)) == 429);
  CHECK_FALSE(it.over_rate(client(2), at(0s)));
  CHECK_FALSE(it.over_rate(client(1), at(30s)));
}

TEST_CASE("requests are answered as the profile says, and those over the rate with 429") {
  service it(ws::go_waku_profile(), 1);
  CHECK(ping(it, 1, at(0s)) == 404);
  CHECK(ping(it, 1, at(0s)) == 429);
  CHECK(subscribe(it, 1, topic_list(0, 1), at(500ms)) == 429);
  CHECK(subscribe(it, 1, topic_list(0, 1), at(1s)) == 200);
  CHECK(unsubscribe(it, 1, topic_list(0, 1), at(1s)) == 429);
  CHECK(it.unsubscribe_all({client(1)}, at(1s)).status == 429);
  CHECK(ping(it, 1, at(2s)) == 200);
  CHECK(unsubscribe(it, 1, topic_list(1, 1), at(3s)) == 404);
  CHECK(it.unsubscribe_all({client(1)}, at(4s)).status == 200);
  CHECK(it.unsubscribe_all({client(1)}, at(5s)).status == 404);
  for (std::uint32_t number = 1; number <= 20; ++number) {
    CHECK(subscribe(it, number, topic_list(0, 1), at(6s)) == 200);
  }
  CHECK(subscribe(it, 21, topic_list(0, 1), at(6s)) == 503);
}

TEST_CASE("a message is not pushed again within two minutes, and each repeat renews them") {
  service it(unlimited(), 1);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  const auto keep = [&](auto when) { CHECK(ping(it, 1, at(when)) == 200); };
  CHECK(relay(it, 7, at(1s)) == 1);
  CHECK(relay(it, 7, at(100s)) == 0);
  CHECK(relay(it, 7, at(200s)) == 0);
  CHECK(it.counts().repeated == 2);
  keep(250s);
  CHECK(relay(it, 7, at(320s)) == 1);
  CHECK(relay(it, 7, at(439s)) == 0);

  service forgetful(ws::go_waku_profile(), 1);
  subscribe(forgetful, 1, topic_list(0, 1), at(0s));
  CHECK(relay(forgetful, 7, at(1s)) == 1);
  CHECK(relay(forgetful, 7, at(1s)) == 1);
}

TEST_CASE("a message is pushed again after its two minutes, however many others end with it") {
  ws::profile own = unlimited();
  own.push_bodies_max = 1'000;
  service it(own, 1);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  for (std::uint32_t number = 0; number < 100; ++number) CHECK(relay(it, number, at(1s)) == 1);
  drain(it, at(1s));
  CHECK(ping(it, 1, at(100s)) == 200);
  CHECK(relay(it, 99, at(121s)) == 1);
  CHECK(relay(it, 99, at(122s)) == 0);
}

TEST_CASE("the memory of pushes holds only what somebody wanted, and so many") {
  ws::profile own = unlimited();
  own.push_memory_max = 2;
  service it(own, 1);
  CHECK(relay(it, 1, at(0s)) == 0);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  CHECK(relay(it, 1, at(1s)) == 1);
  CHECK(relay(it, 2, at(1s)) == 1);
  CHECK(relay(it, 1, at(1s)) == 0);
  CHECK(relay(it, 3, at(1s)) == 1);
  CHECK(relay(it, 4, at(1s)) == 1);
  CHECK(relay(it, 2, at(1s)) == 1);
}

TEST_CASE("a client whose queue is full is dropped, and the others get the message") {
  ws::profile own = unlimited();
  own.push_queue_max = 3;
  service it(own, 1);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  subscribe(it, 2, topic_list(0, 2), at(0s));
  const auto stuck = it.next_push(at(0s));
  CHECK_FALSE(stuck);
  for (std::uint32_t message = 0; message < 3; ++message) CHECK(relay(it, message, at(1s), 1) == 1);
  CHECK(relay(it, 3, at(1s), 0) == 1);
  CHECK_FALSE(it.subscribed(client(2)));
  CHECK(it.next_dropped() == client(2));
  CHECK_FALSE(it.next_dropped());
  CHECK(it.counts().dropped == 1);
  CHECK(drain(it, at(1s)) == pushes{{1, 3}});
  CHECK(it.waiting_bodies() == 0);
  CHECK(ping(it, 2, at(2s)) == 404);
}

TEST_CASE("a push that takes twenty seconds drops its client, and its end comes too late") {
  service it(unlimited(), 1);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  subscribe(it, 2, topic_list(0, 1), at(0s));
  relay(it, 1, at(1s));
  const auto slow = it.next_push(at(1s));
  CHECK(it.next_deadline() == at(21s));
  const auto quick = it.next_push(at(5s));
  it.push_ended(quick->ticket, true, at(6s));
  it.advance(at(21s) - 1ns);
  CHECK(it.subscribed(client(1)));
  it.advance(at(21s));
  CHECK_FALSE(it.subscribed(client(1)));
  CHECK_FALSE(it.next_deadline());
  CHECK(it.subscribed(client(2)));

  // It may come again; that it was dropped is told still, and the old push says nothing about the new one.
  subscribe(it, 1, topic_list(0, 1), at(22s));
  CHECK(it.next_dropped() == client(1));
  CHECK_FALSE(it.next_dropped());
  relay(it, 2, at(22s));
  const auto again = it.next_push(at(22s));
  CHECK(again->client == client(1));
  it.push_ended(slow->ticket, false, at(23s));
  CHECK(it.next_deadline() == at(42s));
  it.push_ended(again->ticket, true, at(23s));
  CHECK(it.counts().ended == 2);
}

TEST_CASE("lengths of time without an end: no subscription, no push and no memory of pushes is ever over") {
  ws::profile own = unlimited();
  own.subscription_lifetime = own.push_timeout = own.push_memory = wr::duration::max();
  service it(own, 1);
  subscribe(it, 1, topic_list(0, 1), at(10s));
  CHECK(relay(it, 1, at(11s)) == 1);
  const auto begun = it.next_push(at(11s));
  REQUIRE(begun);
  CHECK_FALSE(it.next_deadline());
  it.advance(at(1'000'000h));
  CHECK(it.subscribed(client(1)));
  CHECK(it.counts().expired == 0);
  CHECK(it.counts().failed == 0);
  it.push_ended(begun->ticket, true, at(1'000'000h));
  CHECK(it.counts().ended == 1);
  CHECK(relay(it, 1, at(1'000'000h)) == 0);
  CHECK(relay(it, 2, at(1'000'000h)) == 1);

  // As long as there are times at all, there is a deadline.
  own.push_timeout = wr::duration::max() - 12s;
  service almost(own, 1);
  subscribe(almost, 1, topic_list(0, 1), at(10s));
  relay(almost, 1, at(11s));
  REQUIRE(almost.next_push(at(11s)));
  CHECK(almost.next_deadline() == wr::steady_time::max() - 1s);
}

TEST_CASE("pushes that fail are not tried again, and too many in a row drop the client") {
  service it(unlimited(), 1);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  const auto push = [&](std::uint32_t message, bool ok) {
    CHECK(relay(it, message, at(1s)) == 1);
    const auto begun = it.next_push(at(1s));
    CHECK(*begun->body == message);
    it.push_ended(begun->ticket, ok, at(1s));
  };
  push(1, false);
  push(2, false);
  push(3, true);
  push(4, false);
  push(5, false);
  CHECK(it.subscribed(client(1)));
  push(6, false);
  CHECK_FALSE(it.subscribed(client(1)));
  CHECK(it.next_dropped() == client(1));

  ws::profile patient = unlimited();
  patient.push_failures_max = 0;
  service other(patient, 1);
  subscribe(other, 1, topic_list(0, 1), at(0s));
  for (std::uint32_t message = 0; message < 50; ++message) {
    relay(other, message, at(1s));
    other.push_ended(other.next_push(at(1s))->ticket, false, at(1s));
  }
  CHECK(other.subscribed(client(1)));
}

TEST_CASE("so many messages wait at most: then who keeps the oldest is dropped") {
  ws::profile own = unlimited();
  own.push_bodies_max = 10;
  service it(own, 1);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  subscribe(it, 2, topic_list(0, 1), at(0s));
  subscribe(it, 3, topic_list(1, 1), at(0s));
  for (std::uint32_t message = 0; message < 5; ++message) relay(it, message, at(1s), 0);
  const auto begun = it.next_push(at(1s));
  CHECK(begun->client == client(1));
  it.push_ended(begun->ticket, true, at(1s));
  for (std::uint32_t message = 5; message < 10; ++message) relay(it, message, at(1s), 1);
  CHECK(it.waiting_bodies() == 10);
  CHECK(relay(it, 10, at(1s), 1) == 1);
  CHECK(it.next_dropped() == client(2));
  CHECK_FALSE(it.next_dropped());
  CHECK(it.waiting_bodies() == 10);
  CHECK(it.subscribed(client(1)));
  CHECK(it.subscribed(client(3)));
}

TEST_CASE("so many bytes wait at most: those who are furthest behind are dropped, until a message has room") {
  ws::profile own = unlimited();
  own.push_bytes_max = 1'000;
  service it(own, 1);
  // The first is furthest behind, then the second; the third keeps up.
  for (std::uint32_t number = 1; number <= 3; ++number) subscribe(it, number, topic_list(number, 1), at(0s));
  relay(it, 1, at(1s), 1, 300);
  relay(it, 2, at(1s), 2, 300);
  relay(it, 3, at(1s), 3, 400);
  CHECK(it.waiting_bytes() == 1'000);
  CHECK_FALSE(it.next_dropped());

  CHECK(relay(it, 4, at(1s), 3, 301) == 1);
  CHECK(it.next_dropped() == client(1));
  CHECK(it.next_dropped() == client(2));
  CHECK_FALSE(it.next_dropped());
  CHECK(it.subscribed(client(3)));
  CHECK(it.waiting_bytes() == 701);
  CHECK(it.waiting_bodies() == 2);
  CHECK(it.counts().dropped == 2);
  CHECK(drain(it, at(1s)) == pushes{{3, 3}, {3, 4}});
  CHECK(it.waiting_bytes() == 0);
}

TEST_CASE("a message that many wait for counts once, and where all are equally far behind all are dropped") {
  ws::profile own = unlimited();
  own.push_bytes_max = 1'000;
  service it(own, 1);
  for (std::uint32_t number = 1; number <= 50; ++number) subscribe(it, number, topic_list(0, 1), at(0s));
  CHECK(relay(it, 1, at(1s), 0, 600) == 50);
  CHECK(it.waiting_bytes() == 600);
  CHECK(relay(it, 2, at(1s), 0, 400) == 50);
  CHECK(it.counts().dropped == 0);
  // All are as slow as each other, so nobody is left for the third.
  CHECK(relay(it, 3, at(1s), 0, 1) == 0);
  CHECK(it.counts().dropped == 50);
  CHECK(it.waiting_bytes() == 0);
  CHECK(it.waiting_bodies() == 0);
}

TEST_CASE("a message larger than all that may wait is pushed to nobody, drops nobody and is not remembered") {
  ws::profile own = unlimited();
  own.push_bytes_max = 1'000;
  service it(own, 1);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  relay(it, 1, at(1s), 0, 500);
  CHECK(relay(it, 2, at(1s), 0, 1'001) == 0);
  CHECK(relay(it, 3, at(1s), 7, 1'001) == 0);  // which nobody wants
  CHECK(it.counts().oversized == 1);
  CHECK(it.counts().dropped == 0);
  CHECK(it.waiting_bytes() == 500);
  CHECK(relay(it, 2, at(1s), 0, 500) == 1);
  CHECK(it.counts().repeated == 0);
  CHECK(drain(it, at(1s)) == pushes{{1, 1}, {1, 2}});
  // One that just fits goes out alone.
  CHECK(relay(it, 4, at(1s), 0, 1'000) == 1);
}

TEST_CASE("the bound of bytes holds for the largest numbers, and for messages of no bytes") {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  ws::profile own = unlimited();
  own.push_bytes_max = most;
  own.push_bodies_max = 3;
  service it(own, 1);
  for (std::uint32_t number = 1; number <= 2; ++number) subscribe(it, number, topic_list(number, 1), at(0s));
  CHECK(relay(it, 1, at(1s), 1, most - 1) == 1);
  CHECK(relay(it, 2, at(1s), 2, 1) == 1);
  CHECK(it.waiting_bytes() == most);
  CHECK(relay(it, 3, at(1s), 2, 0) == 1);
  CHECK(it.counts().dropped == 0);
  drain(it, at(1s));
  CHECK(relay(it, 4, at(1s), 1, most) == 1);
  CHECK(relay(it, 5, at(1s), 2, most) == 1);
  CHECK(it.next_dropped() == client(1));
  CHECK(it.waiting_bytes() == most);
  CHECK(it.counts().oversized == 0);

  // Where no bytes may wait, only messages without any do, and their number is bounded still.
  own.push_bytes_max = 0;
  service empty(own, 1);
  for (std::uint32_t number = 1; number <= 2; ++number)
    subscribe(empty, number, topic_list(number, 1), at(0s));
  CHECK(relay(empty, 1, at(1s), 1, 1) == 0);
  CHECK(empty.counts().oversized == 1);
  CHECK(relay(empty, 2, at(1s), 1, 0) == 1);
  for (std::uint32_t message = 3; message <= 4; ++message) CHECK(relay(empty, message, at(1s), 2, 0) == 1);
  CHECK(empty.counts().dropped == 0);
  CHECK(relay(empty, 5, at(1s), 2, 0) == 1);
  CHECK(empty.next_dropped() == client(1));
  CHECK(empty.waiting_bodies() == 3);
  CHECK(empty.waiting_bytes() == 0);
}

TEST_CASE("a message is let go with the last client that it waits for, whichever way each goes") {
  ws::profile own = unlimited();
  own.push_queue_max = 2;
  own.push_failures_max = 1;
  ws::filter_service<std::shared_ptr<std::string>> it(own, 1);
  const auto send = [&](std::uint32_t number, std::uint32_t on, wr::steady_time now) {
    return it.relayed(shard, topic(on), hash_number(number), std::make_shared<std::string>("other"), 1, now);
  };
  const auto begin = [&](wr::steady_time now) {
    const auto push = it.next_push(now);
    REQUIRE(push);
    return push->ticket;
  };
  // All want topic 0; the eighth also topic 8.
  for (std::uint32_t number = 1; number <= 8; ++number) subscribe(it, number, topic_list(0, 1), at(0s));
  subscribe(it, 8, topic_list(8, 1), at(0s));
  auto body = std::make_shared<std::string>("hello");
  const std::weak_ptr<std::string> watched = body;
  CHECK(it.relayed(shard, topic(0), hash_number(1), std::move(body), 700, at(1s)) == 8);
  const auto kept = [&](std::size_t others = 0) {
    return watched.use_count() == 1 && it.waiting_bytes() == 700 + others;
  };
  CHECK(kept());
  it.push_ended(begin(at(1s)), true, at(1s));
  CHECK(kept());
  it.push_ended(begin(at(1s)), false, at(1s));
  CHECK(it.next_dropped() == client(2));
  CHECK(kept());
  begin(at(1s));
  it.advance(at(21s));
  CHECK(it.next_dropped() == client(3));
  CHECK(kept());
  CHECK(unsubscribe(it, 4, topic_list(0, 1), at(21s)) == 200);
  CHECK(it.unsubscribe_all({client(5)}, at(21s)).status == 200);
  CHECK(it.client_left(client(6)));
  CHECK(kept());
  CHECK(send(2, 8, at(21s)) == 1);
  CHECK(kept(1));
  CHECK(send(3, 8, at(21s)) == 0);
  CHECK(it.next_dropped() == client(8));
  CHECK(kept());
  // The first has it no more, so only the seventh is left.
  CHECK(ping(it, 1, at(4min)) == 200);
  CHECK(kept());
  SUBCASE("it is over its lifetime") {
    it.advance(at(6min));
    CHECK(it.counts().expired == 1);
  }
  SUBCASE("it is written to") { it.push_ended(begin(at(4min)), true, at(4min)); }
  SUBCASE("a restart") { CHECK(it.forget_all() == 2); }
  CHECK(watched.expired());
  CHECK(it.waiting_bytes() == 0);
  CHECK(it.waiting_bodies() == 0);
}

TEST_CASE("a message of a type that the library knows counts with its encoded size") {
  ws::profile own = unlimited();
  own.push_bytes_max = 2'000;
  ws::filter_service<wr::message> it(own, 1);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  wr::message m;
  m.content_topic = topic(0);
  m.payload.resize(1'000);
  CHECK(it.relayed(shard, m.content_topic, hash_number(1), m, at(1s)) == 1);
  CHECK(it.waiting_bytes() == wr::message_traits<wr::message>::encoded_size(m));
  CHECK(it.waiting_bytes() >= 1'000);
  CHECK(it.relayed(shard, m.content_topic, hash_number(2), m, at(1s)) == 0);
  CHECK(it.next_dropped() == client(1));
}

TEST_CASE("a client that leaves or unsubscribes has nothing waiting any more") {
  service it(unlimited(), 1);
  for (std::uint32_t number = 1; number <= 3; ++number) subscribe(it, number, topic_list(0, 1), at(0s));
  relay(it, 1, at(1s));
  CHECK(it.client_left(client(1)));
  CHECK_FALSE(it.client_left(client(1)));
  CHECK(unsubscribe(it, 2, topic_list(0, 1), at(1s)) == 200);
  CHECK_FALSE(it.next_dropped());
  CHECK(drain(it, at(1s)) == pushes{{3, 1}});
}

TEST_CASE("silent clients leave with what waits for them, and a restart forgets everybody") {
  service it(unlimited(), 1);
  subscribe(it, 1, topic_list(0, 1), at(0s));
  subscribe(it, 2, topic_list(0, 1), at(3min));
  relay(it, 1, at(3min));
  CHECK(drain(it, at(6min)) == pushes{{2, 1}});
  CHECK(it.counts().expired == 1);
  relay(it, 2, at(6min));
  CHECK(it.forget_all() == 1);
  CHECK(it.waiting_bodies() == 0);
  CHECK(ping(it, 2, at(6min)) == 404);
  subscribe(it, 2, topic_list(0, 1), at(6min));
  CHECK(relay(it, 2, at(6min)) == 1);
}

TEST_CASE("a body is moved in and kept once, whoever gets it; it need not be copyable") {
  ws::filter_service<std::unique_ptr<std::string>> it(unlimited(), 1);
  for (std::uint32_t number = 1; number <= 3; ++number) subscribe(it, number, topic_list(0, 1), at(0s));
  auto body = std::make_unique<std::string>("hello");
  const std::string* const address = body.get();
  CHECK(it.relayed(shard, topic(0), hash_number(1), std::move(body), 5, at(1s)) == 3);
  CHECK(it.waiting_bodies() == 1);
  int pushes_begun = 0;
  while (const auto push = it.next_push(at(1s))) {
    CHECK(push->body->get() == address);
    CHECK(push->pubsub_topic == shard);
    CHECK(**push->body == "hello");
    it.push_ended(push->ticket, true, at(1s));
    ++pushes_begun;
  }
  CHECK(pushes_begun == 3);
  CHECK(it.waiting_bodies() == 0);
}

TEST_CASE("a restart forgets rates too, and of the dropped the latest are told") {
  ws::profile own = ws::go_waku_profile();
  own.push_failures_max = 1;
  service it(own, 1);
  CHECK(ping(it, 1, at(0s)) == 404);
  CHECK(ping(it, 1, at(0s)) == 429);
  it.forget_all();
  CHECK(ping(it, 1, at(0s)) == 404);

  // Twenty places, thirty clients that fail one after the other, and a host that does not ask.
  for (std::uint32_t number = 1; number <= 30; ++number) {
    CHECK(subscribe(it, number, topic_list(0, 1), at(10s)) == 200);
    CHECK(relay(it, number, at(10s)) == 1);
    it.push_ended(it.next_push(at(10s))->ticket, false, at(10s));
  }
  for (std::uint32_t number = 11; number <= 30; ++number) CHECK(it.next_dropped() == client(number));
  CHECK_FALSE(it.next_dropped());
}

TEST_CASE("10,000 clients with 20 topics each: a push looks at as many subscriptions as it matches") {
  ws::profile own = unlimited();
  own.subscribers_max = 10'000;
  service it(own, samples::seed());
  // A topic of its own for each client but for 19 that are shared by few, by some and by all.
  for (std::uint32_t number = 0; number < 10'000; ++number) {
    std::vector<std::string> texts{topic(5'000'000 + number)};
    for (std::uint32_t shared = 1; shared < 20; ++shared) {
      const std::uint32_t groups = 1U << (shared % 14);
      texts.push_back(topic(shared * 100'000 + number % groups));
    }
    CHECK(subscribe(it, number, topic_list(std::move(texts)), at(0s)) == 200);
  }
  std::map<std::uint32_t, std::uint64_t> expected;  // by topic
  for (std::uint32_t number = 0; number < 10'000; ++number) {
    if (number % 100 == 0) ++expected[5'000'000 + number];
    for (std::uint32_t shared = 1; shared < 20; ++shared) {
      const std::uint32_t group = number % (1U << (shared % 14));
      if (group % 50 == 0) ++expected[shared * 100'000 + group];
    }
  }
  CHECK(expected[14 * 100'000] == 10'000);
  std::uint32_t message = 0;
  std::uint64_t visited = 0;
  for (const auto& [topic_number, matches] : expected) {
    CHECK(relay(it, ++message, at(1s), topic_number) == matches);
    visited += matches;
    if (it.counts().entries_visited != visited) FAIL("topic " << topic_number);
    if (drain(it, at(1s)).size() != matches) FAIL("topic " << topic_number);
  }
  CHECK(relay(it, ++message, at(1s), 999) == 0);
  CHECK(it.counts().entries_visited == visited);
  // The look-up reads few cells of the table.
  CHECK(it.subscriptions().index().longest_scan() == 30);
}

TEST_CASE("a random sequence of requests, messages and times agrees with a map of sets") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  ws::profile own = unlimited();
  own.criteria_max = 12;
  own.subscribers_max = 15;
  own.push_queue_max = 6;
  service it(own, draw.next());

  struct model_client {
    std::set<std::uint32_t> topics;
    wr::steady_time heard;
    std::vector<std::uint32_t> queue;
  };
  std::map<std::uint32_t, model_client> model;
  std::map<std::uint32_t, wr::steady_time> pushed_at;
  wr::steady_time now = at(0s);
  wr::steady_time swept = now;
  std::uint32_t message = 0;

  for (int step = 0; step < 30'000; ++step) {
    CAPTURE(step);
    now += std::chrono::milliseconds(draw.below(4'000));
    const wr::steady_time minute(std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()));
    if (minute != swept) {
      swept = minute;
      std::erase_if(model, [&](const auto& each) { return each.second.heard + 5min < minute; });
    }
    const auto number = static_cast<std::uint32_t>(draw.below(20));
    const auto first = static_cast<std::uint32_t>(draw.below(10));
    const auto count = static_cast<std::uint32_t>(draw.below(5));
    const auto known = model.find(number);
    switch (draw.below(12)) {
      case 0:
      case 1:
      case 2: {
        std::uint32_t expected = 200;
        const std::size_t installed = known == model.end() ? 0 : known->second.topics.size();
        if (count == 0) {
          expected = 400;
        } else if (installed + count > 12 || (known == model.end() && model.size() == 15)) {
          expected = 503;
        } else {
          for (std::uint32_t each = 0; each < count; ++each) model[number].topics.insert(first + each);
          model[number].heard = now;
        }
        if (subscribe(it, number, topic_list(first, count), now) != expected) FAIL("subscribe");
        break;
      }
      case 3: {
        std::uint32_t expected = count == 0 ? 400 : 404;
        if (known != model.end()) {
          for (std::uint32_t each = 0; each < count; ++each) {
            if (known->second.topics.erase(first + each) != 0) expected = 200;
          }
          if (expected == 200) known->second.heard = now;
          if (known->second.topics.empty()) model.erase(known);
        }
        if (unsubscribe(it, number, topic_list(first, count), now) != expected) FAIL("unsubscribe");
        break;
      }
      case 4:
        if (it.unsubscribe_all({client(number)}, now).status != (model.erase(number) != 0 ? 200U : 404U)) {
          FAIL("unsubscribe all");
        }
        break;
      case 5:
        if (known != model.end()) known->second.heard = now;
        if (ping(it, number, now) != (known != model.end() ? 200U : 404U)) FAIL("ping");
        break;
      case 6:
        it.advance(now);
        if (it.client_left(client(number)) != (model.erase(number) != 0)) FAIL("left");
        break;
      case 7: {
        // All that waits goes out, one push at a time for each client.
        pushes sent = drain(it, now);
        std::map<std::uint32_t, std::vector<std::uint32_t>> by_client;
        for (const pushed& each : sent) by_client[each.client].push_back(each.body);
        for (auto& [each, own_state] : model) {
          if (by_client[each] != own_state.queue) FAIL("pushes of " << each);
          by_client.erase(each);
          own_state.queue.clear();
        }
        if (!by_client.empty()) FAIL("a push to nobody");
        break;
      }
      default: {
        // Now and then a message comes again.
        const bool again = message > 0 && draw.chance(0.3);
        const std::uint32_t body =
            again ? message - static_cast<std::uint32_t>(draw.below(std::min(message, 20U))) : ++message;
        const std::uint32_t on = body % 12;
        std::vector<std::uint32_t> wanted_by;
        for (const auto& [each, own_state] : model) {
          if (own_state.topics.contains(on)) wanted_by.push_back(each);
        }
        std::size_t expected = 0;
        if (!wanted_by.empty()) {
          const bool lately = pushed_at.contains(body) && now < pushed_at[body] + 2min;
          pushed_at[body] = now;
          for (const std::uint32_t each : wanted_by) {
            if (lately) break;
            if (model[each].queue.size() == 6) {
              model.erase(each);
            } else {
              model[each].queue.push_back(body);
              ++expected;
            }
          }
        }
        if (relay(it, body, now, on) != expected) FAIL("relayed");
      }
    }
    if (it.subscriptions().size() != model.size()) FAIL("subscribers");
    for (const auto& [each, own_state] : model) {
      if (it.subscriptions().criteria_of(client(each)) != own_state.topics.size()) FAIL("criteria");
    }
  }
  CHECK(it.counts().dropped > 0);
  CHECK(it.counts().repeated > 0);
  CHECK(it.counts().expired > 0);
}

}  // namespace filter_service_tests
