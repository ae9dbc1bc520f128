// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability::services {

/// So many requests of one client at once, filled up again evenly within the period; 0 requests: no limit.
struct request_rate {
  std::uint32_t requests = 0;
  duration period = std::chrono::minutes(1);

  friend constexpr bool operator==(const request_rate&, const request_rate&) = default;
};

/// Counts the requests of each client against a rate. It remembers so many clients at most: beyond that the
/// client that has been silent longest is forgotten, and has its full credit when it comes again. O(1).
class request_meter {
 public:
  explicit request_meter(std::size_t clients_max = 16'384) : clients_max_(clients_max) {
    assert(clients_max > 0 && "a meter of no clients limits nothing");
  }
  request_meter(request_meter&&) noexcept = default;
  request_meter& operator=(request_meter&&) noexcept = default;

  /// Takes one request in; false if it is over the rate.
  [[nodiscard]] bool allow(peer_id client, const request_rate& rate, steady_time now) {
    if (rate.requests == 0) return true;
    const duration cost = cost_of(rate);
    account& own = account_of(client, rate, now);
    if (own.credit < cost) return false;
    own.credit -= cost;
    return true;
  }
  /// Whether a request would be over the rate now. It is not counted, but the client was heard.
  [[nodiscard]] bool is_over(peer_id client, const request_rate& rate, steady_time now) {
    return rate.requests != 0 && account_of(client, rate, now).credit < cost_of(rate);
  }
  /// Forgets all clients, as a restart does.
  void clear() {
    by_client_.clear();
    accounts_.clear();
  }
  /// The clients remembered.
  [[nodiscard]] std::size_t size() const noexcept { return accounts_.size(); }

 private:
  struct account {
    peer_id client;
    duration credit;
    steady_time seen;
  };
  using place = std::list<account>::iterator;

  // Credit is counted in time, which is exact: a request costs the time that fills one up again.
  static duration cost_of(const request_rate& rate) {
    assert(rate.period > duration::zero());
    return rate.period / rate.requests;
  }
  // The client's account, filled up, and moved to the end as the one heard last.
  account& account_of(peer_id client, const request_rate& rate, steady_time now) {
    const duration full = cost_of(rate) * rate.requests;
    if (const auto known = by_client_.find(client); known != by_client_.end()) {
      accounts_.splice(accounts_.end(), accounts_, known->second);
      account& own = *known->second;
      const duration passed = now - own.seen;
      own.credit = passed < full - own.credit ? own.credit + passed : full;
      own.seen = now;
      return own;
    }
    if (accounts_.size() == clients_max_) {
      by_client_.erase(accounts_.front().client);
      accounts_.pop_front();
    }
    const place added = accounts_.insert(accounts_.end(), account{client, full, now});
    by_client_.emplace(client, added);
    return *added;
  }

  std::size_t clients_max_;
  std::list<account> accounts_;  // the one silent longest first
  std::unordered_map<peer_id, place> by_client_;
};

}  // namespace waku::reliability::services
