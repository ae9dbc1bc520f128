// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/system_clocks.hpp>

#include <doctest/doctest.h>

#include <chrono>

namespace system_clocks_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("the clocks are the machine's") {
  const auto steady = std::chrono::steady_clock::now();
  const auto wall = std::chrono::system_clock::now();
  const wr::instant read = wr::read_clocks();
  CHECK(read.steady.time_since_epoch() >= steady.time_since_epoch());
  CHECK(read.wall - wall < 1h);
  CHECK(wr::read_clocks().steady >= read.steady);
}

}  // namespace system_clocks_tests
