// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/testing/latency.hpp>

#include <midscale/results/measurements.hpp>

namespace midscale {

/// Something is not there for some time.
struct absence {
  wr::duration from{};
  wr::duration until{};  ///< it may be after the end of the run

  friend bool operator==(const absence&, const absence&) = default;
};

/// The absences of one node or link, by time, of which the first may begin at 0: it is there and away in turn for times
/// from exponential distributions, there for `stays` on average, and away for the share `away` of the time (0 to less
/// than 1). The start is like any other moment: it is away then with that probability.
[[nodiscard]] inline std::vector<absence> absences_of(double away, wr::duration stays, wr::duration end,
                                                      wr::random_source& random) {
  assert(away >= 0 && away < 1 && stays > wr::duration::zero());
  std::vector<absence> made;
  if (away == 0) return made;
  const auto drawn = [&](double mean) {
    return wr::duration(static_cast<wr::duration::rep>(wr::testing::draw_exponential(random) * mean) + 1);
  };
  const auto there = static_cast<double>(stays.count());
  const double gone = there * (away / (1 - away));
  wr::duration now{};
  if (!random.chance(away)) now += drawn(there);
  while (now < end) {
    const wr::duration back = now + drawn(gone);
    made.push_back({now, back});
    now = back + drawn(there);
  }
  return made;
}

/// Whether something with these absences is away at a time, or just coming back. O(number of absences).
[[nodiscard]] inline bool is_away(const std::vector<absence>& of, wr::duration at) {
  for (const absence& each : of)
    if (each.from <= at && at <= each.until) return true;
  return false;
}

}  // namespace midscale
