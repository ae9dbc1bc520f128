// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/fifo.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <vector>

#include <cache/samples.hpp>

namespace fifo_tests {

namespace wr = waku::reliability;

TEST_CASE("a fifo gives back in the order in which it took") {
  wr::fifo<int> queue;
  CHECK(queue.empty());
  CHECK(queue.size() == 0);
  for (int value : {3, 1, 2}) queue.push(value);
  CHECK(queue.size() == 3);
  CHECK(std::vector<int>(queue.begin(), queue.end()) == std::vector<int>{3, 1, 2});
  CHECK(queue.pop() == 3);
  CHECK(std::vector<int>(queue.begin(), queue.end()) == std::vector<int>{1, 2});
  queue.push(9);
  CHECK(queue.pop() == 1);
  CHECK(queue.pop() == 2);
  CHECK(queue.pop() == 9);
  CHECK(queue.empty());
}

TEST_CASE("a fifo holds what can only be moved, and clear() empties it") {
  wr::fifo<std::unique_ptr<int>> queue;
  queue.push(std::make_unique<int>(1));
  queue.push(std::make_unique<int>(2));
  CHECK(*queue.pop() == 1);
  queue.clear();
  CHECK(queue.empty());
  queue.push(std::make_unique<int>(3));
  CHECK(queue.size() == 1);
  CHECK(*queue.pop() == 3);
}

TEST_CASE("a fifo that is never quite empty uses its memory again") {
  wr::fifo<std::uint64_t> queue;
  for (std::uint64_t value = 0; value < 100; ++value) queue.push(value);
  std::set<const std::uint64_t*> places;
  for (std::uint64_t expected = 0; expected < 10'000; ++expected) {
    queue.push(100 + expected);
    CHECK(queue.pop() == expected);
    places.insert(&*queue.begin());
  }
  CHECK(queue.size() == 100);
  CHECK(places.size() < 500);
}

TEST_CASE("a fifo does what a deque does, whatever is asked of it") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  wr::fifo<std::uint64_t> queue;
  std::deque<std::uint64_t> model;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint64_t what = draw.below(1'000);
    if (what == 0) {
      queue.clear();
      model.clear();
    } else if (what < 520 || model.empty()) {
      queue.push(what);
      model.push_back(what);
    } else {
      REQUIRE(queue.pop() == model.front());
      model.pop_front();
    }
    REQUIRE(queue.size() == model.size());
    REQUIRE(queue.empty() == model.empty());
  }
  CHECK(std::vector<std::uint64_t>(queue.begin(), queue.end()) ==
        std::vector<std::uint64_t>(model.begin(), model.end()));
}

}  // namespace fifo_tests
