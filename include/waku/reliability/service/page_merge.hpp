// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

namespace waku::reliability::services {

/// Joins readers of ordered messages into one, for archives. A Reader has done(), place() and advance(), and
/// goes up in place when the merge is forward, else down. Each step costs O(log readers).
template <class Reader>
class page_merge {
 public:
  explicit page_merge(bool forward) : forward_(forward) {}

  /// Before the first step.
  void add(Reader reader) {
    if (reader.done()) return;
    readers_.push_back(std::move(reader));
    std::push_heap(readers_.begin(), readers_.end(), later());
  }
  [[nodiscard]] bool done() const noexcept { return readers_.empty(); }
  /// The reader whose message is next.
  [[nodiscard]] const Reader& front() const { return readers_.front(); }
  void advance() {
    if (readers_.size() > 1) std::pop_heap(readers_.begin(), readers_.end(), later());
    readers_.back().advance();
    if (readers_.back().done()) {
      readers_.pop_back();
    } else if (readers_.size() > 1) {
      std::push_heap(readers_.begin(), readers_.end(), later());
    }
  }

 private:
  [[nodiscard]] auto later() const {
    return [forward = forward_](const Reader& a, const Reader& b) {
      return forward ? b.place() < a.place() : a.place() < b.place();
    };
  }

  bool forward_;
  std::vector<Reader> readers_;  // a heap
};

}  // namespace waku::reliability::services
