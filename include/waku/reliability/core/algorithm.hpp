// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>

namespace waku::reliability {

// The few algorithms that the deterministic part needs. <algorithm> has them all, at a seventh of the compile
// time of the other standard headers that the umbrella includes. They have a namespace of their own, which the
// library looks into: calls of yours with our types never find them by their arguments.
namespace algorithm {

/// The lesser of two values, times for example; the first where they are equal.
template <class Value>
[[nodiscard]] constexpr Value min_of(Value left, Value right) {
  return right < left ? right : left;
}

/// The greater of two values, times for example; the first where they are equal.
template <class Value>
[[nodiscard]] constexpr Value max_of(Value left, Value right) {
  return left < right ? right : left;
}

/// True when a value of the range passes the test. O(n).
template <class Range, class Test>
[[nodiscard]] constexpr bool any_of(const Range& range, const Test& test) {
  for (const auto& value : range) {
    if (test(value)) return true;
  }
  return false;
}

/// True when the range has a value that equals `wanted`. O(n).
template <class Range, class Wanted>
[[nodiscard]] constexpr bool has(const Range& range, const Wanted& wanted) {
  for (const auto& value : range) {
    if (value == wanted) return true;
  }
  return false;
}

/// How many values of the range pass the test. O(n).
template <class Range, class Test>
[[nodiscard]] constexpr std::size_t count_of(const Range& range, const Test& test) {
  std::size_t count = 0;
  for (const auto& value : range) {
    if (test(value)) ++count;
  }
  return count;
}

/// The values of `sorted` that are not in `taken`, which is sorted too. O(n + m).
template <class List>
[[nodiscard]] constexpr List sorted_difference(const List& sorted, const List& taken) {
  List left;
  auto next = taken.begin();
  for (const auto& value : sorted) {
    while (next != taken.end() && *next < value) ++next;
    if (next == taken.end() || value < *next) left.push_back(value);
  }
  return left;
}

/// The values of two sorted lists without doubles, sorted. O(n + m).
template <class List>
[[nodiscard]] constexpr List sorted_union(const List& left, const List& right) {
  List both;
  auto next = right.begin();
  for (const auto& value : left) {
    for (; next != right.end() && *next < value; ++next) both.push_back(*next);
    if (next != right.end() && *next == value) ++next;
    both.push_back(value);
  }
  for (; next != right.end(); ++next) both.push_back(*next);
  return both;
}

}  // namespace algorithm

using namespace algorithm;  // a look-up by arguments does not follow this

}  // namespace waku::reliability
