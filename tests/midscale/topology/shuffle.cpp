// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/topology/shuffle.hpp>

#include <map>
#include <vector>

#include <doctest/doctest.h>

namespace shuffle_tests {

using midscale::shuffle;
using waku::reliability::random_source;

TEST_CASE("every order of three is as likely as any other") {
  random_source random(7);
  std::map<std::vector<int>, int> times;
  constexpr int shuffles = 60'000;
  for (int turn = 0; turn < shuffles; ++turn) {
    std::vector<int> order{1, 2, 3};
    shuffle(order, random);
    ++times[order];
  }
  REQUIRE(times.size() == 6);
  // 10,000 of each are expected, with a standard deviation of 91.
  for (const auto& [order, count] : times) {
    CHECK(count > 9'600);
    CHECK(count < 10'400);
  }
}

TEST_CASE("nothing and one thing stay as they are") {
  random_source random(1);
  std::vector<int> none;
  shuffle(none, random);
  CHECK(none.empty());
  std::vector<int> one{4};
  shuffle(one, random);
  CHECK(one == std::vector<int>{4});
}

}  // namespace shuffle_tests
