// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/message_log.hpp>

#include <cstdint>
#include <set>
#include <utility>

#include <doctest/doctest.h>
#include <waku/reliability/core/random.hpp>

namespace message_log_tests {

using namespace midscale;

TEST_CASE("each message and member has a bit of its own for seeing and for passing on") {
  for (const bool passing_takes_time : {false, true}) {
    CAPTURE(passing_takes_time);
    message_log log(passing_takes_time);
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen, passed;
    // Shards of members 0 to 69 and 70 to 133.
    for (std::uint32_t message = 0; message < 6; ++message)
      CHECK(log.add({.at = {},
                     .bits = 0,
                     .first = message % 2 * 70,
                     .lacking = 0,
                     .data_bytes = message,
                     .wire_bytes = 2 * message},
                    message % 2 == 0 ? 70 : 64) == message);
    CHECK(log.size() == 6);
    wr::random_source random(1);
    for (int step = 0; step < 500; ++step) {
      const auto message = static_cast<std::uint32_t>(random.below(6));
      const auto member =
          static_cast<std::uint32_t>(message % 2 == 0 ? random.below(70) : 70 + random.below(64));
      CHECK(log.see(message, member) == seen.insert({message, member}).second);
      if (!random.chance(0.5)) continue;
      log.pass(message, member);
      passed.insert({message, member});
    }
    for (std::uint32_t message = 0; message < 6; ++message) {
      CHECK(log[message].wire_bytes == 2 * message);
      std::uint32_t lacking = 0;
      for (std::uint32_t member = message % 2 * 70; member < (message % 2 == 0 ? 70 : 134); ++member) {
        CHECK(log.seen(message, member) == seen.contains({message, member}));
        CHECK(log.passed(message, member) ==
              (passing_takes_time ? passed : seen).contains({message, member}));
        if (!log.seen(message, member)) ++lacking;
      }
      CHECK(log[message].lacking == lacking);
    }
  }
}

}  // namespace message_log_tests
