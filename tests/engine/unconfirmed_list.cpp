// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/unconfirmed_list.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <cache/samples.hpp>

namespace unconfirmed_list_tests {

namespace wr = waku::reliability;

namespace {

struct linked {
  wr::unconfirmed_links links;
};
using buffer = std::vector<linked>;
using slots = std::vector<wr::buffer_slot>;

slots walked(const wr::unconfirmed_list& list, const buffer& entries) {
  slots found;
  for (auto slot = list.oldest(); slot; slot = list.next(entries, *slot)) found.push_back(*slot);
  return found;
}

}  // namespace

TEST_CASE("unconfirmed messages are walked in the order in which they were added") {
  buffer entries(5);
  wr::unconfirmed_list list;
  CHECK(list.empty());
  CHECK_FALSE(list.oldest());
  for (const wr::buffer_slot slot : {3U, 0U, 4U}) list.add(entries, slot);
  CHECK(list.size() == 3);
  CHECK(walked(list, entries) == slots{3, 0, 4});
}

TEST_CASE("an unconfirmed message is removed at either end and in between, and added again as the newest") {
  buffer entries(5);
  wr::unconfirmed_list list;
  for (const wr::buffer_slot slot : {0U, 1U, 2U, 3U, 4U}) list.add(entries, slot);
  list.remove(entries, 2);
  CHECK(walked(list, entries) == slots{0, 1, 3, 4});
  list.remove(entries, 0);
  list.remove(entries, 4);
  CHECK(walked(list, entries) == slots{1, 3});
  list.add(entries, 0);
  CHECK(walked(list, entries) == slots{1, 3, 0});
  for (const wr::buffer_slot slot : {1U, 3U, 0U}) list.remove(entries, slot);
  CHECK(list.empty());
  CHECK(walked(list, entries).empty());
}

TEST_CASE("lists over one buffer do not disturb each other, whatever is added and removed") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  buffer entries(200);
  wr::unconfirmed_list lists[3];
  slots expected[3];
  slots free;
  for (wr::buffer_slot slot = 0; slot < entries.size(); ++slot) free.push_back(slot);
  for (int step = 0; step < 5'000; ++step) {
    const auto which = static_cast<std::size_t>(draw.below(3));
    slots& held = expected[which];
    if (!free.empty() && (held.empty() || draw.chance(0.5))) {
      const auto at = static_cast<std::ptrdiff_t>(draw.below(free.size()));
      held.push_back(free[static_cast<std::size_t>(at)]);
      free.erase(free.begin() + at);
      lists[which].add(entries, held.back());
    } else if (!held.empty()) {
      const auto at = static_cast<std::ptrdiff_t>(draw.below(held.size()));
      free.push_back(held[static_cast<std::size_t>(at)]);
      held.erase(held.begin() + at);
      lists[which].remove(entries, free.back());
    }
    for (std::size_t list = 0; list < 3; ++list) {
      REQUIRE(walked(lists[list], entries) == expected[list]);
      REQUIRE(lists[list].size() == expected[list].size());
    }
  }
}

}  // namespace unconfirmed_list_tests
