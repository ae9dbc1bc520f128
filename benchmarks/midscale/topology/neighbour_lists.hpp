// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace midscale {

/// Who is connected to whom while a graph is being made: keeps out what a graph cannot hold. Asking takes time in
/// proportion to the smaller one of two degrees, which is short even beside a hub.
class neighbour_lists {
 public:
  explicit neighbour_lists(std::uint32_t nodes) : lists_(nodes) {}

  /// True when the two can be connected: they are not one node, and are not connected yet.
  [[nodiscard]] bool can_connect(std::uint32_t one, std::uint32_t other) const {
    if (one == other) return false;
    const bool shorter = lists_[one].size() <= lists_[other].size();
    const auto& list = lists_[shorter ? one : other];
    return std::find(list.begin(), list.end(), shorter ? other : one) == list.end();
  }
  [[nodiscard]] std::uint32_t degree(std::uint32_t node) const {
    return static_cast<std::uint32_t>(lists_[node].size());
  }

  void connect(std::uint32_t one, std::uint32_t other) {
    lists_[one].push_back(other);
    lists_[other].push_back(one);
  }
  void disconnect(std::uint32_t one, std::uint32_t other) {
    forget(lists_[one], other);
    forget(lists_[other], one);
  }

 private:
  static void forget(std::vector<std::uint32_t>& list, std::uint32_t node) {
    *std::find(list.begin(), list.end(), node) = list.back();
    list.pop_back();
  }

  std::vector<std::vector<std::uint32_t>> lists_;
};

}  // namespace midscale
