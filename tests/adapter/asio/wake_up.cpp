// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/asio/wake_up.hpp>

#include <doctest/doctest.h>
#include <asio/io_context.hpp>

#include <chrono>
#include <optional>

#include <waku/reliability/adapter/system_clocks.hpp>

namespace asio_wake_up_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

TEST_CASE("a wake-up comes once, at its latest time and not inside the call that asks for it") {
  asio::io_context context;
  int woken = 0;
  wr::asio_wake_up it(context.get_executor(), [&] { ++woken; });
  const wr::steady_time now = wr::read_clocks().steady;
  it.at(now + 1h);
  it.at(now);
  CHECK(woken == 0);
  it.at(now + 2ms);
  context.run();
  CHECK(woken == 1);
  CHECK(wr::read_clocks().steady >= now + 2ms);
  context.restart();
  it.at(now);
  context.run();
  CHECK(woken == 2);
}

TEST_CASE("a wake-up that was taken back, or whose owner is gone, does not come") {
  asio::io_context context;
  int woken = 0;
  std::optional<wr::asio_wake_up> it;
  it.emplace(context.get_executor(), [&] { ++woken; });
  for (const auto wait : {0ms, 1ms}) {
    it->at(wr::read_clocks().steady + wait);
    it->at(std::nullopt);
    context.restart();
    context.run();
    CHECK(woken == 0);
  }
  it->at(wr::read_clocks().steady);
  it.reset();
  context.restart();
  context.run();
  CHECK(woken == 0);
}

TEST_CASE("what a wake-up calls may end it") {
  asio::io_context context;
  int woken = 0;
  std::optional<wr::asio_wake_up> it;
  it.emplace(context.get_executor(), [&] {
    it.reset();
    ++woken;
  });
  it->at(wr::read_clocks().steady);
  context.run();
  CHECK(woken == 1);
}

}  // namespace asio_wake_up_tests
