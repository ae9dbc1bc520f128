// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <generic/driven_node.hpp>

/// What is true in a schedule, whatever the node under test believes: which messages exist and who holds them.
namespace generic::random_schedules {

inline constexpr std::array<std::string_view, 2> shard_names{"/waku/2/rs/1/0", "/waku/2/rs/1/1"};
inline constexpr std::array<std::string_view, 4> topic_names{"/r/1/a/proto", "/r/1/b/proto", "/r/1/c/proto",
                                                             "/r/1/d/proto"};
inline constexpr std::uint32_t nothing = ~std::uint32_t{0};

/// The place of a name in shard_names or topic_names.
template <std::size_t Count>
[[nodiscard]] constexpr std::uint32_t place_of(const std::array<std::string_view, Count>& names,
                                               std::string_view name) {
  for (std::uint32_t place = 0; place < Count; ++place) {
    if (names[place] == name) return place;
  }
  return nothing;
}

using bit_set = std::uint32_t;
[[nodiscard]] constexpr bit_set bit(std::uint32_t place) { return bit_set{1} << place; }
[[nodiscard]] constexpr bool has(bit_set set, std::uint32_t place) { return (set & bit(place)) != 0; }

/// One message that somebody made.
struct truth {
  message body;
  wr::message_hash hash;
  std::uint32_t shard = 0;
  std::uint32_t topic = 0;
  std::uint32_t own = nothing;         ///< the publication it belongs to, if it is ours
  std::optional<duration> entered_at;  ///< when a first relay node took it in
  bit_set stored = 0;                  ///< peers that hold it
  bit_set listed_by = 0;               ///< peers that told the node that they hold it
  bit_set pushed_by = 0;               ///< filter nodes that pushed it to the node
  std::uint32_t deliveries = 0;
  duration delivered_at{};
  bool given_up = false;           ///< the node reported that nobody gives the body
  bool wanted_throughout = false;  ///< subscribed when it entered, and ever since
};

/// A service node.
struct peer {
  wr::peer_protocols protocols{};
  bit_set serves = 0;      ///< shards
  bool announced = false;  ///< the node was told of it, and not that it left
  duration left_at{};      ///< when the node was told that it left, or of other protocols
  bool reachable = true;
  std::array<bit_set, shard_names.size()> subscribed{};  ///< our content topics at this filter node

  [[nodiscard]] bool stores() const { return protocols.store || protocols.legacy_store; }
};

/// A content query as a store node reads it.
struct content_query {
  std::uint32_t shard = 0;
  bit_set topics = 0;
  std::int64_t start = 0;
  std::int64_t end = 0;
  bool end_included = true;
};

class network {
 public:
  std::vector<peer> peers;
  std::vector<truth> truths;

  /// The message with this hash; none if nobody made it.
  [[nodiscard]] std::optional<std::uint32_t> find(const wr::message_hash& hash) const;
  /// Adds a message; its place if it is known already.
  std::uint32_t add(std::uint32_t shard, const message& body);
  [[nodiscard]] wr::message_hash hash_of(std::uint32_t shard, const message& body) const;

  /// What a store holds of a content query, oldest first.
  [[nodiscard]] std::vector<std::uint32_t> listing(std::uint32_t store, const content_query& query) const;
  /// True if a store would take the message in now: not ephemeral, and stamped within 20 s.
  [[nodiscard]] static bool archivable(const message& body, wr::wall_time now);
};

}  // namespace generic::random_schedules
