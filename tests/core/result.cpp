// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/result.hpp>

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace result_tests {

namespace wr = waku::reliability;
using wr::errc;

namespace {

wr::result<std::string> greeting(bool known) {
  if (!known) return errc::unknown_request;
  return std::string("hello");
}

wr::result<void> attempt(bool allowed) {
  if (!allowed) return errc::stopped;
  return {};
}

}  // namespace

TEST_CASE("a result holds the value") {
  const auto answer = greeting(true);
  REQUIRE(answer.has_value());
  CHECK(static_cast<bool>(answer));
  CHECK(answer.value() == "hello");
  CHECK(*answer == "hello");
  CHECK(answer->size() == 5);
}

TEST_CASE("or the refusal") {
  const auto answer = greeting(false);
  CHECK_FALSE(answer.has_value());
  CHECK_FALSE(static_cast<bool>(answer));
  CHECK(answer.error() == errc::unknown_request);
}

TEST_CASE("a result without a value is success or the refusal") {
  CHECK(attempt(true).has_value());
  CHECK(static_cast<bool>(attempt(true)));
  const auto refused = attempt(false);
  CHECK_FALSE(refused.has_value());
  CHECK_FALSE(static_cast<bool>(refused));
  CHECK(refused.error() == errc::stopped);
}

TEST_CASE("the value is moved in, not copied") {
  std::vector<int> numbers{1, 2, 3};
  const int* address = numbers.data();
  const wr::result<std::vector<int>> answer(std::move(numbers));
  CHECK(answer.value().data() == address);
}

}  // namespace result_tests
