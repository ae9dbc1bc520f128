// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/hex.hpp>

#include <array>
#include <cstddef>
#include <span>

#include <doctest/doctest.h>

namespace hex_tests {

namespace wr = waku::reliability;

TEST_CASE("bytes are written as two lower-case digits each, the higher half first") {
  const std::array bytes{std::byte{0x00}, std::byte{0x9a}, std::byte{0x0f}, std::byte{0xff}};
  CHECK(wr::to_hex(bytes) == "009a0fff");
  CHECK(wr::to_hex(std::span(bytes).first(2)) == "009a");
  CHECK(wr::to_hex(std::span<const std::byte>()).empty());
}

}  // namespace hex_tests
