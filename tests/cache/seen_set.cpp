// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/cache/seen_set.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace seen_set_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using samples::at;
using samples::hash_number;
using samples::hash_of_words;
using wr::seen_insertion;

namespace {

struct entry {
  wr::message_hash hash;
  wr::steady_time received;
  friend bool operator==(const entry&, const entry&) = default;
};

template <class Set>
std::vector<entry> entries_of(const Set& set) {
  std::vector<entry> entries;
  set.for_each([&](const wr::message_hash& hash, wr::steady_time received) {
    entries.push_back({hash, received});
  });
  return entries;
}

/// What a seen set promises, in the plainest form: a list that is scanned from end to end.
struct naive_seen_set {
  struct place {
    entry kept;
    bool erased = false;
  };

  seen_insertion insert(const wr::message_hash& hash, wr::steady_time received) {
    if (find(hash) != nullptr) return seen_insertion::already_present;
    seen_insertion done = seen_insertion::added;
    if (places.size() == capacity) {
      const place& leaving = places.front();
      if (!leaving.erased && leaving.kept.received >= due_before) {
        newest_evicted = leaving.kept.received;
        done = seen_insertion::added_and_evicted_oldest;
      }
      places.pop_front();
    }
    places.push_back({{hash, received}});
    return done;
  }
  place* find(const wr::message_hash& hash) {
    for (place& candidate : places) {
      if (!candidate.erased && candidate.kept.hash == hash) return &candidate;
    }
    return nullptr;
  }
  void erase(const wr::message_hash& hash) {
    place* const found = find(hash);
    if (found == nullptr) return;
    found->erased = true;
    if (found == &places.back()) places.pop_back();
  }
  std::size_t expire(wr::steady_time received_before) {
    due_before = received_before;
    std::size_t dropped = 0;
    while (dropped < 32 && !places.empty() && places.front().kept.received < received_before) {
      places.pop_front();
      ++dropped;
    }
    return dropped;
  }
  std::vector<entry> entries() const {
    std::vector<entry> kept;
    for (const place& each : places) {
      if (!each.erased) kept.push_back(each.kept);
    }
    return kept;
  }

  std::size_t capacity;
  std::deque<place> places{};
  wr::steady_time due_before = wr::steady_time::min();
  std::optional<wr::steady_time> newest_evicted{};
};

template <class KeyHash>
void compare_with_naive(std::size_t capacity, std::uint64_t seed, int steps) {
  CAPTURE(capacity);
  CAPTURE(seed);
  wr::random_source draw(seed);
  wr::seen_set<KeyHash> set(capacity, draw.next());
  naive_seen_set naive{capacity};
  wr::steady_time now = at(-5s);
  const std::uint64_t universe = 1 + capacity * 2;
  for (int step = 0; step < steps; ++step) {
    CAPTURE(step);
    const wr::message_hash hash = hash_number(draw.below(universe));
    const std::uint64_t choice = draw.below(1000);
    if (choice < 600) {
      now += wr::duration(draw.below(3) * draw.below(1000000));
      REQUIRE(set.insert(hash, now) == naive.insert(hash, now));
    } else if (choice < 750) {
      set.erase(hash);
      naive.erase(hash);
    } else if (choice < 800) {
      const wr::steady_time before = now - wr::duration(draw.below(capacity * 1500000));
      REQUIRE(set.expire(before) == naive.expire(before));
    } else if (choice < 802) {
      set.clear();
      naive = {capacity};
    } else if (choice < 804) {
      wr::seen_set<KeyHash> moved = std::move(set);
      set = std::move(moved);
    }
    const auto* held = naive.find(hash);
    REQUIRE(set.contains(hash) == (held != nullptr));
    REQUIRE(set.received(hash) == (held != nullptr ? std::optional(held->kept.received) : std::nullopt));
    const std::vector<entry> expected = naive.entries();
    REQUIRE(set.size() == expected.size());
    REQUIRE(set.empty() == expected.empty());
    REQUIRE(set.newest_evicted() == naive.newest_evicted);
    if (step % 16 == 0) REQUIRE(entries_of(set) == expected);
  }
}

}  // namespace

