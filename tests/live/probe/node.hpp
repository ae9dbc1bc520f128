// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/adapter/sqlite_archive.hpp>
#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/filter_service.hpp>
#include <waku/reliability/service/lightpush_service.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/shard.hpp>

#include "settings.hpp"

namespace live_probe {

namespace wr = waku::reliability;
namespace ws = wr::services;
namespace ww = wr::wire;

inline ws::profile profile_of(const settings& chosen) {
  ws::profile made;
  made.lightpush = chosen.serves("lightpush");
  made.filter = chosen.serves("filter");
  made.store = made.legacy_store = chosen.serves("store");
  made.autosharding = chosen.shards_in_cluster != 0;
  made.lookups_newest_first = false;
  made.lookup_batch = 0;
  if (!chosen.limited) made.filter_rate = {};
  return made;
}

/// The services of a node: what is new is stored, and queued for filter clients. Messages are kept as the bytes that
/// they have on the wire.
class node {
  using kept_bytes = std::vector<std::byte>;
  using archive = wr::sqlite_archive<kept_bytes>;

 public:
  node(const settings& chosen, const ws::profile& own)
      : store(own, archive(chosen.store_file.empty() ? ":memory:" : chosen.store_file)),
        filter(own, std::random_device()()),
        lightpush(own),
        cluster_(chosen.cluster),
        shards_in_cluster_(chosen.shards_in_cluster) {}

  // What wire::basic_server and libp2p_service call.

  wr::relay_reply relay(std::string_view topic, const wr::message& m) {
    relayed(topic, m);
    return {forward(topic, m)};
  }
  void relayed(std::string_view topic, const wr::message& m) {
    const wr::instant now = wr::read_clocks();
    const wr::message_hash hash = hash_of(topic, m);
    kept_bytes bytes;
    codec_.encode(m, bytes);
    const ws::archive_record record{hash, m.timestamp, topic, m.content_topic, bytes.size()};
    static_cast<void>(store.take_in(record, m.ephemeral, std::move(bytes), now.wall));
    filter.relayed(topic, m.content_topic, hash, m, now.steady);
  }
  wr::message message_of(const kept_bytes& kept) {
    wr::message m;
    if (codec_.decode(kept, m)) m = {};
    return m;
  }
  std::optional<std::string> shard_of(std::string_view content_topic) {
    if (shards_in_cluster_ == 0) return std::nullopt;
    return ww::autosharding(hasher_, cluster_, shards_in_cluster_)(content_topic);
  }
  wr::message_hash hash_of(std::string_view topic, const wr::message& m) {
    return hasher_(wr::hashed_parts(topic, m));
  }

  std::function<std::uint32_t(std::string_view, const wr::message&)> forward;
  ws::store_service<archive> store;
  ws::filter_service<wr::message> filter;
  ws::lightpush_service lightpush;

 private:
  wr::openssl_hasher hasher_;
  ww::message_codec codec_;
  std::uint16_t cluster_;
  std::uint32_t shards_in_cluster_;
};

}  // namespace live_probe
