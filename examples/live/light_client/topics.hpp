// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/wire/content_topic.hpp>
#include <waku/reliability/wire/shard.hpp>

#include "settings.hpp"

namespace live_light_client {

/// Where a client publishes, and what it receives.
struct topics {
  std::string pubsub_topic;                                  ///< to publish
  std::string content_topic;                                 ///< to publish
  std::map<std::string, std::vector<std::string>> received;  ///< content topics by pubsub topic
  std::vector<std::uint32_t> shards;                         ///< all that occur
};

/// Throws std::invalid_argument with a sentence where a content topic has no shard and none is given.
inline topics topics_of(const settings& chosen) {
  namespace ww = waku::reliability::wire;
  topics made;
  waku::reliability::openssl_hasher hasher;
  const auto add = [&](std::uint32_t shard, const std::string& content_topic) {
    std::string topic = ww::shard{chosen.cluster, static_cast<std::uint16_t>(shard)}.to_string();
    if (made.pubsub_topic.empty()) made.pubsub_topic = topic;
    made.received[std::move(topic)].push_back(content_topic);
    if (std::find(made.shards.begin(), made.shards.end(), shard) == made.shards.end())
      made.shards.push_back(shard);
  };
  made.content_topic = chosen.content_topics.front();
  for (const std::string& each : chosen.content_topics) {
    for (const std::uint32_t shard : chosen.shards) add(shard, each);
    if (!chosen.shards.empty()) continue;
    ww::content_topic parsed;
    const auto error = ww::parse_content_topic(each, parsed);
    if (error != ww::content_topic_error::none) {
      throw std::invalid_argument(
          "--content-topic " + each + ": it " + std::string(name_of(error)) +
          ", so it has no shard: give one like /my-app/1/chat/plain, or name the shard by "
          "--shards");
    }
    add(ww::shard_index(parsed, chosen.shards_in_cluster, hasher), each);
  }
  return made;
}

}  // namespace live_light_client