TEST_CASE("[S2.1] [S3.1] a hash that was received is held, and no other") {
  wr::seen_set<> seen(8, 1);
  CHECK(seen.empty());
  CHECK_FALSE(seen.contains(hash_number(1)));
  CHECK(seen.insert(hash_number(1), at(1s)) == seen_insertion::added);
  CHECK(seen.contains(hash_number(1)));
  CHECK_FALSE(seen.contains(hash_number(2)));
  CHECK(seen.size() == 1);
}

TEST_CASE("[S2.1] [S3.1] no false answers: hashes that differ in one bit are told apart") {
  wr::seen_set<> seen(300, 2);
  wr::message_hash hash = hash_number(3);
  seen.insert(hash, at(0s));
  for (std::size_t bit = 0; bit < 8 * wr::message_hash::size; ++bit) {
    CAPTURE(bit);
    hash.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    CHECK_FALSE(seen.contains(hash));
    CHECK(seen.insert(hash, at(0s)) == seen_insertion::added);
    hash.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
  }
  CHECK(seen.size() == 257);
}

TEST_CASE("[R28] a hash leaves by its receive time: kept at the bound, dropped a nanosecond after it") {
  wr::seen_set<> seen(8, 3);
  seen.insert(hash_number(1), at(10s));
  seen.insert(hash_number(2), at(10s + 1ns));
  CHECK(seen.expire(at(10s)) == 0);
  CHECK(seen.size() == 2);
  CHECK(seen.expire(at(10s + 1ns)) == 1);
  CHECK_FALSE(seen.contains(hash_number(1)));
  CHECK(seen.contains(hash_number(2)));
  CHECK(entries_of(seen).front().received == at(10s + 1ns));
  CHECK(seen.expire(wr::steady_time::max()) == 1);
  CHECK(seen.empty());
  CHECK_FALSE(seen.newest_evicted().has_value());
}

TEST_CASE("[R28] a repeat neither lengthens nor shortens the life of a hash") {
  wr::seen_set<> seen(8, 4);
  seen.insert(hash_number(1), at(1s));
  seen.insert(hash_number(2), at(2s));
  CHECK(seen.insert(hash_number(1), at(9s)) == seen_insertion::already_present);
  CHECK(seen.size() == 2);
  CHECK(entries_of(seen) == std::vector<entry>{{hash_number(1), at(1s)}, {hash_number(2), at(2s)}});
  CHECK(seen.expire(at(2s)) == 1);
  CHECK_FALSE(seen.contains(hash_number(1)));
}

TEST_CASE("a full seen set drops its oldest hash and says so") {
  wr::seen_set<> seen(3, 5);
  CHECK(seen.capacity() == 3);
  for (std::uint64_t number = 1; number <= 3; ++number) {
    CHECK(seen.insert(hash_number(number), at(number * 1s)) == seen_insertion::added);
  }
  CHECK(seen.insert(hash_number(2), at(4s)) == seen_insertion::already_present);
  CHECK_FALSE(seen.newest_evicted().has_value());
  CHECK(seen.insert(hash_number(4), at(4s)) == seen_insertion::added_and_evicted_oldest);
  CHECK(seen.size() == 3);
  CHECK_FALSE(seen.contains(hash_number(1)));
  CHECK(entries_of(seen) ==
        std::vector<entry>{{hash_number(2), at(2s)}, {hash_number(3), at(3s)}, {hash_number(4), at(4s)}});
}

TEST_CASE("[S2.1] what is newer than the newest evicted hash is all there, however often the set ran over") {
  wr::seen_set<> seen(100, 6);
  for (std::uint64_t number = 0; number < 1000; ++number) seen.insert(hash_number(number), at(number * 1ms));
  REQUIRE(seen.newest_evicted() == at(899ms));
  CHECK(entries_of(seen).front().received == at(900ms));
  for (std::uint64_t number = 0; number < 1000; ++number) {
    CAPTURE(number);
    CHECK(seen.contains(hash_number(number)) == (at(number * 1ms) > *seen.newest_evicted()));
  }
  while (seen.expire(at(10s)) != 0) {
  }
  CHECK(seen.empty());
  CHECK(seen.newest_evicted() == at(899ms));
}

