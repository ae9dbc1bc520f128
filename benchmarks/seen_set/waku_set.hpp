// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>

#include <waku/reliability/cache/seen_set.hpp>

namespace seen_set {

/// Ours. A round of the window inserts before it expires, hence the one more.
template <class KeyHash>
class waku_set {
 public:
  explicit waku_set(std::size_t entries) : set_(entries + 1, 7) {}

  bool insert(const waku::reliability::message_hash& hash, waku::reliability::steady_time received) {
    return set_.insert(hash, received) != waku::reliability::seen_insertion::already_present;
  }
  bool contains(const waku::reliability::message_hash& hash) const { return set_.contains(hash); }
  /// All at once, as the others do; an engine has what one call leaves go with its next calls.
  void expire(waku::reliability::steady_time received_before) {
    while (set_.expire(received_before) == set_.expired_per_call) {
    }
  }
  /// Slots that one operation of the set itself may read or drop at present, at most.
  [[nodiscard]] std::size_t slots_max() const {
    return std::max(set_.longest_scan(), waku::reliability::seen_set<KeyHash>::expired_per_call);
  }

 private:
  waku::reliability::seen_set<KeyHash> set_;
};

}  // namespace seen_set
