// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/pool/pool_policy.hpp>

#include <cstddef>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <waku/reliability/policy/policies.hpp>
#include <waku/reliability/policy/pool/plain_pool.hpp>
#include <waku/reliability/policy/pool/scored_pool.hpp>
#include <waku/reliability/policy/pool/strict_pool.hpp>

#include <policy/pool/pool_promises.hpp>

namespace pool_policy_tests {

namespace wr = waku::reliability;

namespace {

// A pool of the user's own: the peers take turns in the order of their discovery, and nobody is charged.
class turn_taking_pool {
 public:
  static constexpr wr::slot fills = wr::slot::pool;
  static constexpr bool charges = false;

  void add(wr::peer_id peer, wr::steady_time) {
    if (find(peer) == members_.size()) members_.push_back({peer, wr::steady_time::min()});
  }
  void remove(wr::peer_id peer) {
    const std::size_t at = find(peer);
    if (at < members_.size()) members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  bool fail(wr::peer_id, wr::steady_time, const wr::pool_options&) { return false; }
  void succeed(wr::peer_id, wr::duration, wr::steady_time) {}
  void hold(wr::peer_id peer, wr::steady_time until) {
    const std::size_t at = find(peer);
    if (at < members_.size() && members_[at].held_until < until) members_[at].held_until = until;
  }
  void forgive(wr::steady_time) {}

  template <class Eligible>
  std::optional<wr::peer_id> choose(wr::steady_time now, const wr::pool_options&, wr::random_source&,
                                    Eligible&& eligible) const {
    for (std::size_t step = 0; step < members_.size(); ++step) {
      const member& each = members_[next_++ % members_.size()];
      if (each.held_until <= now && eligible(each.peer)) return each.peer;
    }
    return {};
  }
  bool usable(wr::peer_id peer, wr::steady_time now, const wr::pool_options&) const {
    const std::size_t at = find(peer);
    return at < members_.size() && members_[at].held_until <= now;
  }
  std::size_t usable_count(wr::steady_time now, const wr::pool_options&) const {
    std::size_t count = 0;
    for (const member& each : members_) count += each.held_until <= now ? 1 : 0;
    return count;
  }
  std::size_t size() const { return members_.size(); }
  std::optional<wr::steady_time> next_change(wr::steady_time now) const {
    std::optional<wr::steady_time> earliest;
    for (const member& each : members_) {
      if (each.held_until > now && (!earliest || each.held_until < *earliest)) earliest = each.held_until;
    }
    return earliest;
  }

 private:
  struct member {
    wr::peer_id peer;
    wr::steady_time held_until;
  };
  std::size_t find(wr::peer_id peer) const {
    std::size_t at = 0;
    while (at < members_.size() && members_[at].peer != peer) ++at;
    return at;
  }

  std::vector<member> members_;
  mutable std::size_t next_ = 0;
};

struct without_choose : turn_taking_pool {
  void choose() {}
};
struct without_forgive : turn_taking_pool {
  void forgive() {}
};
struct says_nothing_of_charges : turn_taking_pool {
 private:
  using turn_taking_pool::charges;
};
struct fail_that_says_nothing : turn_taking_pool {
  void fail(wr::peer_id, wr::steady_time, const wr::pool_options&) {}
};
struct made_of_something : turn_taking_pool {
  explicit made_of_something(int) {}
};
struct in_another_slot : turn_taking_pool {
  static constexpr wr::slot fills = wr::slot::budget;
};

}  // namespace

TEST_CASE("the pools that come with the library are pools") {
  CHECK(wr::pool_policy<wr::quarantine_pool>);
  CHECK(wr::pool_policy<wr::strict_pool>);
  CHECK(wr::pool_policy<wr::scored_pool>);
  CHECK(wr::pool_policy<wr::plain_pool>);
}

TEST_CASE("a pool of the user's own fits where theirs do, and keeps the same promises") {
  CHECK(wr::pool_policy<turn_taking_pool>);
  CHECK(std::same_as<wr::complete_policies<wr::policies<turn_taking_pool>, wr::all_capabilities>::pool,
                     turn_taking_pool>);
  pool_promises::hold_under_random_operations<turn_taking_pool>();
}

TEST_CASE("what lacks a function of a pool is none") {
  CHECK_FALSE(wr::pool_policy<without_choose>);
  CHECK_FALSE(wr::pool_policy<without_forgive>);
  CHECK_FALSE(wr::pool_policy<says_nothing_of_charges>);
  CHECK_FALSE(wr::pool_policy<fail_that_says_nothing>);
  CHECK_FALSE(wr::pool_policy<made_of_something>);
  CHECK_FALSE(wr::pool_policy<in_another_slot>);
}

}  // namespace pool_policy_tests
