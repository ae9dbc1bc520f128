// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace midscale {

/// By how many seconds word of a message from one node comes to another before the message does, in the mean over all
/// ordered pairs of nodes; pairs where it comes later count as 0. Given are the times after its publication at which
/// nodes had the message, in any order and unit, and the latency of a link in the same unit. Pairs are taken as if
/// nodes were connected irrespective of when they have a message; neighbours have it closer together, so this is at
/// most what a network shows. Takes time in proportion to n log n.
///
/// Throws std::invalid_argument with a sentence when there are fewer than two times.
[[nodiscard]] inline double mean_head_start(std::vector<double> had_at, double link_latency) {
  if (had_at.size() < 2)
    throw std::invalid_argument("had_at: " + std::to_string(had_at.size()) + " times make no pair");
  std::sort(had_at.begin(), had_at.end());
  double sum = 0;
  double earlier_sum = 0;  // of the times whose announcements come before the one looked at
  std::size_t earlier = 0;
  for (const double at : had_at) {
    while (had_at[earlier] + link_latency < at) earlier_sum += had_at[earlier++];
    sum += static_cast<double>(earlier) * (at - link_latency) - earlier_sum;
  }
  const auto nodes = static_cast<double>(had_at.size());
  return sum / (nodes * (nodes - 1));
}

}  // namespace midscale
