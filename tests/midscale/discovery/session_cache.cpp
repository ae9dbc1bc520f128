// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/session_cache.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <waku/reliability/core/random.hpp>

namespace session_cache_tests {

using namespace midscale;

TEST_CASE("the session used longest ago leaves a full cache") {
  session_cache cache(2);
  cache.put(1, 11);
  cache.put(2, 12);
  CHECK(cache.use(1) == 11);
  cache.put(3, 13);
  CHECK(cache.use(2) == session_cache::none);
  CHECK(cache.use(1) == 11);
  CHECK(cache.use(3) == 13);
  cache.put(1, 21);
  CHECK(cache.size() == 2);
  CHECK(cache.use(1) == 21);
  cache.erase(1);
  cache.erase(9);
  CHECK(cache.use(1) == session_cache::none);
  CHECK(cache.size() == 1);
  cache.clear();
  CHECK(cache.size() == 0);
  CHECK(cache.use(3) == session_cache::none);
  cache.put(3, 5);
  CHECK(cache.use(3) == 5);
}

TEST_CASE("a cache does what a list in order of use does") {
  constexpr std::size_t most = 20;
  session_cache cache(most);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> plain;  // the one used last at the end
  waku::reliability::random_source random(7);
  for (std::uint32_t step = 1; step < 20'000; ++step) {
    const auto node = static_cast<std::uint32_t>(random.below(60));
    const auto place =
        std::find_if(plain.begin(), plain.end(), [node](const auto& each) { return each.first == node; });
    switch (random.below(4)) {
      case 0:
        if (place != plain.end()) plain.erase(place);
        cache.erase(node);
        break;
      case 1:
        if (place != plain.end()) plain.erase(place);
        if (plain.size() == most) plain.erase(plain.begin());
        plain.emplace_back(node, step);
        cache.put(node, step);
        break;
      default: {
        const std::uint32_t expected = place == plain.end() ? session_cache::none : place->second;
        REQUIRE(cache.use(node) == expected);
        if (place != plain.end()) std::rotate(place, place + 1, plain.end());
      }
    }
    REQUIRE(cache.size() == plain.size());
  }
}

}  // namespace session_cache_tests
