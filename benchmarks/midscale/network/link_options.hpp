// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/testing/latency.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// How long frames travel between nodes.
struct link_options {
  /// One way, drawn once for each connection. One entry: the same everywhere, with `mean_above` 0 a fixed one. More: a
  /// matrix of regions, row by row, from the dialler's region to the listener's. No latency is above four seconds.
  std::vector<wr::testing::latency> latency = fixed(std::chrono::milliseconds(50));
  std::uint32_t regions = 1;
  /// What comes on top for each frame, at most; each length is equally likely. Frames may overtake one another by it.
  wr::duration jitter{};

  static constexpr wr::duration longest = std::chrono::seconds(4);
  [[nodiscard]] static std::vector<wr::testing::latency> fixed(wr::duration everywhere) {
    std::vector<wr::testing::latency> made(1);
    made.front().floor = everywhere;
    made.front().longest = longest;
    return made;
  }

  [[nodiscard]] const wr::testing::latency& between(std::uint32_t dialler, std::uint32_t listener) const {
    assert(latency.size() == std::size_t{regions} * regions && dialler < regions && listener < regions);
    return latency[std::size_t{dialler} * regions + listener];
  }
};

/// What a node's own line carries, in bytes a second; 0: without a limit.
struct bandwidth {
  std::uint64_t up = 0;
  std::uint64_t down = 0;

  friend bool operator==(const bandwidth&, const bandwidth&) = default;
};

}  // namespace midscale
