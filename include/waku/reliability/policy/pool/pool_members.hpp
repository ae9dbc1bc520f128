// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/core/sorted_list.hpp>

namespace waku::reliability {

/// What a pool remembers of one node.
struct pool_member {
  peer_id peer{};
  steady_time ejected_until = steady_time::min();
  steady_time held_until = steady_time::min();
  steady_time failed_at = steady_time::min();  ///< the latest charge
  std::uint32_t ejections = 0;                 ///< in a row; a success ends the row
  double failure_rate = 0.0;                   ///< moving average of outcomes, 0 good to 1 bad
  double rate_before = 0.0;                    ///< the failure rate before the latest ejection
  double latency_seconds = 0.0;                ///< moving average of answered requests

  [[nodiscard]] bool out(steady_time now) const noexcept { return now < ejected_until; }
  [[nodiscard]] bool held(steady_time now) const noexcept { return now < held_until; }
};

/// The members of a pool in the order of their peer numbers. Looking one up costs O(log n), choosing O(1)
/// while most members are usable. A template, as the tables of the engine are: nothing of it is compiled where
/// there is no engine.
template <class Member>
class basic_pool_members {
 public:
  /// The member, added when it is new.
  Member& admit(peer_id peer) { return members_.put(peer); }
  void remove(peer_id peer) { members_.remove(peer); }
  [[nodiscard]] Member* find(peer_id peer) { return members_.find(peer); }
  [[nodiscard]] const Member* find(peer_id peer) const { return members_.find(peer); }
  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] auto begin() noexcept { return members_.begin(); }
  [[nodiscard]] auto end() noexcept { return members_.end(); }
  [[nodiscard]] auto begin() const noexcept { return members_.begin(); }
  [[nodiscard]] auto end() const noexcept { return members_.end(); }

  /// True for a member that is not out, or one of the `floor` least bad ones when fewer are in; never for
  /// one on hold.
  [[nodiscard]] bool usable(const Member& member, steady_time now, std::size_t floor) const {
    if (member.held(now)) return false;
    if (!member.out(now)) return true;
    std::size_t better = 0;
    for (const Member& other : members_) {
      if (other.peer != member.peer && less_bad(other, member, now) && ++better >= floor) return false;
    }
    return better < floor;
  }

  /// A member that is in and that `eligible` accepts, each equally likely; where there is none, one of those
  /// that the floor keeps usable.
  template <class Eligible>
  [[nodiscard]] const Member* choose(steady_time now, std::size_t floor, random_source& random,
                                          Eligible& eligible) const {
    if (members_.empty()) return nullptr;
    constexpr int quick_draws = 8;
    for (int draw = 0; draw < quick_draws; ++draw) {
      const Member& member = members_[random.below(members_.size())];
      if (!member.out(now) && !member.held(now) && eligible(member.peer)) return &member;
    }
    const Member* chosen = nullptr;
    bool chosen_is_in = false;
    std::uint64_t candidates = 0;
    for (const Member& member : members_) {
      const bool is_in = !member.out(now);
      if (chosen_is_in && !is_in) continue;
      if (!usable(member, now, floor) || !eligible(member.peer)) continue;
      if (is_in && !chosen_is_in) {
        chosen_is_in = true;
        candidates = 0;
      }
      if (random.below(++candidates) == 0) chosen = &member;
    }
    return chosen;
  }

  /// When the next hold or pause ends that keeps a member from use. A pause counts once the hold over it has
  /// ended, since the floor may make the member usable by then.
  [[nodiscard]] std::optional<steady_time> next_change(steady_time now) const {
    std::optional<steady_time> earliest;
    for (const Member& member : members_) {
      const steady_time back = member.held(now) ? member.held_until : member.ejected_until;
      if (back > now && (!earliest || back < *earliest)) earliest = back;
    }
    return earliest;
  }

 private:
  // A member that is in beats one that is out; among those out, the one that comes back first.
  static bool less_bad(const Member& left, const Member& right, steady_time now) {
    if (left.held(now)) return false;
    if (left.out(now) != right.out(now)) return !left.out(now);
    if (left.ejected_until != right.ejected_until) return left.ejected_until < right.ejected_until;
    return left.peer < right.peer;
  }

  sorted_list<Member, &Member::peer> members_;
};
/// The members as the pools of the library have them.
using pool_members = basic_pool_members<pool_member>;

}  // namespace waku::reliability
