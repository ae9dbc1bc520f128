// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include <waku/reliability/service/metadata_service.hpp>
#include <waku/reliability/wire/generated.hpp>

/// Metadata (66/WAKU2-METADATA).
namespace waku::reliability::wire {

/// Encodes and decodes what nodes say of themselves: request and response are alike. Encoding appends one frame;
/// decoding takes what was in a frame. `Metadata` is a WakuMetadataRequest with the fields shards (2, unpacked)
/// and shards_packed (3), as in our schema.
template <generated_message Metadata>
class basic_metadata_codec {
 public:
  explicit basic_metadata_codec(const limits& most = {}) : parser_(most) {}

  /// The shards go out twice, since peers read one field or the other. No frame of metadata may have more than
  /// 1,024 bytes: shards beyond that are left out.
  void encode(const services::metadata& told, byte_buffer& target) {
    metadata_.Clear();
    std::size_t size = 0;
    if (told.cluster) {
      metadata_.set_cluster_id(*told.cluster);
      size = 1 + varint_size(*told.cluster);
    }
    const std::size_t packed_tag_and_length = 3;
    for (const std::uint32_t shard : told.shards) {
      size += 1 + 2 * varint_size(shard);
      if (size + packed_tag_and_length > frames::metadata.fixed_bytes) break;
      metadata_.add_shards(shard);
      metadata_.add_shards_packed(shard);
    }
    append_framed(metadata_, target);
  }

  /// Reads the shards from the field that go-waku writes, or where it is empty from the spec's.
  [[nodiscard]] std::optional<rejection> decode(std::span<const std::byte> bytes,
                                                services::metadata& target) {
    if (auto refused = parser_.parse(bytes, frames::metadata, metadata_)) return refused;
    constexpr std::uint32_t most = std::numeric_limits<std::uint16_t>::max();
    if (metadata_.cluster_id() > most)
      return rejection{protocol::metadata, field::cluster_id, reason::invalid_value};
    const bool packed = metadata_.shards_packed_size() != 0;
    const auto& shards = packed ? metadata_.shards_packed() : metadata_.shards();
    if (std::any_of(shards.begin(), shards.end(), [](std::uint32_t shard) { return shard > most; })) {
      return rejection{protocol::metadata, packed ? field::shards_packed : field::shards,
                       reason::invalid_value};
    }
    target.cluster.reset();
    if (parser_.has(field::cluster_id)) target.cluster = metadata_.cluster_id();
    target.shards.assign(shards.begin(), shards.end());
    return std::nullopt;
  }

 private:
  checked_parser parser_;
  Metadata metadata_;
};

}  // namespace waku::reliability::wire
