// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/workload/constant_rate.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

namespace constant_rate_tests {

using midscale::constant_rate;
using midscale::publication;
using midscale::publications_of;
using namespace std::chrono_literals;

TEST_CASE("messages come at even distances, publishers and sizes in turn") {
  const std::vector<publication> made = publications_of(
      {.rate = 4, .length = 1'250ms, .publishers = {{7, 1}, {9, 2}}, .sizes = {100, 200, 300}});
  REQUIRE(made.size() == 5);
  const std::vector<std::uint32_t> sizes{100, 200, 300, 100, 200};
  for (std::size_t message = 0; message < made.size(); ++message) {
    CHECK(made[message].at == message * 250ms);
    CHECK(made[message].node == (message % 2 == 0 ? 7 : 9));
    CHECK(made[message].shard == (message % 2 == 0 ? 1 : 2));
    CHECK(made[message].bytes == sizes[message]);
  }
}

TEST_CASE("distances that are no whole nanoseconds do not drift") {
  const auto made = publications_of({.rate = 3, .length = 1h, .publishers = {{0, 0}}, .sizes = {1}});
  CHECK(made.size() == 10'800);
  CHECK(made[1].at == 333'333'333ns);
  CHECK(made[2].at == 666'666'667ns);
  CHECK(made[9'000].at == 3'000s);
}

TEST_CASE("no rate and no length make no message, and the end is outside") {
  CHECK(publications_of({.rate = 0, .length = 1h, .publishers = {{0, 0}}, .sizes = {1}}).empty());
  CHECK(publications_of({.rate = 5, .length = 0s, .publishers = {{0, 0}}, .sizes = {1}}).empty());
  CHECK(publications_of({.rate = 1, .length = 10s, .publishers = {{0, 0}}, .sizes = {1}}).size() == 10);
}

TEST_CASE("impossible workloads are refused by name") {
  const auto refuses = [](const constant_rate& workload, const char* sentence) {
    CHECK_THROWS_WITH_AS((void)publications_of(workload), sentence, std::invalid_argument);
  };
  refuses({.rate = 1, .length = 1s, .publishers = {}, .sizes = {1}}, "publishers: there is none");
  refuses({.rate = 1, .length = 1s, .publishers = {{0, 0}}, .sizes = {}}, "sizes: there is none");
  refuses({.rate = 1, .length = -1s, .publishers = {{0, 0}}, .sizes = {1}}, "length: it is negative");
  refuses({.rate = -1, .length = 1s, .publishers = {{0, 0}}, .sizes = {1}},
          "rate: -1.000000 is not 0 or more messages a second");
  refuses({.rate = 1e9, .length = 10s, .publishers = {{0, 0}}, .sizes = {1}},
          "rate: 1000000000.000000 makes 10000000000.000000 messages in all, which is too many");
  CHECK_THROWS_AS((void)publications_of({.rate = std::numeric_limits<double>::quiet_NaN(),
                                         .length = 1s,
                                         .publishers = {{0, 0}},
                                         .sizes = {1}}),
                  std::invalid_argument);
}

}  // namespace constant_rate_tests
