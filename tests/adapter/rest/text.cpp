// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/text.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/rest/dialect.hpp>

namespace rest_text_tests {

namespace rest = waku::reliability::rest;

namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("base64 is that of RFC 4648") {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    CHECK(rest::to_base64(bytes_of(plain)) == text);
    CHECK(rest::from_base64(text) == bytes_of(plain));
    CHECK(rest::from_base64(text.substr(0, text.find('='))) == bytes_of(plain));
  }
}

TEST_CASE("base64 is written in the alphabet that is asked for, and read in both") {
  const std::vector<std::byte> bytes{std::byte{0xfb}, std::byte{0xff}, std::byte{0xfe}, std::byte{0xff}};
  CHECK(rest::to_base64(bytes) == "+//+/w==");
  CHECK(rest::to_base64(bytes, rest::base64_alphabet::url_safe) == "-__-_w==");
  CHECK(rest::from_base64("+//+/w==") == bytes);
  CHECK(rest::from_base64("-__-_w") == bytes);
}

TEST_CASE("what is no base64 gives nothing") {
  for (const std::string_view text : {"Z", "Zg=", "Zg===", "Z===", "Zm9v=", "Zm 9", "Zm\n9", "Zg==Zg=="}) {
    INFO(std::string(text));
    CHECK_FALSE(rest::from_base64(text));
  }
}

TEST_CASE("hex is written in lower case with 0x, and read in either case with or without it") {
  const std::vector<std::byte> bytes{std::byte{0x00}, std::byte{0x9a}, std::byte{0xff}};
  CHECK(rest::nwaku::asked_hash(bytes) == "0x009aff");
  for (const std::string_view text : {"0x009aff", "009AFF", "0x009Aff"}) CHECK(rest::from_hex(text) == bytes);
  for (const std::string_view text : {"0x0", "0xzz", "0X00", "00 1"}) CHECK_FALSE(rest::from_hex(text));
}

TEST_CASE("all but what RFC 3986 leaves as it is is percent-encoded") {
  CHECK(rest::percent_encoded("AZaz09-._~") == "AZaz09-._~");
  CHECK(rest::percent_encoded("/waku/2/rs/1/0 +%&=") == "%2Fwaku%2F2%2Frs%2F1%2F0%20%2B%25%26%3D");
  CHECK(rest::percent_encoded("\xc3\xa9") == "%C3%A9");
}

}  // namespace rest_text_tests
