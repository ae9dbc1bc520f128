// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/testing/latency.hpp>

namespace waku::reliability::testing {

/// So many requests of one peer at once, filled up again evenly within the period; 0 requests: no limit.
struct request_rate {
  std::uint32_t requests = 0;
  duration period = std::chrono::minutes(1);
};

/// Counts the requests of each peer against a rate.
class request_meter {
 public:
  /// Takes one request in; false if it is over the rate.
  bool allow(std::uint32_t peer, const request_rate& rate, steady_time now) {
    if (rate.requests == 0) return true;
    assert(rate.period > duration::zero());
    // Credit is counted in time, which is exact: a request costs the time that fills one up again.
    const duration cost = rate.period / rate.requests;
    const duration full = cost * rate.requests;
    const auto [place, is_new] = accounts_.try_emplace(peer, account{full, now});
    account& own = place->second;
    own.credit = std::min(full, own.credit + (now - own.seen));
    own.seen = now;
    if (own.credit < cost) return false;
    own.credit -= cost;
    return true;
  }

 private:
  struct account {
    duration credit;
    steady_time seen;
  };
  std::map<std::uint32_t, account> accounts_;
};

/// How a service node behaves: which protocols it serves, and its limits and answers. The defaults are those
/// of current nwaku nodes.
struct service_profile {
  bool lightpush = true;
  bool legacy_lightpush = false;  ///< v2: success or not, and no count
  bool filter = true;
  bool store = true;
  bool legacy_store = false;  ///< 2.0.0-beta4 besides or instead of v3

  std::vector<std::string> pubsub_topics;  ///< the shards served; empty: all

  std::size_t message_bytes_max = 153'600;  ///< encoded; larger is answered with 420
  bool repeat_is_success = false;  ///< a push of bytes that the relay has seen: OK (go-waku) or 505 (nwaku)
  bool rln = false;  ///< validators run first: over 20 s of age, and a repeat without a fresh proof, are 420

  duration archive_age_max =
      std::chrono::seconds(20);          ///< off the node's clock at arrival; else not archived
  bool end_inclusive = true;             ///< whether a query's end bound is part of the range
  std::uint32_t page_usual = 20;         ///< entries of a page when the request names no limit
  std::uint32_t page_max = 100;          ///< a higher limit is cut to this in silence
  std::uint32_t cursor_topics_max = 10;  ///< more content topics are an error, noticed only with a cursor

  std::uint32_t subscribers_max = 1'000;
  std::uint32_t criteria_max = 1'000;  ///< of a peer; a request counts in full, repeated topics or not
  std::uint32_t request_topics_max = 100;
  duration subscription_lifetime = std::chrono::minutes(5);  ///< since the last request; swept each minute
  duration push_memory = std::chrono::minutes(2);  ///< a message is not pushed again so long; 0: no memory

  request_rate lightpush_rate{};
  request_rate filter_rate{30, std::chrono::minutes(1)};
  request_rate store_rate{};

  latency lightpush_work{std::chrono::milliseconds(5), std::chrono::milliseconds(20),
                         std::chrono::seconds(5)};
  latency filter_work{std::chrono::milliseconds(2), std::chrono::milliseconds(5), std::chrono::seconds(5)};
  latency store_work{std::chrono::milliseconds(40), std::chrono::milliseconds(200), std::chrono::seconds(8)};
  latency archive_delay{std::chrono::milliseconds(50), std::chrono::milliseconds(400),
                        std::chrono::seconds(5)};
};

/// A current nwaku node with everything on.
[[nodiscard]] inline service_profile nwaku_profile() { return {}; }

/// A go-waku node: legacy lightpush and filter at one request a second, no store, and OK for repeated bytes.
[[nodiscard]] inline service_profile go_waku_profile() {
  service_profile profile;
  profile.legacy_lightpush = true;
  profile.store = false;
  profile.repeat_is_success = true;
  profile.end_inclusive = false;
  profile.subscribers_max = 20;
  profile.push_memory = duration::zero();
  profile.lightpush_rate = {1, std::chrono::seconds(1)};
  profile.filter_rate = {1, std::chrono::seconds(1)};
  return profile;
}

/// An older node whose only store is the legacy one.
[[nodiscard]] inline service_profile legacy_store_profile() {
  service_profile profile;
  profile.store = false;
  profile.legacy_store = true;
  profile.legacy_lightpush = true;
  return profile;
}

}  // namespace waku::reliability::testing
