// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/draw.hpp>

#include <array>
#include <cstdint>

#include <doctest/doctest.h>

namespace draw_tests {

TEST_CASE("a draw is below its bound, and each number comes about as often") {
  waku::reliability::random_source random(3);
  std::array<std::uint32_t, 7> often{};
  for (int count = 0; count < 70'000; ++count) ++often.at(midscale::draw_below(random, 7));
  for (const std::uint32_t times : often) {
    CHECK(times > 9'500);  // ten thousand, and five standard deviations
    CHECK(times < 10'500);
  }
  CHECK(midscale::draw_below(random, 1) == 0);
  CHECK(midscale::draw_below(random, 0) == 0);
}

}  // namespace draw_tests
