// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/cache/deadline_heap.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <cache/samples.hpp>

namespace deadline_heap_tests {

namespace wr = waku::reliability;
using samples::at;

namespace {

/// What leaves a heap until it is empty, by order.
std::vector<std::uint32_t> emptied(wr::deadline_heap& heap) {
  std::vector<std::uint32_t> orders;
  for (; !heap.empty(); heap.remove_first()) orders.push_back(heap.first().order);
  return orders;
}

}  // namespace

TEST_CASE("the soonest comes first, and of those at the same time the one that was armed first") {
  wr::deadline_heap heap;
  heap.put({at(wr::duration(5)), 1, 0});
  heap.put({at(wr::duration(3)), 2, 0});
  heap.put({at(wr::duration(5)), 0, 0});
  heap.put({at(wr::duration(-4)), 3, 0});
  heap.put({at(wr::duration(3)), 4, 0});
  CHECK(heap.size() == 5);
  CHECK(emptied(heap) == std::vector<std::uint32_t>{3, 2, 4, 0, 1});
}

TEST_CASE("an order that came round is later than those before") {
  const wr::deadline_item before{at(wr::duration(1)), 0xffffffffU, 0};
  const wr::deadline_item after{at(wr::duration(1)), 2, 0};
  CHECK(before.sooner_than(after));
  CHECK_FALSE(after.sooner_than(before));
  CHECK_FALSE(before.sooner_than(before));
}

TEST_CASE("a heap gives what a sorted list gives, also after some were taken out") {
  wr::random_source draw(samples::seed());
  for (const std::uint32_t count : {0U, 1U, 2U, 5U, 6U, 21U, 22U, 500U}) {
    CAPTURE(count);
    wr::deadline_heap heap;
    std::vector<wr::deadline_item> sorted;
    for (std::uint32_t order = 0; order < count; ++order) {
      const wr::deadline_item item{at(wr::duration(static_cast<std::int64_t>(draw.below(count / 2 + 1)))),
                                   order, static_cast<std::uint32_t>(draw.below(3))};
      heap.put(item);
      sorted.push_back(item);
    }
    const auto ended = [](const wr::deadline_item& each) { return each.slot == 1; };
    CHECK(heap.remove_if(ended) == std::erase_if(sorted, ended));
    CHECK(heap.size() == sorted.size());
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& left, const auto& right) { return left.sooner_than(right); });
    std::vector<std::uint32_t> orders;
    for (const wr::deadline_item& each : sorted) orders.push_back(each.order);
    CHECK(emptied(heap) == orders);
  }
}

}  // namespace deadline_heap_tests
