// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/event_queue.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <vector>

#include <doctest/doctest.h>
#include <waku/reliability/core/random.hpp>

namespace event_queue_tests {

using midscale::event_queue;
using waku::reliability::duration;
using waku::reliability::random_source;
using namespace std::chrono_literals;

TEST_CASE("events come by time, and those of one moment in the order in which they were put") {
  event_queue<int> queue;
  CHECK(queue.empty());
  queue.put(5s, 4);
  queue.put(10us, 2);
  queue.put(duration(1), 1);
  queue.put(10us, 3);
  queue.put(1h, 6);
  queue.put(5s, 5);
  CHECK(queue.size() == 6);
  CHECK(queue.next() == duration(1));
  for (int expected = 1; expected <= 6; ++expected) CHECK(queue.take() == expected);
  CHECK(queue.now() == duration(1h));
  CHECK(queue.empty());
}

TEST_CASE("what is put at the present moment comes after what was there, and before what is later") {
  event_queue<int> queue;
  queue.put(10us, 1);
  queue.put(12us, 4);
  queue.put(10us, 2);
  CHECK(queue.take() == 1);
  queue.put(queue.now(), 3);
  queue.put(11us, 5);
  CHECK(queue.take() == 2);
  CHECK(queue.take() == 3);
  CHECK(queue.take() == 5);
  CHECK(queue.take() == 4);
}

TEST_CASE("an empty queue goes on where it stopped, however far the next event is") {
  event_queue<int> queue;
  queue.put(1ms, 1);
  CHECK(queue.take() == 1);
  queue.put(24h, 2);
  queue.put(2ms, 3);
  CHECK(queue.next() == duration(2ms));
  CHECK(queue.take() == 3);
  CHECK(queue.next() == duration(24h));
  CHECK(queue.take() == 2);
  CHECK(queue.empty());
}

TEST_CASE("who has looked at the next event may still put earlier ones") {
  event_queue<int> queue;
  queue.put(1s, 5);
  queue.put(1ms, 0);
  CHECK(queue.take() == 0);
  CHECK(queue.next() == duration(1s));
  queue.put(500ms, 4);
  queue.put(20ms, 1);
  queue.put(20ms, 2);
  queue.put(1s, 6);
  CHECK(queue.next() == duration(20ms));
  CHECK(queue.take() == 1);
  queue.put(20ms, 3);
  for (int expected = 2; expected <= 6; ++expected) CHECK(queue.take() == expected);
  CHECK(queue.empty());
}

TEST_CASE("any mix of near and far events comes as from a map") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    random_source random(seed);
    event_queue<std::uint32_t> queue;
    std::multimap<duration, std::uint32_t> model;  // keeps the order of equal keys
    std::uint32_t next = 0;
    // From all in one stretch of time to hours apart, and mixed.
    const std::vector<std::int64_t> spans{1, 1'000, 200'000, 50'000'000, 3'000'000'000, 7'200'000'000'000};
    for (int step = 0; step < 4'000; ++step) {
      if (model.empty() || random.chance(0.52)) {
        const auto span = spans[seed % 2 == 0 ? random.below(spans.size()) : seed % spans.size()];
        const duration at =
            queue.now() + duration(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(span))));
        if (!model.empty() && random.chance(0.2)) REQUIRE(queue.next() == model.begin()->first);
        queue.put(at, next);
        model.emplace(at, next++);
      } else {
        REQUIRE(queue.next() == model.begin()->first);
        REQUIRE(queue.take() == model.begin()->second);
        model.erase(model.begin());
      }
      REQUIRE(queue.size() == model.size());
    }
  }
}

}  // namespace event_queue_tests
