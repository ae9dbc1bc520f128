// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/algorithm.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>

#include "cache/samples.hpp"

// A program that has functions of the same names, as general as ours.
namespace stranger {

template <class Range, class Wanted>
bool has(const Range&, const Wanted&) {
  return true;
}
template <class Range, class Test>
bool any_of(const Range&, const Test&) {
  return true;
}
template <class Value>
bool min_of(Value, Value) {
  return true;
}

bool calls_its_own(const std::vector<waku::reliability::instant>& times) {
  return has(times, waku::reliability::instant()) && any_of(times, [](const auto&) { return false; }) &&
         min_of(waku::reliability::instant(), waku::reliability::instant());
}

}  // namespace stranger

namespace algorithm_tests {

namespace wr = waku::reliability;

TEST_CASE("a call elsewhere that has our types among its arguments is not made ambiguous") {
  CHECK(stranger::calls_its_own({}));
}

TEST_CASE("the lesser and the greater of two values are told, in constant expressions too") {
  static_assert(wr::min_of(2, 3) == 2);
  static_assert(wr::min_of(3, 2) == 2);
  static_assert(wr::max_of(2, 3) == 3);
  static_assert(wr::max_of(3, 2) == 3);
  constexpr wr::wall_time early{wr::duration(5)};
  constexpr wr::wall_time late{wr::duration(6)};
  CHECK(wr::min_of(late, early) == early);
  CHECK(wr::max_of(late, early) == late);
  CHECK(wr::min_of(early, early) == early);
  CHECK(wr::max_of(early, early) == early);
}

TEST_CASE("an empty range has nothing") {
  const std::vector<int> none;
  CHECK_FALSE(wr::has(none, 0));
  CHECK_FALSE(wr::any_of(none, [](int) { return true; }));
  CHECK(wr::count_of(none, [](int) { return true; }) == 0);
}

TEST_CASE("texts are found by views of them") {
  const std::vector<std::string> names{"/a", "/b"};
  CHECK(wr::has(names, std::string_view("/b")));
  CHECK_FALSE(wr::has(names, std::string_view("/")));
}

TEST_CASE("ranges are searched and counted as the standard library does it") {
  const std::uint64_t seed = samples::seed();
  INFO("WAKU_SEED=" << seed);
  wr::random_source random(seed);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::uint64_t> values(random.below(8));
    for (std::uint64_t& value : values) value = random.below(6);
    const std::uint64_t wanted = random.below(6);
    const auto less = [wanted](std::uint64_t value) { return value < wanted; };
    REQUIRE(wr::has(values, wanted) == (std::find(values.begin(), values.end(), wanted) != values.end()));
    REQUIRE(wr::any_of(values, less) == std::any_of(values.begin(), values.end(), less));
    REQUIRE(wr::count_of(values, less) ==
            static_cast<std::size_t>(std::count_if(values.begin(), values.end(), less)));
  }
}

TEST_CASE("sorted lists are subtracted and united as the standard library does it") {
  const std::uint64_t seed = samples::seed();
  INFO("WAKU_SEED=" << seed);
  wr::random_source random(seed);
  const auto draw = [&random] {
    std::vector<std::uint64_t> values;
    for (std::uint64_t value = 0; value < 12; ++value) {
      if (random.below(2) == 0) values.push_back(value);
    }
    return values;
  };
  for (int round = 0; round < 500; ++round) {
    const std::vector<std::uint64_t> left = draw();
    const std::vector<std::uint64_t> right = draw();
    std::vector<std::uint64_t> expected;
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(expected));
    REQUIRE(wr::sorted_difference(left, right) == expected);
    expected.clear();
    std::set_union(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(expected));
    REQUIRE(wr::sorted_union(left, right) == expected);
  }
}

}  // namespace algorithm_tests
