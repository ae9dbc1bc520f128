// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/relay_event.hpp>

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace relay_event_tests {

using namespace midscale;

TEST_CASE("a list stays until it is released, and its number is then another's") {
  id_lists lists;
  const std::uint32_t one = lists.add({1, 2}), two = lists.add({3});
  CHECK(one != two);
  CHECK(lists[one] == std::vector<std::uint32_t>{1, 2});
  lists.release(one);
  lists.release(id_lists::none);
  CHECK(lists.add({4}) == one);
  CHECK(lists.add({5}) != two);
  CHECK(lists[one] == std::vector<std::uint32_t>{4});
  CHECK(lists[two] == std::vector<std::uint32_t>{3});
}

TEST_CASE("hops are counted up to the most that can be told") {
  CHECK(one_more(0) == 1);
  CHECK(one_more(254) == 255);
  CHECK(one_more(255) == 255);
}

}  // namespace relay_event_tests