TEST_CASE("a hash that is erased is new when it comes again, and the order of the others stays") {
  wr::seen_set<> seen(4, 7);
  for (std::uint64_t number = 1; number <= 3; ++number) seen.insert(hash_number(number), at(number * 1s));
  seen.erase(hash_number(2));
  seen.erase(hash_number(9));
  CHECK(seen.size() == 2);
  CHECK_FALSE(seen.contains(hash_number(2)));
  CHECK(entries_of(seen) == std::vector<entry>{{hash_number(1), at(1s)}, {hash_number(3), at(3s)}});
  CHECK(seen.insert(hash_number(2), at(4s)) == seen_insertion::added);
  CHECK(seen.received(hash_number(2)) == at(4s));
  CHECK(entries_of(seen) ==
        std::vector<entry>{{hash_number(1), at(1s)}, {hash_number(3), at(3s)}, {hash_number(2), at(4s)}});
}

TEST_CASE("an erased hash leaves without counting as evicted, and its room comes back in its turn") {
  wr::seen_set<> seen(3, 8);
  for (std::uint64_t number = 1; number <= 3; ++number) seen.insert(hash_number(number), at(number * 1s));
  seen.erase(hash_number(2));
  CHECK(seen.insert(hash_number(4), at(4s)) == seen_insertion::added_and_evicted_oldest);
  CHECK(seen.size() == 2);
  CHECK(seen.insert(hash_number(5), at(5s)) == seen_insertion::added);
  CHECK(seen.size() == 3);
  CHECK(seen.newest_evicted() == at(1s));
}

TEST_CASE("the room of an erased hash comes back at once where it was the newest") {
  wr::seen_set<> seen(2, 8);
  seen.insert(hash_number(0), at(0s));
  for (std::uint64_t number = 1; number <= 10; ++number) {
    CHECK(seen.insert(hash_number(number), at(number * 1s)) == seen_insertion::added);
    seen.erase(hash_number(number));
  }
  CHECK(seen.contains(hash_number(0)));
  CHECK(seen.size() == 1);
}

TEST_CASE(
    "a call drops at most 32 hashes, so that no expiry pauses the program, and says that more may be due") {
  wr::seen_set<> seen(100, 7);
  for (std::uint64_t number = 0; number < 100; ++number) seen.insert(hash_number(number), at(number * 1s));
  CHECK(seen.expire(at(70s)) == 32);
  CHECK(seen.expire(at(70s)) == 32);
  CHECK(seen.contains(hash_number(64)));
  CHECK(seen.expire(at(70s)) == 6);
  CHECK(seen.expire(at(70s)) == 0);
  CHECK(seen.size() == 30);
  CHECK(entries_of(seen).front().received == at(70s));
}

TEST_CASE("[S2.1] [R28] what is due to leave makes room for others without counting as evicted") {
  wr::seen_set<> seen(40, 8);
  for (std::uint64_t number = 0; number < 40; ++number) seen.insert(hash_number(number), at(number * 1s));
  CHECK(seen.expire(at(39s)) == 32);
  for (std::uint64_t number = 40; number < 79; ++number) {
    CHECK(seen.insert(hash_number(number), at(40s)) == seen_insertion::added);
  }
  CHECK(seen.size() == 40);
  CHECK_FALSE(seen.newest_evicted().has_value());
  CHECK(entries_of(seen).front().received == at(39s));
  CHECK(seen.insert(hash_number(79), at(40s)) == seen_insertion::added_and_evicted_oldest);
  CHECK(seen.newest_evicted() == at(39s));
}

