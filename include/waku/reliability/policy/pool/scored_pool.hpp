// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/policy/pool/quarantine_pool.hpp>

namespace waku::reliability {

/// As quarantine_pool, but of two random usable nodes it takes the better by failure rate, then latency: the
/// power of two choices (Mitzenmacher, 2001). Spreads load unevenly on purpose.
class scored_pool : public quarantine_pool {
 public:
  template <class Eligible>
  [[nodiscard]] std::optional<peer_id> choose(steady_time now, const pool_options& numbers,
                                              random_source& random, Eligible&& eligible) const {
    const pool_member* first = members().choose(now, numbers.floor, random, eligible);
    if (first == nullptr) return {};
    auto another = [&](peer_id peer) { return peer != first->peer && eligible(peer); };
    const pool_member* second = members().choose(now, numbers.floor, random, another);
    return second != nullptr && better(*second, *first) ? second->peer : first->peer;
  }

 private:
  static bool better(const pool_member& left, const pool_member& right) {
    constexpr double telling_difference = 0.05;
    const double by_rate = left.failure_rate - right.failure_rate;
    if (by_rate > telling_difference) return false;
    if (by_rate < -telling_difference) return true;
    return left.latency_seconds < right.latency_seconds;
  }
};

}  // namespace waku::reliability
