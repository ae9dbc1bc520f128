// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability {

/// The receipts of one second.
struct receipt_step {
  steady_time received{};  ///< the first receipt of the step
  wall_time newest{};      ///< the newest timestamp in it
};

/// Which timestamps the messages had that were received, by the time of their receipt in steps of a second.
/// It tells how long received hashes are needed and which of them may be forgotten by now, also where our
/// clock and the senders' do not agree. 16 bytes a second in which anything came; asking costs O(steps).
template <class Step>
class basic_receipt_history {
 public:
  using step = Step;

  /// The steps held, oldest first.
  [[nodiscard]] auto begin() const noexcept { return steps_.begin() + static_cast<std::ptrdiff_t>(begin_); }
  [[nodiscard]] auto end() const noexcept { return steps_.end(); }
  [[nodiscard]] std::size_t size() const noexcept { return steps_.size() - begin_; }

  /// A message was received, no earlier than those before.
  void note(steady_time received, wall_time timestamp) {
    if (begin_ == steps_.size() || received - steps_.back().received >= step_length) {
      return steps_.push_back({received, timestamp});
    }
    steps_.back().newest = max_of(steps_.back().newest, timestamp);
  }
  /// What was received before `before` is forgotten; the rest of its step counts as forgotten too. `latest`
  /// is what our clock allows for a timestamp: one from far in the future must not make all look forgotten.
  void forget(steady_time before, wall_time latest) {
    for (; begin_ < steps_.size() && steps_[begin_].received < before; ++begin_) {
      const wall_time newest = min_of(steps_[begin_].newest, latest);
      forgotten_ = forgotten_ ? max_of(*forgotten_, newest) : newest;
    }
    if (begin_ * 2 < steps_.size()) return;
    steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  /// The newest timestamp of a message that is forgotten; none if none is.
  [[nodiscard]] std::optional<wall_time> forgotten() const noexcept { return forgotten_; }
  /// Since when messages were received of which at least one has a timestamp of `start` or later. A step with
  /// one after `latest` does not count.
  [[nodiscard]] std::optional<steady_time> needed_since(wall_time start,
                                                        wall_time latest = wall_time::max()) const {
    for (const step& each : *this) {
      if (each.newest >= start && each.newest <= latest) return each.received;
    }
    return {};
  }

  /// Continues a history that was kept elsewhere: what it had forgotten, then its steps, oldest first.
  void restore(std::optional<wall_time> forgotten) { forgotten_ = forgotten; }
  void restore(const step& kept) { steps_.push_back(kept); }

 private:
  static constexpr duration step_length = std::chrono::seconds(1);

  std::vector<step> steps_;
  std::size_t begin_ = 0;  ///< steps before it are forgotten
  std::optional<wall_time> forgotten_;
};
using receipt_history = basic_receipt_history<receipt_step>;

}  // namespace waku::reliability
