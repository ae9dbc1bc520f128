// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/compiled_with.hpp>

#include <concepts>
#include <vector>

#include <doctest/doctest.h>

namespace compiled_with_tests {

namespace wr = waku::reliability;

namespace {

template <class Value>
struct never_compiled {
  static_assert(sizeof(Value) == 0, "nobody may compile this");
};

// Reading this template is the test: it does not compile if the type of its member is instantiated here.
template <class Owner>
struct unused {
  wr::compiled_with<Owner, never_compiled<int>> member;
};

template <class Owner>
struct used {
  wr::compiled_with<Owner, std::vector<int>> numbers;
};

}  // namespace

TEST_CASE("a type that is compiled with its owner is the type itself") {
  CHECK(std::same_as<wr::compiled_with<void, std::vector<int>>, std::vector<int>>);
  CHECK(std::same_as<decltype(used<char>::numbers), std::vector<int>>);
}

TEST_CASE("it is not compiled before the template is used") {
  CHECK(std::same_as<wr::compiled_with<unused<int>, never_compiled<int>>, never_compiled<int>>);
}

}  // namespace compiled_with_tests
