// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>

namespace waku::reliability::wire {

/// A store request that a server read, of either protocol. It owns what it names.
struct decoded_store_request {
  std::string request_id;
  std::string pubsub_topic;                 ///< empty: any
  std::vector<std::string> content_topics;  ///< empty: any
  std::optional<wall_time> time_start;
  std::optional<wall_time> time_end;
  std::vector<message_hash> hashes;
  bool include_data = false;
  store_cursor cursor;      ///< empty: the first page
  bool forward = true;      ///< from the oldest on
  std::uint32_t limit = 0;  ///< entries a page; 0: as many as the server likes
  bool legacy = false;

  /// The request as a store service takes it, asked by `client`. Valid until this changes, moves or goes.
  [[nodiscard]] store_request view(peer_id client) {
    topic_views_.assign(content_topics.begin(), content_topics.end());
    store_request request{};
    request.peer = client;
    request.pubsub_topic = pubsub_topic;
    request.content_topics = topic_views_;
    request.time_start = time_start;
    request.time_end = time_end;
    request.hashes = hashes;
    request.include_data = include_data;
    request.cursor = cursor;
    request.limit = limit;
    request.forward = forward;
    request.legacy = legacy;
    return request;
  }

 private:
  std::vector<std::string_view> topic_views_;
};

}  // namespace waku::reliability::wire