TEST_CASE(
    "a page is looked up as its hashes are one by one, and each answer sees what those before it changed") {
  const auto compare = [](auto&& seen, std::uint64_t count) {
    for (std::uint64_t number = 0; number < 50; number += 3) seen.insert(hash_number(number), at(0s));
    std::vector<wr::message_hash> page;
    for (std::uint64_t number = 0; number < count; ++number) page.push_back(hash_number(number % 60));
    std::vector<bool> answers;
    const auto hash_at = [&](std::size_t number) -> const wr::message_hash& { return page[number]; };
    seen.look_up(page.size(), hash_at, [&](std::size_t number, bool held) {
      REQUIRE(number == answers.size());
      REQUIRE(held == seen.contains(page[number]));
      answers.push_back(held);
      if (number < 20) return;  // what is found in a set that does not change is told from what changes it
      seen.insert(page[number], at(number * 1s));
      if (number % 5 == 0 && number + 3 < count) seen.erase(page[number + 3]);
      if (number == 60) seen.expire(at(30s));
      if (number == 80) seen.clear();
    });
    REQUIRE(answers.size() == count);
    CHECK(std::count(answers.begin(), answers.end(), true) >= static_cast<std::ptrdiff_t>(count / 8));
  };
  for (const std::uint64_t count : {0U, 1U, 2U, 15U, 16U, 17U, 31U, 32U, 33U, 65U, 100U}) {
    compare(wr::seen_set<>(200, count), count);
    compare(wr::seen_set<>(20, count), count);
    // Every hash has the marks of every other.
    compare(wr::seen_set<samples::constant_mix>(200, count), count);
    compare(wr::seen_set<samples::coarse_mix>(40, count), count);
  }
}

TEST_CASE("a hash is inserted as it would be when its look-up was started before") {
  const auto compare = [](auto&& seen, auto&& other) {
    for (std::uint64_t number = 0; number < 300; ++number) {
      const wr::message_hash hash = hash_number(number * 7 % 60);
      if (number % 5 == 0) {
        seen.erase(hash_number(number % 60));
        other.erase(hash_number(number % 60));
      }
      const auto started = seen.start_look_up(hash);
      CAPTURE(number);
      REQUIRE(seen.insert(hash, at(number * 1s), started) == other.insert(hash, at(number * 1s)));
      REQUIRE(seen.size() == other.size());
      REQUIRE(seen.received(hash) == other.received(hash));
    }
  };
  compare(wr::seen_set<>(200, 3), wr::seen_set<>(200, 4));
  compare(wr::seen_set<>(20, 3), wr::seen_set<>(20, 4));
  // Where the likely slot is often another hash's, be the wanted one held or not.
  for (const std::size_t capacity : {40U, 70U}) {
    compare(wr::seen_set<samples::constant_mix>(capacity, 3), wr::seen_set<>(capacity, 4));
    compare(wr::seen_set<samples::coarse_mix>(capacity, 3), wr::seen_set<>(capacity, 4));
  }
}

TEST_CASE("a cleared seen set is as it was at first") {
  wr::seen_set<> seen(2, 10);
  for (std::uint64_t number = 1; number <= 5; ++number) seen.insert(hash_number(number), at(number * 1s));
  seen.clear();
  CHECK(seen.empty());
  CHECK(seen.capacity() == 2);
  CHECK_FALSE(seen.newest_evicted().has_value());
  CHECK_FALSE(seen.contains(hash_number(5)));
  CHECK(seen.insert(hash_number(5), at(-1h)) == seen_insertion::added);
}

TEST_CASE("a moved seen set goes on where the other was") {
  wr::seen_set<> seen(2, 11);
  seen.insert(hash_number(1), at(1s));
  seen.insert(hash_number(2), at(2s));
  wr::seen_set<> moved = std::move(seen);
  CHECK(moved.contains(hash_number(1)));
  CHECK(moved.insert(hash_number(3), at(3s)) == seen_insertion::added_and_evicted_oldest);
  CHECK(moved.newest_evicted() == at(1s));
  seen = wr::seen_set<>(1, 12);
  CHECK(seen.insert(hash_number(1), at(0s)) == seen_insertion::added);
}

TEST_CASE("a capacity of nothing counts as one, others are kept as they are") {
  CHECK(wr::seen_set<>(0, 1).capacity() == 1);
  CHECK(wr::seen_set<>(1, 1).capacity() == 1);
  CHECK(wr::seen_set<>(1000, 1).capacity() == 1000);
  wr::seen_set<> one(0, 1);
  CHECK(one.insert(hash_number(1), at(1s)) == seen_insertion::added);
  CHECK(one.insert(hash_number(2), at(1s)) == seen_insertion::added_and_evicted_oldest);
  CHECK(one.contains(hash_number(2)));
}

