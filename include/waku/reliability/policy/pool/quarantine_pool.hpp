// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/pool/pool_members.hpp>
#include <waku/reliability/policy/pool/pool_policy.hpp>

namespace waku::reliability {

/// What is behind quarantine_pool. A template, so that nothing of it is compiled where there is no engine.
template <class Member>
class basic_quarantine_pool {
 public:
  static constexpr slot fills = slot::pool;
  static constexpr bool charges = true;

  void add(peer_id peer, steady_time) {
    Member& member = members_.admit(peer);
    member.ejected_until = steady_time::min();
  }
  void remove(peer_id peer) { members_.remove(peer); }

  bool fail(peer_id peer, steady_time now, const pool_options& numbers) {
    Member* member = members_.find(peer);
    if (member == nullptr) return false;
    // Requests that fail together are one incident: the pause begins again, and does not grow.
    const bool was_in = !member->out(now);
    if (was_in) {
      ++member->ejections;
      member->rate_before = member->failure_rate;
    }
    double pause = static_cast<double>(numbers.first_pause.count());
    const double longest = static_cast<double>(numbers.longest_pause.count());
    for (std::uint32_t repeat = 1; repeat < member->ejections && pause < longest; ++repeat) {
      pause *= numbers.pause_growth;
    }
    if (pause > longest) pause = longest;
    member->ejected_until = now + duration(static_cast<duration::rep>(pause));
    member->failed_at = now;
    rate(*member, 1.0);
    return was_in;
  }
  void succeed(peer_id peer, duration latency, steady_time) {
    Member* member = members_.find(peer);
    if (member == nullptr) return;
    member->ejected_until = steady_time::min();
    member->ejections = 0;
    rate(*member, 0.0);
    const double seconds = seconds_of(latency);
    member->latency_seconds += (member->latency_seconds == 0.0 ? 1.0 : learning_rate) *
                               (seconds - member->latency_seconds);
  }
  void hold(peer_id peer, steady_time until) {
    Member* member = members_.find(peer);
    if (member != nullptr && member->held_until < until) member->held_until = until;
  }
  void forgive(steady_time since) {
    for (Member& member : members_) {
      if (member.failed_at < since || member.ejected_until == steady_time::min()) continue;
      member.ejected_until = steady_time::min();
      --member.ejections;  // who was ejected has at least one
      member.failure_rate = member.rate_before;
    }
  }

  template <class Eligible>
  [[nodiscard]] std::optional<peer_id> choose(steady_time now, const pool_options& numbers,
                                              random_source& random, Eligible&& eligible) const {
    const Member* chosen = members_.choose(now, numbers.floor, random, eligible);
    return chosen != nullptr ? std::optional(chosen->peer) : std::nullopt;
  }
  [[nodiscard]] bool usable(peer_id peer, steady_time now, const pool_options& numbers) const {
    const Member* member = members_.find(peer);
    return member != nullptr && members_.usable(*member, now, numbers.floor);
  }
  [[nodiscard]] std::size_t usable_count(steady_time now, const pool_options& numbers) const {
    std::size_t count = 0;
    for (const Member& member : members_) {
      if (members_.usable(member, now, numbers.floor)) ++count;
    }
    return count;
  }
  [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
  [[nodiscard]] std::optional<steady_time> next_change(steady_time now) const {
    return members_.next_change(now);
  }

 protected:
  [[nodiscard]] const basic_pool_members<Member>& members() const noexcept { return members_; }

 private:
  static constexpr double learning_rate = 0.2;
  static void rate(Member& member, double observed) {
    member.failure_rate += learning_rate * (observed - member.failure_rate);
  }

  basic_pool_members<Member> members_;
};

/// One failure puts a node out for a pause that grows with every repeat; then it may be tried again. The pool
/// never falls below options.pool.floor: the node that would come back first stays usable (R16).
class quarantine_pool : public basic_quarantine_pool<pool_member> {};

}  // namespace waku::reliability
