// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/error.hpp>

#include <set>
#include <string>
#include <system_error>

#include <doctest/doctest.h>

namespace error_tests {

namespace wr = waku::reliability;
using wr::errc;

TEST_CASE("every refusal has a text of its own") {
  std::set<std::string> texts;
  for (int value = static_cast<int>(errc::message_too_large); value <= static_cast<int>(errc::not_empty);
       ++value) {
    const std::string text = wr::error_category().message(value);
    CAPTURE(value);
    CHECK(text != "unknown error");
    CHECK(texts.insert(text).second);
  }
  CHECK(texts.size() == 14);
}

TEST_CASE("a number that is no refusal is an unknown error") {
  CHECK(wr::error_category().message(0) == "unknown error");
  CHECK(wr::error_category().message(15) == "unknown error");
}

TEST_CASE("a refusal turns into a std::error_code of the library's category") {
  const std::error_code code = errc::buffer_full;
  CHECK(code.value() == static_cast<int>(errc::buffer_full));
  CHECK(&code.category() == &wr::error_category());
  CHECK(std::string(code.category().name()) == "waku.reliability");
  CHECK(code.message() == "the outgoing buffer is full");
  CHECK((code == errc::buffer_full));
  CHECK((code != errc::duplicate));
}

TEST_CASE("no refusal has the value of success") {
  CHECK(static_cast<bool>(std::error_code(errc::message_too_large)));
}

}  // namespace error_tests
