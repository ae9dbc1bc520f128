// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <midscale/results/measurements.hpp>

namespace midscale {

/// The latencies of what came by relay, mesh or gossip, in microseconds, sorted: all, and by the number of hops.
/// What services brought is not among them: its latency is that of a poll, or of the time that a node was away.
struct relay_latency {
  std::vector<std::uint32_t> all;
  std::vector<std::vector<std::uint32_t>> by_hops;  ///< the first one: of 0 hops; the last one is not empty
};

/// O(n log n) for n receipts.
[[nodiscard]] inline relay_latency relay_latency_of(const std::vector<receipt>& received) {
  relay_latency made;
  for (const receipt& each : received) {
    if (each.by != way::mesh && each.by != way::gossip) continue;
    made.all.push_back(each.latency_us);
    if (made.by_hops.size() <= each.hops) made.by_hops.resize(std::size_t{each.hops} + 1);
    made.by_hops[each.hops].push_back(each.latency_us);
  }
  std::sort(made.all.begin(), made.all.end());
  for (auto& latencies : made.by_hops) std::sort(latencies.begin(), latencies.end());
  return made;
}

}  // namespace midscale
