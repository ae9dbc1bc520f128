// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/rlp.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace rlp_tests {

using namespace midscale;
using namespace std::string_view_literals;

std::string text_of(const rlp::bytes& encoded) {
  std::string result;
  for (const std::byte each : encoded) result.push_back(static_cast<char>(each));
  return result;
}
rlp::bytes string_of(std::string_view text) {
  rlp::bytes result;
  rlp::append_string(result, text);
  return result;
}
rlp::bytes number_of(std::uint64_t value) {
  rlp::bytes result;
  rlp::append_number(result, value);
  return result;
}

TEST_CASE("strings, numbers and lists are encoded as the yellow paper has them") {
  CHECK(text_of(string_of("dog")) ==
        "\x83"
        "dog");
  CHECK(text_of(string_of("")) == "\x80");
  CHECK(text_of(string_of("a")) == "a");
  CHECK(text_of(string_of("\x80")) == "\x81\x80");
  CHECK(text_of(number_of(0)) == "\x80");
  CHECK(text_of(number_of(15)) == "\x0f");
  CHECK(text_of(number_of(1'024)) == "\x82\x04\x00"sv);
  rlp::bytes list;
  rlp::bytes items = string_of("cat");
  rlp::append_string(items, "dog"sv);
  rlp::append_list(list, items);
  CHECK(text_of(list) ==
        "\xc8\x83"
        "cat\x83"
        "dog");
}

TEST_CASE("what is longer than 55 bytes has its length in the header") {
  CHECK(text_of(string_of(std::string(56, 'x'))).substr(0, 3) == "\xb8\x38x");
  CHECK(text_of(string_of(std::string(1'024, 'x'))).substr(0, 4) == "\xb9\x04\x00x"sv);
  for (const std::size_t length : {2U, 55U, 56U, 255U, 256U, 70'000U})
    CHECK(rlp::header(length) + length == string_of(std::string(length, 'x')).size());
}

}  // namespace rlp_tests
