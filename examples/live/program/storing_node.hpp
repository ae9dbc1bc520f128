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

namespace live_program {

namespace wr = waku::reliability;
namespace ws = wr::services;
namespace ww = wr::wire;

/// What such a node does otherwise than nwaku: look-ups are read so that no entry of several pages is lost, and a
/// lightpush without a payload is refused, since go-waku's relay nodes think less of a node that passes one on.
inline ws::profile storing_profile() {
  ws::profile made;
  made.lookups_newest_first = false;
  made.lookup_batch = 0;
  made.needs_content = true;
  return made;
}

/// What became of the messages that came.
struct intake_counts {
  std::uint64_t stored = 0;
  /// Ephemeral, off the clock, known already, or older than all of a full store.
  std::uint64_t not_stored = 0;
  std::uint64_t failed = 0;  ///< the store has an error
};

/// Store, filter and lightpush: what comes by relay or lightpush is stored, and queued for filter clients. Messages are
/// kept as the bytes that they have on the wire.
class storing_node {
  using kept_bytes = std::vector<std::byte>;
  using archive = wr::sqlite_archive<kept_bytes>;

 public:
  /// The store is in memory where `store_file` is empty. Without `shards_in_cluster` no content topic has a shard.
  storing_node(const ws::profile& own, const std::string& store_file,
               const wr::sqlite_archive_options& archived, std::uint16_t cluster,
               std::uint32_t shards_in_cluster)
      : store(own, archive(store_file.empty() ? ":memory:" : store_file, archived)),
        filter(own, std::random_device()()),
        lightpush(own),
        cluster_(cluster),
        shards_in_cluster_(shards_in_cluster) {}

  [[nodiscard]] const intake_counts& counts() const noexcept { return counts_; }
  wr::message_hash hash_of(std::string_view topic, const wr::message& m) {
    return hasher_(wr::hashed_parts(topic, m));
  }

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
    const ws::store_intake taken = store.take_in(record, m.ephemeral, std::move(bytes), now.wall);
    ++(taken == ws::store_intake::stored   ? counts_.stored
       : taken == ws::store_intake::failed ? counts_.failed
                                           : counts_.not_stored);
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

  /// Publishes by relay, and gives to how many peers.
  std::function<std::uint32_t(std::string_view, const wr::message&)> forward;
  ws::store_service<archive> store;
  ws::filter_service<wr::message> filter;
  ws::lightpush_service lightpush;

 private:
  wr::openssl_hasher hasher_;
  ww::message_codec codec_;
  std::uint16_t cluster_;
  std::uint32_t shards_in_cluster_;
  intake_counts counts_;
};

}  // namespace live_program
