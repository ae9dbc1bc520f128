// SPDX-License-Identifier: Apache-2.0 OR MIT
// What each preset costs in bytes, of memory and of network: counted, so the same in each run. The time is that of one
// clean run of the simulation, with all eleven nodes and the network around them. Prints a table at the end.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

#include "memory_cost.hpp"
#include "network_cost.hpp"
#include "sample.hpp"

namespace presets {
namespace {

constexpr std::uint64_t clean_seeds = 5;
constexpr std::uint64_t faulty_seeds = 40;

struct preset_cost {
  network_cost clean;
  network_cost mild;
  memory_cost memory;
};
std::map<std::string, preset_cost> measured;  // by preset, each measured once for all repetitions

/// Argument: the messages of a run.
template <class Policies, wr::capability_set Capabilities>
void cost(benchmark::State& state, const char* name) {
  const auto messages = static_cast<std::uint64_t>(state.range(0));
  const auto [place, fresh] = measured.try_emplace(name);
  preset_cost& own = place->second;
  if (fresh) {
    own.clean = measured_network<Policies, Capabilities>(messages, wt::fault_level::none, clean_seeds);
    own.mild = measured_network<Policies, Capabilities>(messages, wt::fault_level::mild, faulty_seeds);
    own.memory = measured_memory<Policies, Capabilities>();
  }
  for (auto step : state) {
    const network_cost one = network_run<Policies, Capabilities>(messages, 1).run(wt::fault_level::none);
    benchmark::DoNotOptimize(one.bytes);
  }
  state.counters["network_bytes"] = own.clean.bytes_each();
  state.counters["delivered"] = own.clean.share_delivered();
  state.counters["network_bytes_mild"] = own.mild.bytes_each();
  state.counters["delivered_mild"] = own.mild.share_delivered();
  state.counters["engine_bytes"] = own.memory.engine;
  state.counters["message_bytes"] = own.memory.message;
  state.counters["hash_bytes"] = own.memory.hash;
  state.counters["topic_bytes"] = own.memory.topic;
  state.counters["peer_bytes"] = own.memory.peer;
}

template <class Policies, wr::capability_set Capabilities>
void add(const char* name) {
  benchmark::RegisterBenchmark(("presets/cost/" + std::string(name)).c_str(), cost<Policies, Capabilities>,
                               name)
      ->Arg(300)
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond);
}

void print_table() {
  std::printf("\n%-17s %17s %17s %10s %8s %6s %6s %6s\n", "", "network, clean", "mild faults", "engine",
              "message", "hash", "topic", "peer");
  for (const auto& [name, each] : measured) {
    std::printf("%-17s %6.0f B %6.1f %% %6.0f B %6.1f %% %8.0f B %6.0f B %4.1f B %4.0f B %4.0f B\n",
                name.c_str(), each.clean.bytes_each(), 100 * each.clean.share_delivered(),
                each.mild.bytes_each(), 100 * each.mild.share_delivered(), each.memory.engine,
                each.memory.message, each.memory.hash, each.memory.topic, each.memory.peer);
  }
  std::printf(
      "network: bytes a delivery between clients and service nodes, and the share delivered;\n"
      "payloads have %zu bytes\n"
      "engine: when it is made with default options; then what is taken by a message in flight\n"
      "(without its payload), room for a received hash (a part of the engine's), a content topic, a peer\n",
      payload_bytes);
}

}  // namespace
}  // namespace presets

int main(int argc, char** argv) {
  using namespace presets;
  add<wr::light_client, wt::light_capabilities>("light_client");
  add<wr::relay_node, wr::all_capabilities>("relay_node");
  add<wr::relay_with_store, wr::all_capabilities>("relay_with_store");
  add<wr::minimal, wt::light_capabilities>("minimal");
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  print_table();
  return 0;
}
