// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/push_queues.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <cache/samples.hpp>

namespace push_queues_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using namespace std::chrono_literals;
using samples::at;
using queues = ws::push_queues<std::string>;

namespace {

void add(queues& to, const std::string& body, const std::vector<std::uint32_t>& slots) {
  const auto held = to.hold("shard", body, body.size());
  for (const std::uint32_t slot : slots) to.add(slot, held);
  to.settle(held);
}

}  // namespace

TEST_CASE("one push at a time is under way for a client, and the client that waits longest is next") {
  queues it;
  add(it, "a", {0, 1});
  add(it, "b", {0});
  const auto first = it.begin(at(0s));
  REQUIRE(first);
  CHECK(first->ticket.slot == 0);
  CHECK(*first->body == "a");
  CHECK(first->pubsub_topic == "shard");
  const auto second = it.begin(at(1s));
  REQUIRE(second);
  CHECK(second->ticket.slot == 1);
  CHECK_FALSE(it.begin(at(2s)));
  CHECK(it.longest_under_way()->slot == 0);
  CHECK(it.longest_under_way()->begun == at(0s));

  CHECK(it.end(first->ticket, true) == 0);
  CHECK_FALSE(it.is_under_way(first->ticket));
  CHECK(it.longest_under_way()->slot == 1);
  const auto third = it.begin(at(3s));
  REQUIRE(third);
  CHECK(*third->body == "b");
  CHECK(third->ticket != first->ticket);
}

TEST_CASE("a message is kept once until its last push has ended, and one that nobody wants not at all") {
  queues it;
  add(it, "a", {0, 1, 2});
  add(it, "b", {});
  CHECK(it.bodies() == 1);
  for (int push = 0; push < 3; ++push) {
    CHECK(it.bodies() == 1);
    it.end(it.begin(at(0s))->ticket, true);
  }
  CHECK(it.bodies() == 0);
}

TEST_CASE("the bytes of what waits are counted once a message, until its last push has ended") {
  queues it;
  add(it, "twelve bytes", {0, 1});
  add(it, "nobody wants it", {});
  add(it, "four", {1});
  CHECK(it.bytes() == 16);
  it.end(it.begin(at(0s))->ticket, true);
  CHECK(it.bytes() == 16);
  it.end(it.begin(at(0s))->ticket, false);
  CHECK(it.bytes() == 4);
  it.close(1);
  CHECK(it.bytes() == 0);
}

TEST_CASE("a client that is closed has nothing waiting, and its old ticket ends nothing") {
  queues it;
  add(it, "a", {4});
  add(it, "b", {4, 5});
  const auto push = it.begin(at(0s));
  CHECK(it.waiting(4) == 2);
  it.close(4);
  CHECK(it.waiting(4) == 0);
  CHECK_FALSE(it.is_under_way(push->ticket));
  CHECK_FALSE(it.longest_under_way());
  CHECK(it.bodies() == 1);
  add(it, "c", {4});
  CHECK(it.begin(at(0s))->ticket.slot == 5);
  const auto again = it.begin(at(0s));
  CHECK(again->ticket.slot == 4);
  CHECK(*again->body == "c");
  CHECK_FALSE(it.is_under_way(push->ticket));
}

TEST_CASE("failures are counted in a row") {
  queues it;
  for (int message = 0; message < 4; ++message) add(it, "a", {0});
  CHECK(it.end(it.begin(at(0s))->ticket, false) == 1);
  CHECK(it.end(it.begin(at(0s))->ticket, false) == 2);
  CHECK(it.end(it.begin(at(0s))->ticket, true) == 0);
  CHECK(it.end(it.begin(at(0s))->ticket, false) == 1);
}

TEST_CASE("the oldest message that waits is known, for one and for all") {
  queues it;
  CHECK_FALSE(it.oldest());
  add(it, "a", {0});
  add(it, "b", {1, 0});
  CHECK(it.oldest() == it.oldest(0));
  CHECK(it.oldest(0) < it.oldest(1));
  it.close(0);
  CHECK(it.oldest() == it.oldest(1));
}

TEST_CASE("a random sequence of pushes agrees with plain queues") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  queues it;
  std::map<std::uint32_t, std::deque<std::string>> waiting;
  std::map<std::uint32_t, ws::push_ticket> under_way;
  std::deque<std::uint32_t> ready;  // clients that wait and have no push under way
  for (int step = 0; step < 20'000; ++step) {
    const auto slot = static_cast<std::uint32_t>(draw.below(8));
    const std::uint64_t choice = draw.below(10);
    if (choice < 3) {
      const std::string body = std::to_string(step);
      std::vector<std::uint32_t> to;
      for (std::uint32_t each = 0; each < 8; ++each) {
        if (!draw.chance(0.4)) continue;
        to.push_back(each);
        if (waiting[each].empty()) ready.push_back(each);
        waiting[each].push_back(body);
      }
      add(it, body, to);
    } else if (choice < 6) {
      const auto push = it.begin(at(std::chrono::seconds(step)));
      if (push.has_value() == ready.empty()) FAIL("step " << step);
      if (!push) continue;
      if (push->ticket.slot != ready.front()) FAIL("step " << step);
      if (*push->body != waiting[ready.front()].front()) FAIL("step " << step);
      under_way[ready.front()] = push->ticket;
      ready.pop_front();
    } else if (choice < 9) {
      if (!under_way.contains(slot)) continue;
      it.end(under_way[slot], draw.chance(0.5));
      under_way.erase(slot);
      waiting[slot].pop_front();
      if (!waiting[slot].empty()) ready.push_back(slot);
    } else {
      it.close(slot);
      under_way.erase(slot);
      waiting[slot].clear();
      std::erase(ready, slot);
    }
    std::set<std::string> bodies;
    for (const auto& [client, queue] : waiting) {
      if (it.waiting(client) != queue.size()) FAIL("step " << step);
      bodies.insert(queue.begin(), queue.end());
    }
    if (it.bodies() != bodies.size()) FAIL("step " << step);
    std::size_t bytes = 0;
    for (const std::string& each : bodies) bytes += each.size();
    if (it.bytes() != bytes) FAIL("step " << step);
  }
}

}  // namespace push_queues_tests
