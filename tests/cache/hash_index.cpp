// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/cache/hash_index.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace hash_index_tests {

namespace wr = waku::reliability;

namespace {

/// An index and what its slots hold: here just the mixed hash and a value to tell equal ones apart.
struct table {
  struct content {
    std::uint64_t mixed = 0;
    std::uint64_t value = 0;
    bool held = false;
  };

  explicit table(std::size_t slots) : index(slots), contents(slots) {}

  void insert(std::uint32_t slot, std::uint64_t mixed, std::uint64_t value) {
    contents[slot] = {mixed, value, true};
    index.insert(mixed, slot);
  }
  bool erase(std::uint32_t slot) {
    contents[slot].held = false;
    return index.erase(contents[slot].mixed, slot);
  }
  std::uint32_t find(std::uint64_t mixed, std::uint64_t value) {
    const auto same = [&](std::uint32_t slot) {
      ++compared;
      return contents[slot].mixed == mixed && contents[slot].value == value;
    };
    return index.find(mixed, same);
  }

  wr::hash_index index;
  std::vector<content> contents;
  std::size_t compared = 0;
};

/// A line of memory, and the cells that were read in it.
struct line_read {
  std::uintptr_t address = 0;
  std::uint32_t cells = 0;
};

/// A cell that counts what is done with cells, and in how many lines of memory.
struct counted_cell {
  counted_cell() = default;
  counted_cell& operator=(std::uint32_t written) {
    ++writes;
    value = written;
    return *this;
  }
  counted_cell& operator=(const counted_cell& other) {
    *this = static_cast<std::uint32_t>(other);
    return *this;
  }
  counted_cell(const counted_cell&) = default;
  operator std::uint32_t() const {  // NOLINT(google-explicit-constructor): it is to stand for the number
    const auto address = reinterpret_cast<std::uintptr_t>(this);
    const std::uint32_t bit = 1U << address / sizeof value % 16;
    std::size_t line = 0;
    while (line < lines.size() && lines[line].address != address / 64 && lines[line].address != 0) ++line;
    if (line == lines.size()) {
      third_line = true;
      return value;
    }
    lines[line].address = address / 64;
    lines[line].cells |= bit;
    return value;
  }

  static void reset() {
    lines = {};
    writes = 0;
  }
  /// Different cells that were read.
  static int reads() { return std::popcount(lines[0].cells) + std::popcount(lines[1].cells); }

  static inline std::array<line_read, 2> lines{};
  static inline bool third_line = false;
  static inline int writes = 0;

  std::uint32_t value = 0;
};

using mixing = std::uint64_t (*)(wr::random_source&);

void compare_with_scan(std::size_t slots, mixing draw_mixed, std::uint64_t seed) {
  CAPTURE(slots);
  CAPTURE(seed);
  wr::random_source draw(seed);
  table tried(slots);
  std::size_t held = 0;
  bool growing = true;
  for (int step = 0; step < 4000; ++step) {
    if (held == slots) growing = false;
    if (held == 0) growing = true;
    const auto slot = static_cast<std::uint32_t>(draw.below(slots));
    if (!tried.contents[slot].held && draw.chance(growing ? 0.9 : 0.1)) {
      tried.insert(slot, draw_mixed(draw), draw.next());
      ++held;
    } else if (tried.contents[slot].held && draw.chance(growing ? 0.1 : 0.9)) {
      REQUIRE(tried.erase(slot));
      REQUIRE_FALSE(tried.erase(slot));
      --held;
    }
    REQUIRE(tried.index.size() == held);
    const auto asked = static_cast<std::uint32_t>(draw.below(slots));
    const table::content& content = tried.contents[asked];
    REQUIRE(tried.find(content.mixed, content.value) == (content.held ? asked : wr::hash_index::none));
    REQUIRE(tried.find(draw_mixed(draw), draw.next()) == wr::hash_index::none);
  }
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    const table::content& content = tried.contents[slot];
    REQUIRE(tried.find(content.mixed, content.value) == (content.held ? slot : wr::hash_index::none));
  }
}

}  // namespace

