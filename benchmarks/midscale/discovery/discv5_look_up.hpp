// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <midscale/discovery/routing_table.hpp>

namespace midscale {

/// One look-up of a node: what it found so far, and whom it has yet to ask. A sweep asks those of the table that were
/// nearest to the target, and those told of only where the table had too few. A walk asks the nearest it knows of.
class discv5_look_up {
 public:
  /// Begins anew, with what the table has, the nearest first.
  void begin(node_id target, bool walk, std::uint32_t own, std::uint32_t nodes,
             std::span<const std::uint32_t> from_table) {
    for (const std::uint32_t each : found_) forget(each);
    forget(own_);
    found_.clear();
    nearest_.clear();
    waiting_.clear();
    lengths_.clear();
    seen_.resize((nodes + 63) / 64);
    target_ = target;
    own_ = own;
    walk_ = walk;
    next_ = 0;
    unanswered_ = 0;
    running_ = true;
    see(own);
    if (walk) {
      told(from_table);
      unanswered_ = 1;
    } else {
      add(from_table, {});
    }
  }
  void stop() noexcept { running_ = false; }

  [[nodiscard]] bool running() const noexcept { return running_; }
  [[nodiscard]] node_id target() const noexcept { return target_; }
  /// All nodes found, in the order in which they were.
  [[nodiscard]] const std::vector<std::uint32_t>& found() const noexcept { return found_; }
  /// Nobody is asked any more, and all answers were read.
  [[nodiscard]] bool done() const noexcept { return unanswered_ == 0; }

  /// The next one to be asked, which counts as asked then. False where there is none, or enough are being asked.
  bool next(const discv5_software& software, std::uint32_t& node) {
    if (unanswered_ >= software.parallel) return false;
    if (!walk_) {
      if (next_ >= std::min<std::size_t>(found_.size(), software.bucket)) return false;
      node = found_[next_++];
    } else {
      const auto place =
          std::find_if(nearest_.begin(), nearest_.end(), [](const candidate& each) { return !each.asked; });
      if (place == nearest_.end()) return false;
      place->asked = true;
      node = place->node;
    }
    ++unanswered_;
    return true;
  }
  /// What somebody told who was asked; nothing where no answer came. It waits until it is read.
  void told(std::span<const std::uint32_t> nodes) {
    waiting_.insert(waiting_.end(), nodes.begin(), nodes.end());
    lengths_.push_back(nodes.size());
  }
  /// Reads the oldest answer that waits, and returns how many nodes in it are new. False where none waits.
  bool read(const std::vector<node_id>& ids, std::size_t& fresh) {
    if (lengths_.empty()) return false;
    assert(unanswered_ > 0);
    --unanswered_;
    const std::size_t before = found_.size();
    add(std::span(waiting_).first(lengths_.front()), ids);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(lengths_.front()));
    lengths_.erase(lengths_.begin());
    fresh = found_.size() - before;
    return true;
  }

 private:
  struct candidate {
    node_id distance;
    std::uint32_t node;
    bool asked;
  };
  static constexpr std::size_t kept = 16;  // of those nearest: go-ethereum, lookup.go, bucketSize

  bool see(std::uint32_t node) noexcept {
    std::uint64_t& word = seen_[node / 64];
    const std::uint64_t bit = std::uint64_t{1} << (node % 64);
    if ((word & bit) != 0) return false;
    word |= bit;
    return true;
  }
  void forget(std::uint32_t node) noexcept {
    if (node / 64 < seen_.size()) seen_[node / 64] &= ~(std::uint64_t{1} << (node % 64));
  }
  void add(std::span<const std::uint32_t> nodes, const std::vector<node_id>& ids) {
    for (const std::uint32_t node : nodes) {
      if (!see(node)) continue;
      found_.push_back(node);
      if (!walk_) continue;
      const candidate made{ids[node] ^ target_, node, false};
      nearest_.insert(
          std::upper_bound(nearest_.begin(), nearest_.end(), made,
                           [](const candidate& a, const candidate& b) { return a.distance < b.distance; }),
          made);
      if (nearest_.size() > kept) nearest_.pop_back();
    }
  }

  node_id target_ = 0;
  std::uint32_t own_ = 0;
  std::uint32_t unanswered_ = 0;  // asked, or told and not read
  std::size_t next_ = 0;          // of a sweep
  bool walk_ = false;
  bool running_ = false;
  std::vector<std::uint32_t> found_;
  std::vector<candidate> nearest_;      // of a walk
  std::vector<std::uint32_t> waiting_;  // answers that wait, one after another; there are a few at most
  std::vector<std::size_t> lengths_;
  std::vector<std::uint64_t> seen_;  // a bit for each node
};

}  // namespace midscale
