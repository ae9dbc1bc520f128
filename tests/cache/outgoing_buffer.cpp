// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/cache/outgoing_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace outgoing_buffer_tests {

namespace wr = waku::reliability;
using samples::hash_number;
using wr::buffer_slot;

namespace {

/// An entry that can only be moved and that owns something.
struct parcel {
  std::unique_ptr<int> content;
  std::uint64_t number = 7;
};

template <class Buffer>
std::vector<buffer_slot> by_age(const Buffer& buffer) {
  std::vector<buffer_slot> slots;
  for (std::optional<buffer_slot> slot = buffer.oldest(); slot; slot = buffer.next(*slot)) {
    slots.push_back(*slot);
  }
  return slots;
}

/// One live entry in the plainest model of a buffer: a list by age.
struct naive_entry {
  buffer_slot slot;
  std::uint64_t number;
  const void* address;
  std::optional<wr::message_hash> hash;
};

template <class KeyHash>
void compare_with_naive(std::size_t capacity, std::uint64_t seed, int steps) {
  CAPTURE(capacity);
  CAPTURE(seed);
  wr::random_source draw(seed);
  wr::outgoing_buffer<parcel, KeyHash> buffer(capacity, draw.next());
  std::vector<naive_entry> naive;
  const auto with_hash = [&](const wr::message_hash& hash) -> const naive_entry* {
    for (const naive_entry& each : naive) {
      if (each.hash == hash) return &each;
    }
    return nullptr;
  };
  bool growing = true;
  for (int step = 0; step < steps; ++step) {
    CAPTURE(step);
    if (naive.empty()) growing = true;
    if (naive.size() == capacity && draw.chance(0.1)) growing = false;
    const std::size_t chosen = static_cast<std::size_t>(draw.below(naive.size()));
    const wr::message_hash hash = hash_number(draw.below(2 * capacity));
    const std::uint64_t choice = draw.below(100);
    if (choice < (growing ? 50 : 15)) {
      const std::optional<buffer_slot> slot = buffer.acquire();
      REQUIRE(slot.has_value() == (naive.size() < capacity));
      if (slot) {
        for (const naive_entry& each : naive) REQUIRE(each.slot != *slot);
        REQUIRE(buffer[*slot].number == 7);
        REQUIRE(buffer[*slot].content == nullptr);
        buffer[*slot].number = static_cast<std::uint64_t>(step);
        naive.push_back({*slot, static_cast<std::uint64_t>(step), &buffer[*slot], std::nullopt});
      }
    } else if (!naive.empty() && choice < 70) {
      if (!naive[chosen].hash && with_hash(hash) == nullptr) {
        buffer.index(naive[chosen].slot, hash);
        naive[chosen].hash = hash;
      }
    } else if (!naive.empty() && choice < 75) {
      buffer.unindex(naive[chosen].slot);
      naive[chosen].hash.reset();
    } else if (!naive.empty()) {
      buffer.release(naive[chosen].slot);
      REQUIRE_FALSE(buffer.live(naive[chosen].slot));
      naive.erase(naive.begin() + static_cast<std::ptrdiff_t>(chosen));
    }

    REQUIRE(buffer.size() == naive.size());
    REQUIRE(buffer.empty() == naive.empty());
    REQUIRE(buffer.full() == (naive.size() == capacity));
    const naive_entry* expected = with_hash(hash);
    REQUIRE(buffer.find(hash) == (expected != nullptr ? std::optional(expected->slot) : std::nullopt));
    const std::vector<buffer_slot> slots = by_age(buffer);
    REQUIRE(slots.size() == naive.size());
    for (std::size_t place = 0; place < slots.size(); ++place) {
      REQUIRE(slots[place] == naive[place].slot);
      REQUIRE(buffer.live(slots[place]));
      REQUIRE(&buffer[slots[place]] == naive[place].address);
      REQUIRE(buffer[slots[place]].number == naive[place].number);
      if (naive[place].hash) REQUIRE(buffer.hash(slots[place]) == *naive[place].hash);
    }
  }
}

}  // namespace

TEST_CASE("a buffer takes as many entries as it has room for, and refuses the next") {
  wr::outgoing_buffer<int> buffer(3, 1);
  CHECK(buffer.capacity() == 3);
  CHECK(buffer.empty());
  for (int count = 0; count < 3; ++count) {
    CHECK_FALSE(buffer.full());
    CHECK(buffer.acquire().has_value());
  }
  CHECK(buffer.full());
  CHECK_FALSE(buffer.acquire().has_value());
  CHECK(buffer.size() == 3);
  buffer.release(*buffer.oldest());
  CHECK_FALSE(buffer.full());
  CHECK(buffer.acquire().has_value());
}

TEST_CASE("a buffer without room refuses everything") {
  wr::outgoing_buffer<int> buffer(0, 1);
  CHECK(buffer.full());
  CHECK(buffer.empty());
  CHECK_FALSE(buffer.acquire().has_value());
  CHECK_FALSE(buffer.find(hash_number(1)).has_value());
  CHECK_FALSE(buffer.oldest().has_value());
}

TEST_CASE("an entry starts and ends as Entry{}: what it owned is freed when it is released") {
  wr::outgoing_buffer<std::shared_ptr<int>> buffer(2, 2);
  const auto owned = std::make_shared<int>(5);
  const buffer_slot slot = *buffer.acquire();
  CHECK(buffer[slot] == nullptr);
  buffer[slot] = owned;
  CHECK(owned.use_count() == 2);
  buffer.release(slot);
  CHECK(owned.use_count() == 1);
  const buffer_slot again = *buffer.acquire();
  CHECK(buffer[again] == nullptr);
}

