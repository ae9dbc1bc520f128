// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/message_hash.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include <doctest/doctest.h>

namespace message_hash_tests {

namespace wr = waku::reliability;

namespace {

wr::message_hash counting() {
  wr::message_hash hash;
  for (std::size_t index = 0; index < hash.bytes.size(); ++index) hash.bytes[index] = std::byte(7 * index);
  return hash;
}

}  // namespace

TEST_CASE("a hash has 32 bytes, all zero at first") {
  CHECK(sizeof(wr::message_hash) == 32);
  CHECK(wr::to_hex(wr::message_hash{}) == std::string(64, '0'));
}

TEST_CASE("a hash is written as 64 lower-case hexadecimal digits, first byte first") {
  CHECK(wr::to_hex(counting()) == "00070e151c232a31383f464d545b626970777e858c939aa1a8afb6bdc4cbd2d9");
  wr::message_hash high;
  high.bytes.fill(std::byte{0xff});
  CHECK(wr::to_hex(high) == std::string(64, 'f'));
}

TEST_CASE("the words of a hash are its bytes, eight at a time") {
  const wr::message_hash hash = counting();
  for (std::size_t index = 0; index < 4; ++index) {
    const std::uint64_t word = hash.word(index);
    CHECK(std::memcmp(&word, hash.bytes.data() + 8 * index, 8) == 0);
  }
  CHECK(hash.word(0) != hash.word(1));
}

TEST_CASE("hashes are equal when all of their bits are") {
  const wr::message_hash hash = counting();
  wr::message_hash other = hash;
  for (std::size_t bit = 0; bit < 8 * wr::message_hash::size; ++bit) {
    CAPTURE(bit);
    other.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    CHECK(other != hash);
    other.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    CHECK(other == hash);
  }
}

TEST_CASE("hashes are ordered byte by byte") {
  wr::message_hash low;
  wr::message_hash high;
  high.bytes[31] = std::byte{1};
  CHECK(low < high);
  CHECK(low != high);
  low.bytes[0] = std::byte{1};
  CHECK(low > high);
  high = low;
  CHECK(low == high);
}

}  // namespace message_hash_tests
