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
/// of current nwaku nodes. Of the lengths of time, each may be duration::max(), which is never over.
struct profile {
  bool lightpush = true;
  bool legacy_lightpush = false;  ///< v2 only: success or not, and no count
  bool filter = true;
  bool store = true;
  bool legacy_store = false;  ///< 2.0.0-beta4 besides or instead of v3

  std::vector<std::string> pubsub_topics{};  ///< the shards served; empty: all

  std::size_t message_bytes_max = 153'600;   ///< encoded; of a pushed message
  std::uint32_t oversize_status = 420;       ///< for larger ones: 420 (nwaku) or 413 (the text)
  std::uint32_t foreign_shard_status = 505;  ///< for shards not served: 505 (nwaku) or 421 (the text)
  std::uint32_t no_peers_status = 505;       ///< 505 (nwaku) or 503 (the text)
  bool autosharding = true;        ///< a push without a pubsub topic goes to the shard of its content topic
  bool needs_content = false;      ///< an empty payload or content topic is invalid (go-waku)
  bool repeat_is_success = false;  ///< a push of bytes that the relay has seen: OK (go-waku) or 505 (nwaku)
  bool rln = false;  ///< validators run first: over rln_age_max, and a repeat without a fresh proof, are 420
  duration rln_age_max = std::chrono::seconds(20);  ///< off the node's clock

  duration archive_age_max =
      std::chrono::seconds(20);          ///< off the node's clock at arrival; else not archived
  bool end_inclusive = true;             ///< whether a query's end bound is part of the range
  std::uint32_t page_usual = 20;         ///< entries of a page when the request names no limit
  std::uint32_t page_max = 100;          ///< a higher limit is cut to this in silence
  std::uint32_t cursor_topics_max = 10;  ///< more content topics are an error, noticed only with a cursor
  bool first_page_unchecked = true;      ///< whether too many content topics pass on the first page
  /// Whether store v3 takes pubsub and content topics only together, and hashes only alone; else 400.
  bool criteria_in_pairs = false;
  /// Whether look-ups by hash alone are read from the newest, and forward ones not turned around. Over several
  /// pages forward ones then repeat entries and lose others, as nwaku's do: false, with a lookup_batch of 0, reads
  /// each once.
  bool lookups_newest_first = true;
  std::uint32_t lookup_batch = 100;  ///< a look-up of so many hashes brings foreign rows along; 0: none does
  std::uint32_t archive_error_status = 300;  ///< for all that the archive dislikes, cursors included
  bool store_errors_named =
      false;  ///< store v3: whether errors bring the request's id (the text) or none (nwaku)
  bool legacy_store_resets = false;  ///< legacy store: errors but 429 and 503 reset the stream (go-waku)

  std::uint32_t subscribers_max = 1'000;
  bool full_refuses_refresh = false;   ///< at that number subscribers cannot add or refresh either (go-waku)
  std::uint32_t criteria_max = 1'000;  ///< of a peer; a request counts in full, repeated topics or not
  bool filter_needs_names = false;     ///< an empty request id or content topic is a bad request (go-waku)
  std::uint32_t request_topics_max = 100;
  duration subscription_lifetime = std::chrono::minutes(5);  ///< since the last request; swept each minute
  duration push_memory = std::chrono::minutes(2);    ///< a message is not pushed again so long; 0: no memory
  duration push_timeout = std::chrono::seconds(20);  ///< a client that takes longer for a push is dropped
  std::uint32_t push_failures_max = 3;               ///< failures in a row that drop a client; 0: none do

  // Bounds on the memory that filter clients can have taken; real nodes have none of these.
  std::size_t topic_bytes_max = 1'024;           ///< of a topic in a subscription; longer is a bad request
  std::size_t criteria_bytes_max = 268'435'456;  ///< of all subscriptions; 503 beyond it
  std::uint32_t push_queue_max = 100;       ///< pushes that wait for a client; one more and it is dropped
  std::uint32_t push_bodies_max = 4'096;    ///< messages that wait; at one more the slowest clients go
  std::size_t push_bytes_max = 67'108'864;  ///< of the messages that wait; beyond it the slowest clients go
  std::uint32_t push_memory_max = 16'384;   ///< messages remembered as pushed; the oldest are forgotten

  std::uint32_t exchange_given_max = 60;    ///< ENRs given to a client at once
  std::uint32_t exchange_kept_max = 1'000;  ///< ENRs kept of those that discovery has found
  /// False: peer exchange has no statuses (go-waku, the text), and what is over the rate is not answered.
  bool exchange_status = true;

  request_rate lightpush_rate{};
  request_rate filter_rate{30, std::chrono::minutes(1)};
  request_rate store_rate{};
  request_rate exchange_rate{};
};

/// A current nwaku node with everything on.
[[nodiscard]] inline profile nwaku_profile() { return {}; }

/// A store as 13/WAKU2-STORE has it where nodes differ from it; the rest as nwaku.
[[nodiscard]] inline profile specified_store_profile() {
  profile made;
  made.end_inclusive = false;
  made.first_page_unchecked = false;
  made.criteria_in_pairs = true;
  made.lookups_newest_first = false;
  made.lookup_batch = 0;
  made.archive_error_status = 400;
  made.store_errors_named = true;
  return made;
}

/// A lightpush node that answers with the numbers of the text, where real nodes have others; the rest as nwaku.
[[nodiscard]] inline profile specified_lightpush_profile() {
  profile made;
  made.oversize_status = 413;
  made.foreign_shard_status = 421;
  made.no_peers_status = 503;
  return made;
}

/// A go-waku node: legacy lightpush and filter at one request a second, no store, and OK for repeated bytes.
[[nodiscard]] inline profile go_waku_profile() {
  profile made;
  made.legacy_lightpush = true;
  made.store = false;
  made.autosharding = false;
  made.needs_content = true;
  made.repeat_is_success = true;
  made.end_inclusive = false;
  made.subscribers_max = 20;
  made.full_refuses_refresh = true;
  made.filter_needs_names = true;
  made.push_memory = duration::zero();
  made.push_failures_max = 2;
  made.lightpush_rate = {1, std::chrono::seconds(1)};
  made.filter_rate = {1, std::chrono::seconds(1)};
  made.exchange_status = false;
  made.exchange_rate = {1, std::chrono::seconds(1)};
  return made;
}

/// A go-waku node with the legacy store, of a time when these had one: it counts content topics on every page.
[[nodiscard]] inline profile go_waku_store_profile() {
  profile made = go_waku_profile();
  made.legacy_store = true;
  made.first_page_unchecked = false;
  made.archive_error_status = 400;
  made.legacy_store_resets = true;
  return made;
}

/// An older nwaku node whose only store is the legacy one.
[[nodiscard]] inline profile legacy_store_profile() {
  profile made;
  made.store = false;
  made.legacy_store = true;
  made.legacy_lightpush = true;
  return made;
}

}  // namespace waku::reliability::services
