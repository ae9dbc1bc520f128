// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// What the programs of the workloads share. A contender is one way to do a workload's work: ours, or a peer's. Each
/// has a file of its own that registers it by one line. Before anything is timed, every contender plays the same
/// short, fixed scenario, and their traces must be equal, so that nobody wins by being wrong.
///
/// Benchmarks are named <workload>/<case>/<contender>/<size>.
namespace contest {

/// What a contender answered in the scenario, in order.
using trace = std::vector<std::uint64_t>;

/// Has `play` compared with what the workload's other contenders play.
void compare(std::string contender, std::function<trace()> play);

/// Enters a contender into a case of a workload; the sizes are the caller's to add.
benchmark::internal::Benchmark* add(const std::string& workload, const std::string& name,
                                    const std::string& contender, void (*body)(benchmark::State&));

/// The size that a case runs with.
inline std::size_t size_of(const benchmark::State& state) { return static_cast<std::size_t>(state.range(0)); }

}  // namespace contest
