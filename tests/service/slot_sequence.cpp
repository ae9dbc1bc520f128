// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/slot_sequence.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <cache/samples.hpp>
#include <waku/reliability/core/random.hpp>

namespace slot_sequence_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;

namespace {

/// Slots with drawn places, many of which share a timestamp.
struct drawn_slots {
  drawn_slots(std::uint32_t count, std::uint64_t moments) {
    wr::random_source draw(samples::seed());
    for (std::uint32_t number = 0; number < count; ++number) {
      places.push_back({static_cast<std::int64_t>(draw.below(moments)), samples::hash_number(number)});
    }
  }
  [[nodiscard]] auto place_of() const {
    return [this](std::uint32_t slot) -> const ws::archive_place& { return places[slot]; };
  }
  [[nodiscard]] std::vector<std::uint32_t> in(const ws::slot_sequence& sequence) const {
    std::vector<std::uint32_t> all;
    for (auto at = sequence.begin(); at != sequence.end(); at = sequence.next(at))
      all.push_back(sequence[at]);
    return all;
  }

  std::vector<ws::archive_place> places;
};

}  // namespace

TEST_CASE("slots come out in the order of their places, however they went in") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  for (const std::uint64_t moments : {std::uint64_t{3}, std::uint64_t{1'000'000}}) {
    const drawn_slots slots(3'000, moments);
    ws::slot_sequence sequence;
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t slot = 0; slot < 3'000; ++slot) {
      sequence.insert(slot, slots.place_of());
      wanted.push_back(slot);
    }
    const auto before = [&](std::uint32_t a, std::uint32_t b) { return slots.places[a] < slots.places[b]; };
    std::sort(wanted.begin(), wanted.end(), before);
    CHECK(slots.in(sequence) == wanted);
    CHECK(sequence.front() == wanted.front());
    auto back = sequence.end();
    for (std::size_t each = wanted.size(); each-- > 0;) {
      back = sequence.previous(back);
      REQUIRE(sequence[back] == wanted[each]);
      REQUIRE(sequence.lower_bound(slots.places[wanted[each]], slots.place_of()) == back);
    }
    CHECK(back == sequence.begin());
    // Every third leaves.
    for (std::uint32_t slot = 0; slot < 3'000; slot += 3) sequence.erase(slot, slots.place_of());
    std::erase_if(wanted, [](std::uint32_t slot) { return slot % 3 == 0; });
    CHECK(slots.in(sequence) == wanted);
    for (const std::uint32_t slot : wanted) sequence.erase(slot, slots.place_of());
    CHECK(sequence.empty());
    CHECK(sequence.begin() == sequence.end());
  }
}

TEST_CASE("slots that come in order take four bytes each") {
  drawn_slots slots(10'000, 1);
  std::sort(slots.places.begin(), slots.places.end());
  ws::slot_sequence sequence;
  for (std::uint32_t slot = 0; slot < 10'000; ++slot) sequence.insert(slot, slots.place_of());
  CHECK(sequence.memory_bytes() < 50'000);
}

}  // namespace slot_sequence_tests
