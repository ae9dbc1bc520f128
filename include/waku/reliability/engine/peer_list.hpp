// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <waku/reliability/capability/peer.hpp>

namespace waku::reliability {

/// At most `Limit` peers, each once, in the order of their coming, without memory of its own. When it is
/// full, the one that came first makes room.
template <std::size_t Limit>
class peer_list {
 public:
  static constexpr std::size_t limit = Limit;

  /// False if it was there already.
  bool add(peer_id peer) {
    if (contains(peer)) return false;
    if (size_ == Limit) erase_at(0);
    peers_[size_++] = peer;
    return true;
  }
  bool remove(peer_id peer) {
    for (std::size_t at = 0; at < size_; ++at) {
      if (peers_[at] != peer) continue;
      erase_at(at);
      return true;
    }
    return false;
  }
  [[nodiscard]] bool contains(peer_id peer) const noexcept {
    for (const peer_id known : *this) {
      if (known == peer) return true;
    }
    return false;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool full() const noexcept { return size_ == Limit; }
  [[nodiscard]] const peer_id* begin() const noexcept { return peers_.data(); }
  [[nodiscard]] const peer_id* end() const noexcept { return peers_.data() + size_; }
  void clear() noexcept { size_ = 0; }

  /// True when both hold the same peers, which came in the same order.
  friend bool operator==(const peer_list& left, const peer_list& right) noexcept {
    if (left.size_ != right.size_) return false;
    for (std::size_t at = 0; at < left.size_; ++at) {
      if (left.peers_[at] != right.peers_[at]) return false;
    }
    return true;
  }

 private:
  void erase_at(std::size_t at) {
    for (std::size_t next = at + 1; next < size_; ++next) peers_[next - 1] = peers_[next];
    --size_;
  }

  std::uint32_t size_ = 0;  // first, where the few that are mostly there are read with it
  std::array<peer_id, Limit> peers_{};
};

}  // namespace waku::reliability
