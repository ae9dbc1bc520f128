// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include <waku/reliability/cache/keyed_mix.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>

namespace seen_set {

/// Our key hash for the standard's interface, so that all sets have the same.
struct same_key_hash {
  using is_avalanching = void;
  std::size_t operator()(const waku::reliability::message_hash& hash) const noexcept { return mix(hash); }
  waku::reliability::keyed_mix mix{7};
};

/// A set of hashes and, for the expiry, a queue of them in the order of receipt: as people write it.
template <class Set>
class set_with_deque {
 public:
  explicit set_with_deque(std::size_t entries) { set_.reserve(entries + 1); }

  bool insert(const waku::reliability::message_hash& hash, waku::reliability::steady_time received) {
    if (!set_.insert(hash).second) return false;
    order_.emplace_back(received, hash);
    return true;
  }
  bool contains(const waku::reliability::message_hash& hash) const { return set_.contains(hash); }
  void expire(waku::reliability::steady_time received_before) {
    while (!order_.empty() && order_.front().first < received_before) {
      set_.erase(order_.front().second);
      order_.pop_front();
    }
  }

 private:
  Set set_;
  std::deque<std::pair<waku::reliability::steady_time, waku::reliability::message_hash>> order_;
};

}  // namespace seen_set
