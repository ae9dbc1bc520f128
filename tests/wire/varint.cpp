// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/varint.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace varint_tests {

namespace ww = waku::reliability::wire;

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> made;
  for (const int value : values) made.push_back(static_cast<std::byte>(value));
  return made;
}

}  // namespace

TEST_CASE("every number is read back from its minimal varint") {
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (const std::uint64_t value : {(std::uint64_t{1} << bits) - 1, std::uint64_t{1} << bits,
                                      std::numeric_limits<std::uint64_t>::max() >> bits}) {
      CAPTURE(value);
      const auto encoded = ww::encode_varint(value);
      CHECK(encoded.size == ww::varint_size(value));
      CHECK((encoded.size == 1 || encoded.view().back() != std::byte{0}));
      const auto decoded = ww::decode_varint(encoded.view());
      CHECK(decoded.state == ww::varint_state::complete);
      CHECK(decoded.value == value);
      CHECK(decoded.size == encoded.size);
    }
  }
  CHECK(ww::encode_varint(300).view()[0] == std::byte{0xac});
  CHECK(ww::encode_varint(300).view()[1] == std::byte{0x02});
}

TEST_CASE("a varint that is cut is incomplete, and more than ten bytes are malformed") {
  CHECK(ww::decode_varint({}).state == ww::varint_state::incomplete);
  CHECK(ww::decode_varint(bytes({0x80})).state == ww::varint_state::incomplete);
  const auto nine = bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  CHECK(ww::decode_varint(nine).state == ww::varint_state::incomplete);
  auto eleven = nine;
  eleven.push_back(std::byte{0x80});
  eleven.push_back(std::byte{0x01});
  CHECK(ww::decode_varint(eleven).state == ww::varint_state::malformed);
}

TEST_CASE("a longer spelling of a number and bits beyond the 64th are read as Protobuf reads them") {
  const auto one = ww::decode_varint(bytes({0x81, 0x80, 0x00, 0x77}));
  CHECK(one.state == ww::varint_state::complete);
  CHECK(one.value == 1);
  CHECK(one.size == 3);
  const auto extra = ww::decode_varint(bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}));
  CHECK(extra.state == ww::varint_state::complete);
  CHECK(extra.value == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("the first two bytes are read as any others, wherever the bytes end") {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      for (const unsigned third : {0x00U, 0x7fU, 0x80U}) {
        const std::byte given[] = {static_cast<std::byte>(first), static_cast<std::byte>(second),
                                   static_cast<std::byte>(third)};
        for (std::size_t size = 0; size <= 3; ++size) {
          const auto read = ww::decode_varint(std::span(given, size));
          const std::size_t needed = first < 0x80 ? 1 : second < 0x80 ? 2 : 3;
          std::uint64_t value = first & 0x7fU;
          if (needed >= 2) value += std::uint64_t{second & 0x7fU} << 7U;
          if (needed >= 3) value += std::uint64_t{third & 0x7fU} << 14U;
          const bool complete = needed <= size && (needed < 3 || third < 0x80);
          CAPTURE(first);
          CAPTURE(second);
          CAPTURE(third);
          CAPTURE(size);
          REQUIRE(read.state == (complete ? ww::varint_state::complete : ww::varint_state::incomplete));
          if (!complete) continue;
          REQUIRE(read.value == value);
          REQUIRE(read.size == needed);
        }
      }
    }
  }
}

}  // namespace varint_tests
