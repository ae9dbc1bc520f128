// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/asio/alarm.hpp>

#include <doctest/doctest.h>
#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/strand.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace alarm_tests {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

namespace {

using strand = asio::strand<asio::any_io_executor>;

// What an alarm wakes. Its wishes are made as a core makes them.
struct sleeper : std::enable_shared_from_this<sleeper> {
  explicit sleeper(asio::io_context& context) : on(context.get_executor()), inner(on) {}

  wr::asio_alarm<sleeper, strand>& alarm() { return inner; }
  void woken() {
    ++wakes;
    CHECK(on.running_in_this_thread());
    inner.forget();
    if (when_woken) when_woken();
    inner.plan(shared_from_this());
  }
  void wish_in(wr::duration wait) {
    inner.wish(wr::read_clocks().steady + wait);
    inner.plan(shared_from_this());
  }

  strand on;
  wr::asio_alarm<sleeper, strand> inner;
  std::function<void()> when_woken;
  int wakes = 0;
};

struct fixture {
  asio::io_context context;
  std::shared_ptr<sleeper> it = std::make_shared<sleeper>(context);
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a wish for now is posted, once, and never carried out inside the call") {
  it->wish_in(0s);
  it->wish_in(-5s);
  it->wish_in(0s);
  CHECK(it->wakes == 0);
  context.run();
  CHECK(it->wakes == 1);
}

TEST_CASE_FIXTURE(fixture, "a wish for later is carried out, and then nothing is left to wait for") {
  it->wish_in(2ms);
  context.run();
  CHECK(it->wakes == 1);
}

TEST_CASE_FIXTURE(fixture, "without a wish nothing happens") {
  it->inner.plan(it);
  CHECK(context.run() == 0);
  CHECK_FALSE(it->inner.has_wish());
}

TEST_CASE_FIXTURE(fixture, "only the latest wish counts: an earlier one moves the timer") {
  it->wish_in(10h);
  it->wish_in(1ms);
  context.run();
  CHECK(it->wakes == 1);
}

TEST_CASE_FIXTURE(fixture, "only the latest wish counts: a later one makes the timer that fires look again") {
  it->wish_in(50ms);
  it->wish_in(10h);
  CHECK(context.run_one() == 1);
  CHECK(it->wakes == 0);
  CHECK(context.poll() == 0);
  CHECK_FALSE(context.stopped());  // it waits for the later one
  it->wish_in(1ms);
  context.run();
  CHECK(it->wakes == 1);
}

TEST_CASE_FIXTURE(fixture, "a wish that is taken back stops the timer") {
  it->wish_in(10h);
  it->inner.forget();
  it->inner.plan(it);
  context.run();
  CHECK(it->wakes == 0);
  CHECK(it.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "a stopped timer lets its owner go") {
  it->wish_in(10h);
  CHECK(it.use_count() == 2);
  it->inner.forget();
  it->inner.stop();
  it->inner.stop();
  context.run();
  CHECK(it->wakes == 0);
  CHECK(it.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "a wish made while woken is carried out by another turn") {
  it->when_woken = [this] {
    if (it->wakes < 4) it->inner.wish(wr::read_clocks().steady + (it->wakes % 2 == 0 ? 1ms : 0ms));
  };
  it->wish_in(0s);
  context.run();
  CHECK(it->wakes == 4);
}

TEST_CASE_FIXTURE(fixture,
                  "a wish for now wakes ahead of a timer that is set, which then has nothing to do") {
  it->wish_in(10h);
  it->wish_in(0s);
  context.run();
  CHECK(it->wakes == 1);
}

}  // namespace alarm_tests
