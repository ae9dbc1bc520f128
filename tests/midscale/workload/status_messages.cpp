// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/workload/status_messages.hpp>

#include <algorithm>
#include <cstdint>
#include <numeric>

#include <doctest/doctest.h>

namespace status_messages_tests {

using waku::reliability::random_source;

TEST_CASE("the mix has 300 messages, mixed, with the published sizes") {
  random_source first(5), again(5), other(6);
  const auto mix = midscale::status_mix(first);
  CHECK(mix.size() == midscale::status_mix_size);
  CHECK(std::count(mix.begin(), mix.end(), 4'671U) == 225);
  CHECK(std::count(mix.begin(), mix.end(), 338U) == 70);
  CHECK(std::count(mix.begin(), mix.end(), 48'435U) == 5);
  CHECK(mix == midscale::status_mix(again));
  CHECK(mix != midscale::status_mix(other));
  // (225 x 4671 + 70 x 338 + 5 x 48435) / 300 = 1316810 / 300 = 4389.4 bytes in the mean.
  CHECK(std::accumulate(mix.begin(), mix.end(), std::uint64_t{0}) == 1'316'810);
}

}  // namespace status_messages_tests