TEST_CASE("an index finds what a scan over all slots finds, whatever the mix") {
  const mixing random = [](wr::random_source& draw) { return draw.next(); };
  const mixing constant = [](wr::random_source&) { return std::uint64_t{0x123456789abcdef0U}; };
  const mixing at_the_end = [](wr::random_source& draw) { return ~(draw.next() >> 20); };
  const mixing one_home = [](wr::random_source& draw) { return draw.next() >> 32 | 0x8000000000000000U; };
  const mixing few_homes = [](wr::random_source& draw) { return draw.below(8) << 61 | draw.below(4); };
  for (const mixing draw_mixed : {random, constant, at_the_end, one_home, few_homes}) {
    for (const std::size_t slots : {1U, 2U, 15U, 16U, 17U, 100U, 500U}) {
      compare_with_scan(slots, draw_mixed, samples::seed() + slots);
    }
  }
}

TEST_CASE("an index of many slots still tells them apart") {
  constexpr std::uint32_t slots = 300000;
  wr::random_source draw(5);
  table tried(slots);
  for (std::uint32_t slot = 0; slot < slots; ++slot) tried.insert(slot, draw.next(), slot);
  std::size_t wrong = 0;
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    if (tried.find(tried.contents[slot].mixed, slot) != slot) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(tried.index.longest_scan() == 30);
}

TEST_CASE("a look-up that finds nothing seldom looks at a slot") {
  constexpr std::uint32_t slots = 10000;
  wr::random_source draw(6);
  table tried(slots);
  for (std::uint32_t slot = 0; slot < slots; ++slot) tried.insert(slot, draw.next(), slot);
  for (int miss = 0; miss < 10000; ++miss) REQUIRE(tried.find(draw.next(), slots) == wr::hash_index::none);
  CHECK(tried.compared < 100);
}

TEST_CASE(
    "in a full index that changes for long, no slot is crowded out: its 30 cells are all that is ever read") {
  for (const std::uint32_t slots : {100U, 1000U, 100000U}) {
    CAPTURE(slots);
    wr::random_source draw(samples::seed());
    table tried(slots);
    for (std::uint32_t slot = 0; slot < slots; ++slot) tried.insert(slot, draw.next(), slot);
    for (int round = 0; round < 300000; ++round) {
      const auto slot = static_cast<std::uint32_t>(draw.below(slots));
      REQUIRE(tried.erase(slot));
      tried.insert(slot, draw.next(), slot);
      REQUIRE(tried.index.longest_scan() == 30);
    }
  }
}

TEST_CASE("with a million slots each call reads 30 cells at most, of two lines of memory, and moves one") {
  constexpr std::uint32_t slots = 1'000'000;
  wr::random_source draw(samples::seed());
  wr::basic_hash_index<counted_cell> index(slots);
  std::vector<std::uint64_t> mixed(slots);
  int reads_max = 0;
  int writes_max = 0;
  int compared_max = 0;
  std::size_t missed = 0;
  const auto count = [&](auto&& call) {
    counted_cell::reset();
    call();
    reads_max = std::max(reads_max, counted_cell::reads());
    writes_max = std::max(writes_max, counted_cell::writes);
  };
  for (std::uint32_t number = 0; number < 3 * slots / 2; ++number) {
    const std::uint32_t slot = number % slots;
    if (number >= slots) count([&] { index.erase(mixed[slot], slot); });
    mixed[slot] = draw.next();
    int compared = 0;
    count([&] {
      const auto same = [&](std::uint32_t other) {
        ++compared;
        return other == slot;
      };
      missed += index.find(mixed[slot], same) == wr::hash_index::none ? 1U : 0U;
    });
    compared_max = std::max(compared_max, compared);
    count([&] { index.insert(mixed[slot], slot); });
  }
  CHECK(index.size() == slots);
  CHECK(missed == 3 * slots / 2);
  CHECK_FALSE(counted_cell::third_line);
  CHECK(reads_max > 15);  // some have two buckets
  CHECK(reads_max <= 30);
  CHECK(writes_max == 2);  // the last of a bucket moves to where one left, and its cell becomes empty
  CHECK(compared_max <= 5);
}

