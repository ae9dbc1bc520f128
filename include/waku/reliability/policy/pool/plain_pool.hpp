// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/pool/pool_members.hpp>
#include <waku/reliability/policy/pool/pool_policy.hpp>

namespace waku::reliability {

/// What is behind plain_pool. A template, so that nothing of it is compiled where there is no engine.
template <class Member>
class basic_plain_pool {
 public:
  static constexpr slot fills = slot::pool;
  static constexpr bool charges = false;

  void add(peer_id peer, steady_time) { members_.admit(peer); }
  void remove(peer_id peer) { members_.remove(peer); }
  bool fail(peer_id, steady_time, const pool_options&) { return false; }
  void succeed(peer_id, duration, steady_time) {}
  void hold(peer_id peer, steady_time until) {
    Member* member = members_.find(peer);
    if (member != nullptr && member->held_until < until) member->held_until = until;
  }
  void forgive(steady_time) {}

  template <class Eligible>
  [[nodiscard]] std::optional<peer_id> choose(steady_time now, const pool_options& numbers,
                                              random_source& random, Eligible&& eligible) const {
    const Member* chosen = members_.choose(now, numbers.floor, random, eligible);
    return chosen != nullptr ? std::optional(chosen->peer) : std::nullopt;
  }
  [[nodiscard]] bool usable(peer_id peer, steady_time now, const pool_options&) const {
    const Member* member = members_.find(peer);
    return member != nullptr && !member->held(now);
  }
  [[nodiscard]] std::size_t usable_count(steady_time now, const pool_options&) const {
    std::size_t count = 0;
    for (const Member& member : members_) {
      if (!member.held(now)) ++count;
    }
    return count;
  }
  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] std::optional<steady_time> next_change(steady_time now) const {
    return members_.next_change(now);
  }

 private:
  basic_pool_members<Member> members_;
};

/// Every discovered node stays, and none is charged: no pool strategy. Rate limits are still honoured.
class plain_pool : public basic_plain_pool<pool_member> {};

}  // namespace waku::reliability
