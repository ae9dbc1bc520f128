// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/asio/receive_queue.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory_resource>
#include <random>
#include <vector>

#include <cache/samples.hpp>

namespace receive_queue_tests {

namespace wr = waku::reliability;

namespace {

using queue_type = wr::receive_queue<int>;

queue_type make_queue(std::size_t messages_max, wr::receive_overflow overflow) {
  return queue_type({messages_max, overflow}, std::pmr::get_default_resource());
}
wr::received_message<int> numbered(int number) {
  wr::received_message<int> made;
  made.message = number;
  return made;
}

struct taken {
  int number;
  std::uint64_t dropped_before;
  friend bool operator==(const taken&, const taken&) = default;
};
std::vector<taken> empty(queue_type& queue) {
  std::vector<taken> all;
  while (const auto next = queue.pop()) all.push_back({next->message, next->dropped_before});
  return all;
}

}  // namespace

TEST_CASE("messages leave in the order in which they came") {
  auto queue = make_queue(3, wr::receive_overflow::drop_oldest);
  CHECK_FALSE(queue.pop());
  for (int number = 1; number <= 3; ++number) queue.push(numbered(number));
  CHECK(queue.size() == 3);
  CHECK(empty(queue) == std::vector<taken>{{1, 0}, {2, 0}, {3, 0}});
  CHECK(queue.dropped() == 0);
}

TEST_CASE("a full queue that drops the oldest tells it with the next oldest") {
  auto queue = make_queue(2, wr::receive_overflow::drop_oldest);
  for (int number = 1; number <= 5; ++number) queue.push(numbered(number));
  CHECK(queue.size() == 2);
  CHECK(queue.dropped() == 3);
  CHECK(empty(queue) == std::vector<taken>{{4, 3}, {5, 0}});
  auto single = make_queue(1, wr::receive_overflow::drop_oldest);
  for (int number = 1; number <= 3; ++number) single.push(numbered(number));
  CHECK(empty(single) == std::vector<taken>{{3, 2}});
}

TEST_CASE("a full queue that drops the newest tells it with the next that finds room") {
  auto queue = make_queue(2, wr::receive_overflow::drop_newest);
  for (int number = 1; number <= 5; ++number) queue.push(numbered(number));
  CHECK(queue.dropped() == 3);
  CHECK(empty(queue) == std::vector<taken>{{1, 0}, {2, 0}});
  queue.push(numbered(6));
  queue.push(numbered(7));
  CHECK(empty(queue) == std::vector<taken>{{6, 3}, {7, 0}});
}

TEST_CASE("a queue of no places keeps nothing, and tells a message that is awaited what was lost before") {
  for (const auto overflow : {wr::receive_overflow::drop_oldest, wr::receive_overflow::drop_newest}) {
    auto queue = make_queue(0, overflow);
    queue.push(numbered(1));
    queue.push(numbered(2));
    CHECK(queue.size() == 0);
    CHECK(queue.dropped() == 2);
    CHECK(queue.pass(numbered(3)).dropped_before == 2);
    CHECK(queue.pass(numbered(4)).dropped_before == 0);
  }
}

TEST_CASE("given and dropped messages are together all that came, wherever the gaps are") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (const auto overflow : {wr::receive_overflow::drop_oldest, wr::receive_overflow::drop_newest}) {
    auto queue = make_queue(5, overflow);
    std::uint64_t told = 0;
    std::uint64_t given = 0;
    int last = 0;
    int number = 0;
    const auto take = [&](const wr::received_message<int>& message) {
      told += message.dropped_before;
      ++given;
      // The gap in the numbers is what was told.
      CHECK(message.message == last + static_cast<int>(message.dropped_before) + 1);
      last = message.message;
    };
    for (int step = 0; step < 2'000; ++step) {
      if (random() % 3 != 0) {
        queue.push(numbered(++number));
      } else if (const auto next = queue.pop()) {
        take(*next);
      } else {
        take(queue.pass(numbered(++number)));
      }
      REQUIRE(queue.size() <= 5);
    }
    while (const auto next = queue.pop()) take(*next);
    take(queue.pass(numbered(++number)));
    CHECK(told == queue.dropped());
    CHECK(told > 100);
    CHECK(told + given == static_cast<std::uint64_t>(number));
  }
}

}  // namespace receive_queue_tests