TEST_CASE(
    "slots that find both of their buckets full are crowded out, found all the same, and gone when erased") {
  constexpr std::uint32_t slots = 200;
  table tried(slots);
  for (std::uint32_t slot = 0; slot < slots; ++slot) tried.insert(slot, 0, slot);
  CHECK(tried.index.longest_scan() == slots);
  for (std::uint32_t slot = 0; slot < slots; ++slot) CHECK(tried.find(0, slot) == slot);
  CHECK(tried.find(0, slots) == wr::hash_index::none);
  CHECK(tried.find(1, 0) == wr::hash_index::none);
  for (std::uint32_t slot = 0; slot < slots; slot += 2) CHECK(tried.erase(slot));
  CHECK(tried.index.size() == slots / 2);
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    CHECK(tried.find(0, slot) == (slot % 2 == 0 ? wr::hash_index::none : slot));
  }
  for (std::uint32_t slot = 1; slot < slots; slot += 2) CHECK(tried.erase(slot));
  CHECK(tried.index.size() == 0);
  CHECK(tried.index.longest_scan() == 30);
}

TEST_CASE("once the slots that live elsewhere are gone, a look-up reads one bucket again") {
  constexpr std::uint32_t slots = 200;
  wr::basic_hash_index<counted_cell> index(slots);
  wr::random_source draw(samples::seed());
  std::vector<std::uint64_t> mixed(slots);
  for (std::uint32_t slot = 0; slot < slots; ++slot)
    mixed[slot] = draw.next() >> 32;  // all at home in the first
  const auto cells_read = [&] {
    counted_cell::reset();
    CHECK(index.find(mixed[0], [](std::uint32_t) { return false; }) == wr::hash_index::none);
    return counted_cell::reads();
  };
  for (int round = 0; round < 3; ++round) {
    CHECK(cells_read() <= 15);
    for (std::uint32_t slot = 0; slot < slots; ++slot) index.insert(mixed[slot], slot);
    CHECK(cells_read() > 15);
    for (std::uint32_t slot = 0; slot < slots; ++slot) CHECK(index.erase(mixed[slot], slot));
  }
  CHECK(cells_read() <= 15);
}

TEST_CASE("a prefetch changes nothing") {
  table tried(50);
  for (std::uint32_t slot = 0; slot < 50; ++slot)
    tried.insert(slot, samples::hash_number(slot).word(0), slot);
  for (std::uint64_t number = 0; number < 100; ++number)
    tried.index.prefetch(samples::hash_number(number).word(0));
  for (std::uint32_t slot = 0; slot < 50; ++slot) {
    CHECK(tried.find(samples::hash_number(slot).word(0), slot) == slot);
  }
}

TEST_CASE("a cleared index holds nothing and takes everything again") {
  table tried(50);
  for (std::uint32_t slot = 0; slot < 50; ++slot) tried.insert(slot, 9, slot);
  tried.index.clear();
  CHECK(tried.index.size() == 0);
  CHECK(tried.find(9, 3) == wr::hash_index::none);
  for (std::uint32_t slot = 0; slot < 50; ++slot) tried.insert(slot, 9, slot);
  CHECK(tried.find(9, 3) == 3);
}

TEST_CASE("an index for no slots holds none and finds none") {
  table tried(0);
  CHECK(tried.find(1, 1) == wr::hash_index::none);
  CHECK(tried.index.size() == 0);
}

TEST_CASE("an index takes 64 bytes for seven slots, at least 128") {
  CHECK(wr::hash_index(1).memory_bytes() == 128);
  CHECK(wr::hash_index(14).memory_bytes() == 128);
  CHECK(wr::hash_index(15).memory_bytes() == 192);
  CHECK(wr::hash_index(700000).memory_bytes() == 6400000);
}

}  // namespace hash_index_tests
