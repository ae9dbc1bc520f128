// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the machine itself adds to latencies: rounds that do nothing.
#include "workload.hpp"

namespace {

void nothing(benchmark::State& state) {
  seen_set::time_each(state, [] { benchmark::ClobberMemory(); });
}
BENCHMARK(nothing)->Name("seen_set/latency/empty_loop")->Arg(1'000'000)->Iterations(seen_set::timed_rounds);

}  // namespace
