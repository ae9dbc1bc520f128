// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>

namespace waku::reliability {

/// A peer, by a number that the transport chooses and maps to its own notion of a peer. The transport
/// keeps a number for one peer as long as the node lives; small numbers make small tables.
enum class peer_id : std::uint32_t {};

/// The protocols that a peer serves, as its identify message lists them.
struct peer_protocols {
  bool lightpush = false;
  bool filter = false;
  bool store = false;         ///< store v3: content queries, presence queries and look-ups by hash
  bool legacy_store = false;  ///< store 2.0.0-beta4: content queries with bodies, nothing by hash (R37)

  friend constexpr bool operator==(const peer_protocols&, const peer_protocols&) = default;
};

/// The services whose nodes are pooled.
enum class service : std::uint8_t { lightpush, filter, store };

}  // namespace waku::reliability
