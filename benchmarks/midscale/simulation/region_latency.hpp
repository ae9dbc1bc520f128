// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/testing/latency.hpp>

#include <midscale/network/link_options.hpp>

namespace midscale {

/// Where nodes are: Europe, North America, Asia. Nothing is published of Waku's; the shares are our choice.
constexpr std::array<double, 3> region_shares{0.45, 0.35, 0.2};

/// One way, in milliseconds, from region to region: half of the round trips between Frankfurt, Virginia and Tokyo that
/// cloud operators show for their own networks, rounded (90, 150 and 230 ms; 20 ms within a region).
constexpr std::array<std::array<int, 3>, 3> region_latency_ms{{{10, 45, 115}, {45, 10, 75}, {115, 75, 10}}};

/// The matrix of link_options: the latency of regions, with what comes on top of it.
[[nodiscard]] inline std::vector<wr::testing::latency> region_matrix(wr::duration mean_above) {
  std::vector<wr::testing::latency> made;
  for (const auto& row : region_latency_ms)
    for (const int each : row)
      made.push_back({std::chrono::milliseconds(each), mean_above, link_options::longest});
  return made;
}

}  // namespace midscale
