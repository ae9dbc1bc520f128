// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/dialect.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rest_dialect_tests {

namespace rest = waku::reliability::rest;

static_assert(rest::dialect<rest::nwaku> && rest::dialect<rest::go_waku> && !rest::dialect<int>);

namespace {

// 32 bytes whose base64 has both letters in which the alphabets differ.
std::vector<std::byte> hash() {
  std::vector<std::byte> bytes(32, std::byte{0xfb});
  bytes.back() = std::byte{0xff};
  return bytes;
}

}  // namespace

TEST_CASE("what a dialect asks and is told is the same hash") {
  const std::string hex = rest::nwaku::asked_hash(hash());
  CHECK(hex.size() == 66);
  CHECK(hex.starts_with("0xfbfb"));
  CHECK(rest::nwaku::told_hash(hex) == hash());
  const std::string asked = rest::go_waku::asked_hash(hash());
  CHECK(asked.size() == 44);
  CHECK(asked.find_first_of("+/") == asked.npos);
  CHECK(asked.find_first_of("-_") != asked.npos);
  CHECK(rest::go_waku::told_hash(asked) == hash());
}

TEST_CASE("go-waku is told of by standard base64, from which the next query's differs") {
  std::string standard = rest::go_waku::asked_hash(hash());
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  REQUIRE(standard != rest::go_waku::asked_hash(hash()));
  const auto told = rest::go_waku::told_hash(standard);
  REQUIRE(told);
  CHECK(rest::go_waku::asked_hash(*told) == rest::go_waku::asked_hash(hash()));
}

TEST_CASE("a text that is no hash gives nothing, whatever its length is given as it is") {
  for (const std::string_view text : {"0x0", "0xzz", "0x 1", "%30"}) {
    INFO(std::string(text));
    CHECK_FALSE(rest::nwaku::told_hash(text));
  }
  for (const std::string_view text : {"Z", "Zg=", "Z g=", "Zg==Zg=="}) {
    INFO(std::string(text));
    CHECK_FALSE(rest::go_waku::told_hash(text));
  }
  CHECK(rest::nwaku::told_hash("0x01").value().size() == 1);  // a cursor may be of any
  CHECK(rest::go_waku::told_hash("AQ==").value().size() == 1);
}

}  // namespace rest_dialect_tests
