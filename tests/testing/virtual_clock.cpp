// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/virtual_clock.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace virtual_clock_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

TEST_CASE("callbacks run in the order of their times, those of one moment in the order of scheduling") {
  wt::virtual_clock clock;
  std::string order;
  clock.schedule_after(2s, [&] { order += 'c'; });
  clock.schedule_after(1s, [&] { order += 'a'; });
  clock.schedule_after(1s, [&] { order += 'b'; });
  clock.run_for(1s);
  CHECK(order == "ab");
  CHECK(clock.waiting() == 1);
  clock.run_for(1s);
  CHECK(order == "abc");
}

TEST_CASE("a callback sees the time for which it was scheduled, and what it adds runs in the same go") {
  wt::virtual_clock clock;
  std::vector<wr::duration> seen;
  clock.schedule_after(1s, [&] {
    seen.push_back(clock.elapsed());
    clock.schedule_after(500ms, [&] { seen.push_back(clock.elapsed()); });
    clock.schedule_after(-3s, [&] { seen.push_back(clock.elapsed()); });
  });
  clock.run_for(10s);
  CHECK(seen == std::vector<wr::duration>{1s, 1s, 1500ms});
  CHECK(clock.elapsed() == 10s);
  CHECK(clock.steady() == clock.start() + 10s);
}

TEST_CASE("a cancelled callback does not run, and cancelling again or after the run is refused") {
  wt::virtual_clock clock;
  int runs = 0;
  const wt::timer_id dropped = clock.schedule_after(1s, [&] { runs += 100; });
  const wt::timer_id kept = clock.schedule_after(1s, [&] { ++runs; });
  CHECK(clock.cancel(dropped));
  CHECK_FALSE(clock.cancel(dropped));
  CHECK_FALSE(clock.cancel(wt::timer_id{}));
  const wt::timer_id reuses_the_place = clock.schedule_after(2s, [&] { runs += 10; });
  CHECK_FALSE(clock.cancel(dropped));
  CHECK(clock.next() == clock.steady() + 1s);
  clock.run_for(5s);
  CHECK(runs == 11);
  CHECK_FALSE(clock.cancel(kept));
  CHECK_FALSE(clock.cancel(reuses_the_place));
  CHECK(clock.waiting() == 0);
  CHECK_FALSE(clock.next());
}

TEST_CASE("a callback may cancel another of the same moment, and itself in vain") {
  wt::virtual_clock clock;
  bool second_ran = false;
  bool itself_cancelled = true;
  wt::timer_id first;
  wt::timer_id second;
  first = clock.schedule_after(1s, [&] {
    clock.cancel(second);
    itself_cancelled = clock.cancel(first);
  });
  second = clock.schedule_after(1s, [&] { second_ran = true; });
  clock.run_for(2s);
  CHECK_FALSE(second_ran);
  CHECK_FALSE(itself_cancelled);
}

TEST_CASE("a step of the wall clock changes the wall time alone") {
  wt::virtual_clock clock(wr::wall_time(1000s));
  CHECK(clock.wall() == wr::wall_time(1000s));
  bool ran = false;
  clock.schedule_after(10s, [&] { ran = true; });
  clock.step_wall(1h);
  clock.run_for(9s);
  CHECK_FALSE(ran);
  CHECK(clock.wall() == wr::wall_time(1000s + 1h + 9s));
  clock.step_wall(-2h);
  clock.run_for(1s);
  CHECK(ran);
  CHECK(clock.wall() == wr::wall_time(1010s - 1h));
  CHECK(clock.now().steady == clock.steady());
}

TEST_CASE("step goes from callback to callback and says when there is none") {
  wt::virtual_clock clock;
  int runs = 0;
  clock.schedule_after(1s, [&] { ++runs; });
  clock.schedule_after(1h, [&] { ++runs; });
  CHECK(clock.step());
  CHECK(clock.elapsed() == 1s);
  CHECK(clock.step());
  CHECK(clock.elapsed() == 1h);
  CHECK_FALSE(clock.step());
  CHECK(runs == 2);
}

TEST_CASE("the time before an end leaves what is due at the end to the next stretch") {
  wt::virtual_clock clock;
  int runs = 0;
  clock.schedule_after(1s, [&] {
    ++runs;
    clock.schedule_after(0s, [&] { ++runs; });
  });
  clock.schedule_after(2s, [&] { ++runs; });
  clock.run_before(clock.steady() + 2s);
  CHECK(runs == 2);
  CHECK(clock.elapsed() == 2s);
  clock.run_before(clock.steady());
  CHECK(runs == 2);
  clock.run_until(clock.steady());
  CHECK(runs == 3);
}

}  // namespace virtual_clock_tests
