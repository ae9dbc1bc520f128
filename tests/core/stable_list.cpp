// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/stable_list.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace stable_list_tests {

namespace wr = waku::reliability;

TEST_CASE("values keep their places while more are added and when the list is moved") {
  wr::stable_list<int> list;
  CHECK(list.empty());
  std::vector<const int*> places;
  for (int number = 0; number < 100; ++number) {
    int& added = list.emplace_back();
    CHECK(added == 0);
    added = number;
    CHECK(&added == &list.back());
    places.push_back(&added);
  }
  const wr::stable_list<int> moved = std::move(list);
  REQUIRE(moved.size() == 100);
  CHECK_FALSE(moved.empty());
  for (std::size_t at = 0; at < places.size(); ++at) {
    CHECK(&moved[at] == places[at]);
    CHECK(moved[at] == static_cast<int>(at));
  }
}

TEST_CASE("a walk meets every value once, in order, and may change it") {
  wr::stable_list<std::size_t> list;
  for (const std::size_t value : list) FAIL("an empty list has the value " << value);
  for (std::size_t number = 0; number < 17; ++number) list.emplace_back() = number;
  for (std::size_t& value : list) value *= 2;
  std::size_t at = 0;
  for (const std::size_t value : std::as_const(list)) CHECK(value == 2 * at++);
  CHECK(at == 17);
}

}  // namespace stable_list_tests
