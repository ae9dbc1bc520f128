// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/peer_exchange.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace peer_exchange_tests {

using namespace midscale;
using namespace std::chrono_literals;

using numbers = std::vector<std::uint32_t>;

// The first node serves, the second asks at once.
peer_exchange_options pair() {
  peer_exchange_options options;
  options.services = {0};
  options.clients = {1};
  options.starts_within = 1ns;
  return options;
}
std::size_t answer_of(std::size_t records) {
  wr::services::peer_exchange_reply answer;
  answer.status = 200;
  answer.enrs.assign(records, std::vector<std::byte>(169));
  return peer_exchange_frame::reply(answer);
}

TEST_CASE("a client asks at the start and each minute, and every byte can be told") {
  ledger book(20, 0s, 150s);
  peer_exchange net(20, pair(), book, 1);
  std::vector<numbers> found;
  std::vector<wr::duration> at;
  net.on_found = [&](std::uint32_t node, std::span<const std::uint32_t> others, wr::duration time) {
    CHECK(node == 1);
    found.emplace_back(others.begin(), others.end());
    at.push_back(time);
  };
  net.run_until(30s);
  net.discovered(0, numbers{10, 11, 12});
  net.discovered(5, numbers{13});  // no service
  net.run_until(90s);
  net.discovered(0, numbers{14, 15, 16, 17, 11});
  net.run_until(150s);
  CHECK(at == std::vector<wr::duration>{200ms, 60s + 200ms, 120s + 200ms});
  REQUIRE(found.size() == 3);
  CHECK(found[0].empty());
  std::sort(found[1].begin(), found[1].end());
  CHECK(found[1] == numbers{10, 11, 12});
  CHECK(found[2].size() == 5);
  for (const std::uint32_t each : found[2]) CHECK((each >= 10 && each <= 17 && each != 13));
  const auto& bytes = book.by_node(protocol::peer_exchange);
  CHECK(bytes[1].out == peer_exchange_frame::request(6) + 2 * peer_exchange_frame::request(5));
  CHECK(bytes[0].in == bytes[1].out);
  CHECK(bytes[0].out == answer_of(0) + answer_of(3) + answer_of(5));
  CHECK(bytes[1].in == bytes[0].out);
  measurements result;
  net.report(result);
  REQUIRE(result.told.size() == 2);
  CHECK(result.told[0].value == 3);
  CHECK(result.told[1].value == doctest::Approx(8.0 / 3));
}

TEST_CASE("a service keeps those that it found last") {
  ledger book(100, 0s, 10s);
  peer_exchange_options options = pair();
  options.kept = 4;
  peer_exchange net(100, options, book, 1);
  for (std::uint32_t node = 10; node < 90; ++node) net.discovered(0, numbers{node});
  net.on_found = [&](std::uint32_t, std::span<const std::uint32_t> others, wr::duration) {
    CHECK(others.size() == 4);
    for (const std::uint32_t each : others) CHECK(each >= 86);
  };
  net.run_until(10s);
}

TEST_CASE("who is gone neither asks nor answers, and a client that is back begins anew") {
  ledger book(3, 0s, 200s);
  peer_exchange net(3, pair(), book, 1);
  std::uint32_t told = 0;
  net.on_found = [&](std::uint32_t, std::span<const std::uint32_t>, wr::duration) { ++told; };
  net.set_online(0, false, 10s);
  net.set_online(1, false, 70s);
  net.set_online(0, true, 80s);
  net.set_online(1, true, 90s);
  net.run_until(200s);
  CHECK(told == 3);  // at 0, 90 and 150 s; what was asked at 60 s is lost
  measurements result;
  book.report(result);
  CHECK(result.lost_bytes == peer_exchange_frame::request(5));
}

}  // namespace peer_exchange_tests
