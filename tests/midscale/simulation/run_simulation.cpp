// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/simulation/run_simulation.hpp>

#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include <midscale/results/summary.hpp>

namespace run_simulation_tests {

using namespace midscale;

parameters small() {
  parameters of;
  of.scenario = "own";
  of.relays = 60;
  of.degree = 10;
  of.duration = 30;
  of.warm_up = 20;
  of.discv5 = false;
  return of;
}

std::string summary(const parameters& of) {
  const measurements measured = run_simulation(of);
  return summary_of({of.scenario, static_cast<std::uint32_t>(of.nodes()), of.seed}, measured,
                    relay_latency_of(measured.received))
      .dump();
}

double told(const measurements& of, const std::string& name) {
  for (const told_figure& each : of.told)
    if (each.name == name) return each.value;
  FAIL("nothing is told of " << name);
  return 0;
}

TEST_CASE("where nobody goes each node gets each message of the measured time") {
  double last = 0;
  const measurements measured = run_simulation(small(), [&](double share) {
    CHECK(share >= last);
    last = share;
  });
  CHECK(last == 1);
  CHECK(measured.sent.size() == 30);
  CHECK(measured.received.size() == 30 * 59);
  CHECK(measured.seconds.size() == 30);
  CHECK(measured.start.nodes == 60);
  CHECK(measured.degrees.size() == 60);
  CHECK(told(measured, "mesh_degree") == doctest::Approx(6.5).epsilon(0.2));
}

TEST_CASE("the same seed gives the same summary, another one another") {
  parameters of = small();
  of.churn = 0.2;
  of.online_s = 20;
  const std::string first = summary(of);
  CHECK(first == summary(of));
  of.seed = 2;
  CHECK(first != summary(of));
}

TEST_CASE("the closed form stands beside what the run counted") {
  parameters of = small();
  of.relays = 200;
  of.duration = 60;
  const measurements measured = run_simulation(of);
  double bytes = 0;
  for (const byte_pair& each : measured.relay_by_node) bytes += static_cast<double>(each.in);
  CHECK(told(measured, "closed_form_kBps") == doctest::Approx(bytes / 200 / 60 / 1e3).epsilon(0.1));
  CHECK(told(measured, "flood_routing_kBps") > told(measured, "closed_form_kBps"));
}

TEST_CASE("shards and software are told apart where there are several") {
  parameters of = small();
  of.shards = 3;
  const measurements shards = run_simulation(of);
  CHECK(told(shards, "shard_nodes") == 20);
  CHECK(told(shards, "worst_shard") == 1);
  of = small();
  of.go_waku_share = 0.5;
  const measurements mixed = run_simulation(of);
  CHECK(told(mixed, "go_waku_in_kBps") < told(mixed, "nwaku_in_kBps"));
}

TEST_CASE("a network of one node is refused") {
  parameters of = small();
  of.relays = 1;
  CHECK_THROWS_WITH_AS(static_cast<void>(run_simulation(of)),
                       "relays: with services there are 1, give 2 or more", std::invalid_argument);
}

TEST_CASE("what is measured takes whole seconds") {
  parameters of = small();
  of.duration = 1.5;
  CHECK_THROWS_WITH_AS(static_cast<void>(run_simulation(of)),
                       "duration: it is 1.5 s, give whole seconds, by which bytes are counted",
                       std::invalid_argument);
}

TEST_CASE("a run in which meshes still form has no closed form, and ends") {
  parameters of = small();
  of.warm_up = 0;
  of.duration = 1;
  const measurements measured = run_simulation(of);
  CHECK(measured.both_ways_share > 1);
  for (const told_figure& each : measured.told) CHECK(each.name != "closed_form_kBps");
}

}  // namespace run_simulation_tests
