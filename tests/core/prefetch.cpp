// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/prefetch.hpp>

#include <doctest/doctest.h>

TEST_CASE("any address may be prefetched, and nothing changes") {
  int value = 7;
  waku::reliability::prefetch(&value);
  waku::reliability::prefetch(nullptr);
  CHECK(value == 7);
}