TEST_CASE("[S2.1] a seen set takes at most 50 bytes an entry, all of it from the start") {
  wr::seen_set<> seen(100, 13);
  const std::size_t memory = seen.memory_bytes();
  CHECK(memory <= 50 * 100);
  for (std::uint64_t number = 0; number < 500; ++number) seen.insert(hash_number(number), at(0s));
  CHECK(seen.memory_bytes() == memory);
  CHECK(wr::seen_set<>(100000, 13).memory_bytes() <= 50 * 100000);
}

TEST_CASE("ground hashes do not pile up") {
  SUBCASE("ground for the secret of another set") {
    // Both buckets of all of these would be the first two.
    constexpr std::size_t capacity = 256;
    constexpr std::uint64_t buckets = (capacity + 6) / 7;
    const wr::keyed_mix known(1);
    std::vector<wr::message_hash> ground;
    for (std::uint64_t number = 0; ground.size() < 100; ++number) {
      const wr::message_hash hash = hash_of_words(number, 1, 2, 3);
      const std::uint64_t mixed = known(hash);
      if ((mixed >> 32) * buckets >> 32 == 0 && (mixed & 0xffffffffU) * (buckets - 1) >> 32 == 0)
        ground.push_back(hash);
    }
    wr::seen_set<> attacked(capacity, 1);
    for (const wr::message_hash& hash : ground) attacked.insert(hash, at(0s));
    CHECK(attacked.longest_scan() == 100);  // with the secret known, they do
    for (std::uint64_t secret = 2; secret < 34; ++secret) {
      wr::seen_set<> seen(capacity, secret);
      for (const wr::message_hash& hash : ground) seen.insert(hash, at(0s));
      CAPTURE(secret);
      CHECK(seen.longest_scan() == 30);
    }
  }
  SUBCASE("ground to agree in three words of four, and made up to count in the last") {
    constexpr std::size_t capacity = 4096;
    for (std::uint64_t secret = 0; secret < 8; ++secret) {
      for (int word = 0; word < 4; ++word) {
        wr::seen_set<> seen(capacity, secret);
        for (std::uint64_t count = 0; count < capacity; ++count) {
          seen.insert(hash_of_words(word == 0 ? count : 7, word == 1 ? count << 20 : 7,
                                    word == 2 ? count << 40 : 7, word == 3 ? count << 52 : 7),
                      at(0s));
        }
        CAPTURE(secret);
        CAPTURE(word);
        CHECK(seen.size() == capacity);
        CHECK(seen.longest_scan() == 30);
      }
    }
  }
}

TEST_CASE("a set of a million that slides for long reads 30 cells at most for any hash, and moves one") {
  constexpr std::uint64_t capacity = 1'000'000;
  wr::seen_set<> seen(capacity, samples::seed());
  for (std::uint64_t number = 0; number < 2 * capacity; ++number) {
    seen.insert(hash_of_words(number * 0x9e3779b97f4a7c15U, number, 0, 0),
                at(wr::duration(static_cast<std::int64_t>(number))));
    if (number % 3 == 0) seen.expire(at(wr::duration(static_cast<std::int64_t>(number)) - 900us));
    if (seen.longest_scan() > 32)
      FAIL("insertion " << number << " may read " << seen.longest_scan() << " cells");
  }
  CHECK(seen.size() > 899'000);
}

TEST_CASE("[S2.1] [S3.1] [R28] a seen set does what a plain list would do, over random lists of operations") {
  const std::uint64_t seed = samples::seed();
  for (const std::size_t capacity : {1U, 2U, 3U, 7U, 16U, 17U, 64U}) {
    for (std::uint64_t run = 0; run < 4; ++run) compare_with_naive<wr::keyed_mix>(capacity, seed + run, 3000);
  }
}

TEST_CASE("a seen set stays exact under a mix that fails") {
  const std::uint64_t seed = samples::seed();
  for (const std::size_t capacity : {3U, 40U, 100U}) {
    compare_with_naive<samples::constant_mix>(capacity, seed, 2000);
    compare_with_naive<samples::coarse_mix>(capacity, seed, 2000);
  }
}

}  // namespace seen_set_tests
