// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/service/request_meter.hpp>

/// The service side of the protocols: state machines without bytes, clock or socket that answer the requests of
/// capability/request.hpp. The namespace is `services`, since `service` names the kinds of peers.
namespace waku::reliability::services {

/// How a service node behaves: which protocols it serves, and its limits and answers. The defaults are those
/// of current nwaku nodes.
struct profile {
  bool lightpush = true;
  bool legacy_lightpush = false;  ///< v2: success or not, and no count
  bool filter = true;
  bool store = true;
  bool legacy_store = false;  ///< 2.0.0-beta4 besides or instead of v3

  std::vector<std::string> pubsub_topics{};  ///< the shards served; empty: all

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
};

/// A current nwaku node with everything on.
[[nodiscard]] inline profile nwaku_profile() { return {}; }

/// A go-waku node: legacy lightpush and filter at one request a second, no store, and OK for repeated bytes.
[[nodiscard]] inline profile go_waku_profile() {
  profile made;
  made.legacy_lightpush = true;
  made.store = false;
  made.repeat_is_success = true;
  made.end_inclusive = false;
  made.subscribers_max = 20;
  made.push_memory = duration::zero();
  made.lightpush_rate = {1, std::chrono::seconds(1)};
  made.filter_rate = {1, std::chrono::seconds(1)};
  return made;
}

/// An older node whose only store is the legacy one.
[[nodiscard]] inline profile legacy_store_profile() {
  profile made;
  made.store = false;
  made.legacy_store = true;
  made.legacy_lightpush = true;
  return made;
}

}  // namespace waku::reliability::services
