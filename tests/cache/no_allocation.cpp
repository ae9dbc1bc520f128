// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <allocations.hpp>
#include <cache/samples.hpp>

#include <waku/reliability/cache/deadline_wheel.hpp>
#include <waku/reliability/cache/outgoing_buffer.hpp>
#include <waku/reliability/cache/seen_set.hpp>

namespace no_allocation_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;
using samples::at;
using samples::hash_number;

TEST_CASE("a seen set allocates when it is made and never again") {
  const std::size_t at_first = allocations;
  wr::seen_set<> seen(500, 1);
  const std::size_t before = allocations;
  CHECK(before > at_first);
  for (std::uint64_t number = 0; number < 5000; ++number) {
    seen.insert(hash_number(number), at(wr::duration(number)));
    if (number % 7 == 0) seen.erase(hash_number(number - 3));
    if (number % 1000 == 0) seen.expire(at(wr::duration(number - number / 10)));
  }
  seen.clear();
  for (std::uint64_t number = 0; number < 1000; ++number) seen.insert(hash_number(number), at(1s));
  CHECK(allocations == before);
}

TEST_CASE("an outgoing buffer allocates nothing below the highest count so far") {
  wr::outgoing_buffer<std::uint64_t> buffer(300, 2);
  const auto fill_and_empty = [&buffer](std::uint64_t round) {
    while (const auto slot = buffer.acquire()) buffer.index(*slot, hash_number(round * 1000 + *slot));
    while (const auto slot = buffer.oldest()) buffer.release(*slot);
  };
  const std::size_t at_first = allocations;
  fill_and_empty(0);
  const std::size_t before = allocations;
  CHECK(before > at_first);
  for (std::uint64_t round = 1; round < 10; ++round) fill_and_empty(round);
  CHECK(allocations == before);
}

TEST_CASE("a deadline wheel allocates nothing below the highest count so far") {
  wr::deadline_wheel<std::uint64_t> deadlines;
  std::vector<wr::deadline_wheel<std::uint64_t>::ticket> tickets(200);
  wr::random_source draw(3);
  wr::steady_time now = at(0s);
  const auto churn = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      const auto key = static_cast<std::size_t>(draw.below(tickets.size()));
      deadlines.cancel(tickets[key]);
      tickets[key] = deadlines.arm(now + wr::duration(draw.below(10000000000)), key);
      now += 5ms;
      deadlines.advance(now, [&](std::uint64_t fired) { tickets[fired] = deadlines.arm(now, fired); });
    }
  };
  const std::size_t at_first = allocations;
  for (std::size_t key = 0; key < tickets.size(); ++key) tickets[key] = deadlines.arm(now + 1s, key);
  const std::size_t before = allocations;
  CHECK(before > at_first);
  churn(20000);
  CHECK(deadlines.size() == tickets.size());
  // Nor when all are cancelled long before their time.
  for (std::size_t round = 0; round < 20000; ++round) {
    deadlines.cancel(tickets[round % tickets.size()]);
    tickets[round % tickets.size()] = deadlines.arm(now + 1h, round % tickets.size());
  }
  CHECK(deadlines.size() == tickets.size());
  CHECK(allocations == before);
}

TEST_CASE(
    "a deadline wheel that was as full as can be allocates nothing for what takes the place of a cancelled "
    "one") {
  for (const std::size_t count : {7U, 8U, 9U, 16U, 32U, 100U, 128U, 256U}) {
    CAPTURE(count);
    wr::deadline_wheel<std::size_t> deadlines;
    std::vector<wr::deadline_wheel<std::size_t>::ticket> tickets(count);
    for (std::size_t key = 0; key < count; ++key) tickets[key] = deadlines.arm(at(key * 1s), key);
    const std::size_t before = allocations;
    for (std::size_t round = 0; round < 1000; ++round) {
      const std::size_t key = round % count;
      deadlines.cancel(tickets[key]);
      tickets[key] = deadlines.arm(at(key * 1s), key);
    }
    CHECK(allocations == before);
    CHECK(deadlines.size() == count);
  }
}

}  // namespace no_allocation_tests
