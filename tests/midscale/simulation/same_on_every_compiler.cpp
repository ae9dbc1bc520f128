// SPDX-License-Identifier: Apache-2.0 OR MIT
// The numbers were the same from g++ 12 and clang++ 14. Whoever changes what a run does changes them, after a look at
// both.
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <midscale/results/condensed.hpp>
#include <midscale/scenario/parameter_values.hpp>
#include <midscale/simulation/run_simulation.hpp>

#include "../results/fingerprint.hpp"

namespace same_on_every_compiler_tests {

using namespace midscale;

std::uint64_t print_of(const std::vector<std::string>& chosen) {
  parameters of;
  of.scenario = "own";
  for (const std::string& each : chosen) set_parameter(of, each);
  const measurements measured = run_simulation(of);
  const relay_latency latency = relay_latency_of(measured.received);
  const run_request request{of.scenario, static_cast<std::uint32_t>(of.nodes()), of.seed};
  return fingerprint(summary_of(request, measured, latency).dump() +
                     condensed(measured, latency, of.seed).dump());
}

TEST_CASE("relay of mixed software between regions, with churn, scores and IDONTWANT") {
  CHECK(print_of({"relays=80", "duration=40", "warm_up=20", "discv5=false", "churn=0.2", "online_s=20",
                  "go_waku_share=0.5", "latency=regions", "idontwant=true", "scoring=true", "shards=2"}) ==
        9'983'274'435'436'745'048U);
}

TEST_CASE("nodes that find each other") {
  CHECK(print_of({"relays=40", "services=3", "duration=60", "warm_up=10", "topology=discovered", "degree=10",
                  "peer_exchange_share=0.2", "go_waku_share=0.3"}) == 7'779'066'488'735'397'994U);
}

TEST_CASE("light nodes of all strategies, while all come and go") {
  CHECK(print_of({"relays=20", "services=4", "lights=26", "duration=60", "warm_up=10", "settle=60",
                  "discv5=false", "strategy=all", "light_share=0.5", "churn=0.2", "service_churn=0.1",
                  "link_churn=0.1", "online_s=30"}) == 14'397'841'259'511'950'687U);
}

TEST_CASE("stores with an archive, and clients that query them") {
  CHECK(print_of({"relays=20", "services=3", "duration=30", "warm_up=10", "discv5=false", "archive=1000",
                  "query_rate=5"}) == 907'857'866'075'566'371U);
}

TEST_CASE("agents of the Status application in a small world") {
  CHECK(print_of({"relays=60", "duration=600", "warm_up=10", "discv5=false", "workload=status_agents",
                  "topology=small_world", "degree=10"}) == 14'498'389'509'669'194'882U);
}

}  // namespace same_on_every_compiler_tests
