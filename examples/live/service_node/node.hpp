// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <random>

#include <waku/reliability/adapter/sqlite_archive.hpp>
#include <waku/reliability/service/peer_exchange_service.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/wire/shard.hpp>

#include "../program/storing_node.hpp"
#include "settings.hpp"

namespace live_service_node {

namespace wr = waku::reliability;
namespace ws = wr::services;
namespace ww = wr::wire;

/// Everything on, in all versions. A burst of messages does not make a filter client a slow one.
inline ws::profile profile_of(const settings& chosen) {
  ws::profile made = live_program::storing_profile();
  made.legacy_store = true;
  made.push_queue_max = 1'000;
  for (const std::uint32_t each : chosen.shards)
    made.pubsub_topics.push_back(ww::shard{chosen.cluster, static_cast<std::uint16_t>(each)}.to_string());
  return made;
}

/// All services.
class node : public live_program::storing_node {
 public:
  node(const settings& chosen, const ws::profile& own)
      : storing_node(own, chosen.store_file, archived(chosen), chosen.cluster, chosen.shards_in_cluster),
        peer_exchange(own, std::random_device()()) {}

  ws::peer_exchange_service peer_exchange;

 private:
  // A loss of power may take the last seconds: other nodes have them, and nobody waits for a disk meanwhile.
  static wr::sqlite_archive_options archived(const settings& chosen) {
    wr::sqlite_archive_options options;
    options.limits.count = chosen.store_messages;
    options.survives_power_loss = false;
    return options;
  }
};

}  // namespace live_service_node
