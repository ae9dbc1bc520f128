// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/test_host.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <utility>
#include <vector>

namespace test_host_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

struct wake_counter {
  explicit wake_counter(wt::virtual_clock& c) : clock(&c) {}
  void wake() { at.push_back(clock->elapsed()); }

  wt::virtual_clock* clock;
  std::vector<wr::duration> at;
};

}  // namespace

TEST_CASE("a test host wakes its node at the latest time asked for, and only then") {
  wt::virtual_clock clock;
  wt::test_host<> host(clock);
  wake_counter node(clock);
  host.drive(node);
  host.wake_at(clock.steady() + 5s);
  host.wake_at(clock.steady() + 2s);
  clock.run_for(10s);
  CHECK(node.at == std::vector<wr::duration>{2s});
  host.wake_at(clock.steady() - 1s);
  CHECK(node.at.size() == 1);
  clock.run_for(0s);
  CHECK(node.at == std::vector<wr::duration>{2s, 10s});
  CHECK(host.wakes() == 2);
}

TEST_CASE("a wake asked for before the node is driven comes afterwards, and none after the release") {
  wt::virtual_clock clock;
  wt::test_host<> host(clock);
  wake_counter node(clock);
  host.wake_at(clock.steady() + 1s);
  clock.run_for(3s);
  CHECK(node.at.empty());
  host.drive(node);
  clock.run_for(0s);
  CHECK(node.at == std::vector<wr::duration>{3s});
  host.wake_at(clock.steady());
  host.release();
  clock.run_for(1s);
  CHECK(node.at.size() == 1);
}

TEST_CASE("a skew moves the wall time that the node sees, not its steady time") {
  wt::virtual_clock clock;
  wt::test_host<> host(clock);
  host.set_skew(-4s);
  CHECK(host.now().wall == clock.wall() - 4s);
  CHECK(host.now().steady == clock.steady());
}

TEST_CASE("deliveries and outcomes are written down with their times and can be asked for by name") {
  wt::virtual_clock clock;
  wt::test_host<> host(clock);
  int heard = 0;
  host.on_finished = [&](const auto&) { ++heard; };
  clock.run_for(1s);
  wr::deliver<wr::message> delivery{"shard", {}, wr::delivered_by::filter, {}};
  host.received(std::move(delivery));
  host.finished({wr::request_id{1}, {}, wr::failed{wr::failed_why::no_route}});
  host.finished({wr::request_id{2}, {}, wr::cancelled{}});
  host.propagated({wr::request_id{3}, {}});
  CHECK(heard == 2);
  CHECK(host.deliveries_of({}) == 1);
  CHECK(host.deliveries().front().at.steady == clock.steady());
  CHECK(host.outcomes_of(wr::request_id{1}).size() == 1);
  CHECK(host.outcome_as<wr::failed>(wr::request_id{1})->why == wr::failed_why::no_route);
  CHECK_FALSE(host.outcome_as<wr::confirmed>(wr::request_id{1}));
  CHECK(host.outcome_as<wr::cancelled>(wr::request_id{2}));
  CHECK(host.propagations().size() == 1);
}

}  // namespace test_host_tests
