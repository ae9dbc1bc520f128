// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/peer_exchange_service.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include <cache/samples.hpp>

namespace peer_exchange_service_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using namespace std::chrono_literals;
using samples::at;

namespace {

using enr = std::vector<std::byte>;

constexpr wr::peer_id client(std::uint32_t number) { return static_cast<wr::peer_id>(number); }
enr enr_of(std::uint32_t number) {
  enr made(100);
  for (std::size_t place = 0; place < 4; ++place) made[place] = static_cast<std::byte>(number >> (8 * place));
  return made;
}

}  // namespace

TEST_CASE("clients get some of what discovery found, each at most once, and 60 at most") {
  ws::peer_exchange_service it(ws::nwaku_profile(), 1);
  std::set<enr> found;
  for (std::uint32_t number = 0; number < 200; ++number) {
    CHECK(it.discovered(enr_of(number)));
    found.insert(enr_of(number));
  }
  for (const std::uint64_t asked : {1U, 5U, 60U, 61U, 0xffffffffU}) {
    const auto reply = it.answer({client(1), asked}, at(0s));
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->enrs.size() == (asked < 60 ? asked : 60));
    const std::set<enr> given(reply->enrs.begin(), reply->enrs.end());
    CHECK(given.size() == reply->enrs.size());
    for (const enr& each : given) CHECK(found.contains(each));
  }
}

TEST_CASE("nothing to give, or nothing asked for, is answered with an empty list") {
  ws::peer_exchange_service it(ws::nwaku_profile(), 1);
  CHECK(it.answer({client(1), 5}, at(0s))->status == 200);
  CHECK(it.answer({client(1), 5}, at(0s))->enrs.empty());
  it.discovered(enr_of(1));
  CHECK(it.answer({client(1), 0}, at(0s))->enrs.empty());
  CHECK(it.answer({client(1), 5}, at(0s))->enrs == std::vector<enr>{enr_of(1)});
  CHECK(it.lost(enr_of(1)));
  CHECK_FALSE(it.lost(enr_of(1)));
  CHECK(it.answer({client(1), 5}, at(0s))->enrs.empty());
}

TEST_CASE("the newest finds are kept, each once, and what is no ENR is not") {
  ws::profile own = ws::nwaku_profile();
  own.exchange_kept_max = 3;
  ws::peer_exchange_service it(own, 1);
  it.discovered(enr_of(1));
  it.discovered(enr_of(1));
  CHECK(it.size() == 1);
  for (std::uint32_t number = 2; number <= 3; ++number) it.discovered(enr_of(number));
  CHECK(it.discovered(enr_of(1)));
  CHECK(it.size() == 3);
  CHECK(it.discovered(enr_of(4)));
  CHECK(it.size() == 3);
  const auto reply = it.answer({client(1), 60}, at(0s));
  const std::set<enr> given(reply->enrs.begin(), reply->enrs.end());
  CHECK(given == std::set<enr>{enr_of(1), enr_of(3), enr_of(4)});
  CHECK_FALSE(it.discovered({}));
  CHECK_FALSE(it.discovered(enr(301)));
  CHECK(it.discovered(enr(300)));
}

TEST_CASE("a request that could not be read counts against the rate, and to ask for the rate does not") {
  ws::profile own = ws::nwaku_profile();
  own.exchange_rate = {2, 1min};
  ws::peer_exchange_service it(own, 1);
  for (int asked = 0; asked < 5; ++asked) CHECK_FALSE(it.over_rate(client(1), at(0s)));
  it.count_unread(client(1), at(0s));
  CHECK(it.answer({client(1), 5}, at(0s))->status == 200);
  CHECK(it.over_rate(client(1), at(0s)));
  CHECK(it.answer({client(1), 5}, at(0s))->status == 429);
  CHECK_FALSE(it.over_rate(client(2), at(0s)));
  CHECK_FALSE(it.over_rate(client(1), at(30s)));
}

TEST_CASE("over the rate nwaku says 429, and go-waku, which has no statuses, nothing") {
  ws::profile own = ws::nwaku_profile();
  own.exchange_rate = {1, 1s};
  ws::peer_exchange_service of_nwaku(own, 1);
  CHECK(of_nwaku.answer({client(1), 5}, at(0s))->status == 200);
  CHECK(of_nwaku.answer({client(1), 5}, at(0s))->status == 429);
  CHECK(of_nwaku.answer({client(2), 5}, at(0s))->status == 200);
  CHECK(of_nwaku.answer({client(1), 5}, at(1s))->status == 200);

  ws::peer_exchange_service of_go(ws::go_waku_profile(), 1);
  of_go.discovered(enr_of(1));
  const auto reply = of_go.answer({client(1), 5}, at(0s));
  REQUIRE(reply);
  CHECK_FALSE(reply->status);
  CHECK(reply->enrs.size() == 1);
  CHECK_FALSE(of_go.answer({client(1), 5}, at(0s)));
}

TEST_CASE("the choice is random, the same for the same seed, and every find has its turn equally often") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  ws::peer_exchange_service one(ws::nwaku_profile(), seed);
  ws::peer_exchange_service two(ws::nwaku_profile(), seed);
  for (std::uint32_t number = 0; number < 100; ++number) {
    one.discovered(enr_of(number));
    two.discovered(enr_of(number));
  }
  std::map<enr, int> times;
  for (int request = 0; request < 2'000; ++request) {
    const auto reply = one.answer({client(1), 5}, at(0s));
    if (reply->enrs != two.answer({client(1), 5}, at(0s))->enrs) FAIL("request " << request);
    for (const enr& each : reply->enrs) ++times[each];
  }
  CHECK(times.size() == 100);
  // 100 times expected, with a standard deviation below 10.
  for (const auto& [each, count] : times) {
    CHECK(count > 40);
    CHECK(count < 160);
  }
}

}  // namespace peer_exchange_service_tests
