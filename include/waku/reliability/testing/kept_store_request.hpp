// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/message_hash.hpp>

namespace waku::reliability::testing {

/// A store request with copies of all that it lent, for when it travels. Copies of it share them.
class kept_store_request {
 public:
  explicit kept_store_request(const store_request& made) : kept_(std::make_shared<const copies>(made)) {}

  /// Valid as long as this or a copy of it.
  [[nodiscard]] const store_request& request() const noexcept { return kept_->request; }

 private:
  struct copies {
    explicit copies(const store_request& made)
        : pubsub_topic(made.pubsub_topic),
          topics(made.content_topics.begin(), made.content_topics.end()),
          views(topics.begin(), topics.end()),
          hashes(made.hashes.begin(), made.hashes.end()),
          cursor(made.cursor.begin(), made.cursor.end()),
          request(made) {
      // A look-up by hash does not send the topic, which is there for the transport alone.
      request.pubsub_topic = hashes.empty() ? std::string_view(pubsub_topic) : std::string_view();
      request.content_topics = views;
      request.hashes = hashes;
      request.cursor = cursor;
    }
    copies(const copies&) = delete;
    copies& operator=(const copies&) = delete;

    std::string pubsub_topic;
    std::vector<std::string> topics;
    std::vector<std::string_view> views;
    std::vector<message_hash> hashes;
    store_cursor cursor;
    store_request request;
  };

  std::shared_ptr<const copies> kept_;
};

}  // namespace waku::reliability::testing
