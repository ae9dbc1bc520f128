// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/request_meter.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

#include <cache/samples.hpp>

namespace request_meter_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using namespace std::chrono_literals;

namespace {

constexpr wr::peer_id client(std::uint32_t number) { return static_cast<wr::peer_id>(number); }

}  // namespace

TEST_CASE("a rate lets so many through at once and fills up evenly, for each client by itself") {
  ws::request_meter meter;
  const ws::request_rate rate{3, 30s};
  for (int request = 0; request < 3; ++request) CHECK(meter.allow(client(1), rate, samples::at(0s)));
  CHECK_FALSE(meter.allow(client(1), rate, samples::at(0s)));
  CHECK(meter.allow(client(2), rate, samples::at(0s)));
  CHECK_FALSE(meter.allow(client(1), rate, samples::at(9s)));
  CHECK(meter.allow(client(1), rate, samples::at(10s)));
  CHECK_FALSE(meter.allow(client(1), rate, samples::at(11s)));
  for (int request = 0; request < 3; ++request) CHECK(meter.allow(client(1), rate, samples::at(1h)));
  CHECK_FALSE(meter.allow(client(1), rate, samples::at(1h)));
}

TEST_CASE("a rate that never fills up again lets so many through, once") {
  ws::request_meter meter;
  const ws::request_rate rate{2, wr::duration::max()};
  CHECK_FALSE(meter.is_over(client(1), rate, samples::at(0s)));
  CHECK(meter.allow(client(1), rate, samples::at(10s)));
  CHECK(meter.allow(client(1), rate, samples::at(20s)));
  CHECK_FALSE(meter.allow(client(1), rate, samples::at(1'000'000h)));
}

TEST_CASE("no rate lets everything through and remembers nobody") {
  ws::request_meter meter;
  for (std::uint32_t request = 0; request < 100; ++request) {
    CHECK(meter.allow(client(request), {}, samples::at(0s)));
  }
  CHECK(meter.size() == 0);
}

TEST_CASE("a full meter forgets the client that was silent longest, and only it") {
  ws::request_meter meter(3);
  const ws::request_rate rate{1, 1h};
  for (std::uint32_t number = 0; number < 3; ++number) {
    CHECK(meter.allow(client(number), rate, samples::at(0s)));
  }
  CHECK_FALSE(meter.allow(client(0), rate, samples::at(1s)));
  CHECK(meter.allow(client(3), rate, samples::at(2s)));
  CHECK(meter.size() == 3);
  CHECK_FALSE(meter.allow(client(0), rate, samples::at(3s)));
  CHECK_FALSE(meter.allow(client(2), rate, samples::at(3s)));
  CHECK(meter.allow(client(1), rate, samples::at(3s)));
  CHECK(meter.size() == 3);
}

TEST_CASE("ten thousand strangers take no more room than the meter has") {
  ws::request_meter meter(100);
  for (std::uint32_t number = 0; number < 10'000; ++number) {
    REQUIRE(meter.allow(client(number), {1, 1s}, samples::at(0s)));
    REQUIRE(meter.size() <= 100);
  }
  CHECK_FALSE(meter.allow(client(9'999), {1, 1s}, samples::at(0s)));
}

TEST_CASE("to ask whether a request would be over the rate counts none, and is as true as to take it in") {
  ws::request_meter meter;
  const ws::request_rate rate{2, 20s};
  for (int asked = 0; asked < 10; ++asked) CHECK_FALSE(meter.is_over(client(1), rate, samples::at(0s)));
  CHECK(meter.allow(client(1), rate, samples::at(0s)));
  CHECK_FALSE(meter.is_over(client(1), rate, samples::at(0s)));
  CHECK(meter.allow(client(1), rate, samples::at(0s)));
  CHECK(meter.is_over(client(1), rate, samples::at(0s)));
  CHECK_FALSE(meter.is_over(client(2), rate, samples::at(0s)));
  CHECK(meter.is_over(client(1), rate, samples::at(9s)));
  CHECK_FALSE(meter.is_over(client(1), rate, samples::at(10s)));
  CHECK(meter.allow(client(1), rate, samples::at(10s)));
  CHECK_FALSE(meter.is_over(client(1), {}, samples::at(10s)));
}

TEST_CASE("a client that is over its rate and keeps asking is not forgotten for others") {
  ws::request_meter meter(2);
  const ws::request_rate rate{1, 1h};
  CHECK(meter.allow(client(1), rate, samples::at(0s)));
  for (std::uint32_t other = 2; other < 10; ++other) {
    CHECK(meter.allow(client(other), rate, samples::at(1s)));
    CHECK(meter.is_over(client(1), rate, samples::at(1s)));
  }
}

TEST_CASE("a meter that was cleared knows nobody") {
  ws::request_meter meter;
  CHECK(meter.allow(client(1), {1, 1h}, samples::at(0s)));
  CHECK_FALSE(meter.allow(client(1), {1, 1h}, samples::at(0s)));
  meter.clear();
  CHECK(meter.size() == 0);
  CHECK(meter.allow(client(1), {1, 1h}, samples::at(0s)));
}

}  // namespace request_meter_tests