TEST_CASE("an entry keeps its address while it lives, however many come and go") {
  wr::outgoing_buffer<parcel> buffer(1000, 3);
  const buffer_slot first = *buffer.acquire();
  const parcel* const address = &buffer[first];
  buffer[first].number = 42;
  for (int round = 0; round < 3; ++round) {
    while (buffer.acquire()) {
    }
    CHECK(buffer.full());
    while (buffer.size() > 1) buffer.release(*buffer.next(first));
  }
  CHECK(&buffer[first] == address);
  CHECK(buffer[first].number == 42);
}

TEST_CASE("an entry keeps its address when the buffer itself is moved") {
  wr::outgoing_buffer<parcel> buffer(10, 4);
  const buffer_slot slot = *buffer.acquire();
  const parcel* const address = &buffer[slot];
  buffer.index(slot, hash_number(1));
  wr::outgoing_buffer<parcel> moved = std::move(buffer);
  CHECK(&moved[slot] == address);
  CHECK(moved.find(hash_number(1)) == slot);
}

TEST_CASE("entries are walked from the oldest to the newest, and a slot that is used again is the newest") {
  wr::outgoing_buffer<int> buffer(4, 5);
  const buffer_slot first = *buffer.acquire();
  const buffer_slot second = *buffer.acquire();
  const buffer_slot third = *buffer.acquire();
  CHECK(by_age(buffer) == std::vector{first, second, third});
  buffer.release(second);
  CHECK(by_age(buffer) == std::vector{first, third});
  const buffer_slot fourth = *buffer.acquire();
  CHECK(fourth == second);
  CHECK(by_age(buffer) == std::vector{first, third, fourth});
  buffer.release(first);
  buffer.release(fourth);
  CHECK(by_age(buffer) == std::vector{third});
  buffer.release(third);
  CHECK(by_age(buffer).empty());
}

TEST_CASE("an entry is found by its hash from index() until unindex() or release()") {
  wr::outgoing_buffer<int> buffer(4, 6);
  const buffer_slot first = *buffer.acquire();
  const buffer_slot second = *buffer.acquire();
  CHECK_FALSE(buffer.find(hash_number(1)).has_value());
  buffer.index(first, hash_number(1));
  buffer.index(second, hash_number(2));
  CHECK(buffer.find(hash_number(1)) == first);
  CHECK(buffer.find(hash_number(2)) == second);
  CHECK(buffer.hash(first) == hash_number(1));

  buffer.unindex(first);
  buffer.unindex(first);
  CHECK_FALSE(buffer.find(hash_number(1)).has_value());
  CHECK(buffer.hash(first) == hash_number(1));
  CHECK(buffer.live(first));

  buffer.release(second);
  CHECK_FALSE(buffer.find(hash_number(2)).has_value());
  buffer.index(first, hash_number(2));
  CHECK(buffer.find(hash_number(2)) == first);
  CHECK(buffer.hash(first) == hash_number(2));
}

TEST_CASE("a slot that is used again does not answer to its old hash") {
  wr::outgoing_buffer<int> buffer(1, 7);
  const buffer_slot slot = *buffer.acquire();
  buffer.index(slot, hash_number(1));
  buffer.release(slot);
  CHECK(*buffer.acquire() == slot);
  CHECK_FALSE(buffer.find(hash_number(1)).has_value());
}

TEST_CASE("where few entries are to be found, memory is taken for those alone") {
  wr::outgoing_buffer<int> buffer(30'000, 100, 10);
  CHECK(buffer.memory_bytes() <= 1'000);
  for (std::uint64_t number = 0; number < 1'000; ++number) {
    const buffer_slot slot = *buffer.acquire();
    buffer.index(slot, hash_number(number));
    CHECK(buffer.find(hash_number(number)) == slot);
    if (number >= 99) buffer.unindex(*buffer.find(hash_number(number - 99)));
  }
  CHECK(buffer.size() == 1'000);
  CHECK(buffer.find(hash_number(999)).has_value());
  CHECK_FALSE(buffer.find(hash_number(900)).has_value());
}

TEST_CASE("any number may be asked whether it is live") {
  wr::outgoing_buffer<int> buffer(40, 8);
  CHECK_FALSE(buffer.live(0));
  const buffer_slot slot = *buffer.acquire();
  CHECK(buffer.live(slot));
  CHECK_FALSE(buffer.live(slot + 1));
  CHECK_FALSE(buffer.live(39));
  CHECK_FALSE(buffer.live(40));
  CHECK_FALSE(buffer.live(0xffffffffU));
  buffer.release(slot);
  CHECK_FALSE(buffer.live(slot));
}

TEST_CASE("room for entries is taken as they come, not at the start") {
  wr::outgoing_buffer<std::uint64_t> buffer(100000, 9);
  CHECK(buffer.memory_bytes() <= 915000);
  CHECK(buffer.acquire().has_value());
  CHECK(buffer.memory_bytes() <= 918000);
}

TEST_CASE("a buffer does what a plain list would do, over random lists of operations") {
  const std::uint64_t seed = samples::seed();
  for (const std::size_t capacity : {1U, 2U, 5U, 32U, 33U, 70U}) {
    for (std::uint64_t run = 0; run < 3; ++run) compare_with_naive<wr::keyed_mix>(capacity, seed + run, 3000);
  }
}

TEST_CASE("a buffer stays exact under a mix that fails") {
  const std::uint64_t seed = samples::seed();
  for (const std::size_t capacity : {3U, 80U}) {
    compare_with_naive<samples::constant_mix>(capacity, seed, 3000);
    compare_with_naive<samples::coarse_mix>(capacity, seed, 3000);
  }
}

}  // namespace outgoing_buffer_tests
