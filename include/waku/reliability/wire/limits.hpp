// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>

namespace waku::reliability::wire {

/// The most that is taken in from a peer. Checked over the raw bytes before memory is taken for them. The
/// sizes of frames follow from these; see frame_limit() in schema.hpp.
struct limits {
  std::size_t message_bytes =
      153'600;                         ///< an encoded WakuMessage; the network's own limit, 1 MiB on Status's
  std::size_t meta_bytes = 64;         ///< the spec's limit
  std::size_t proof_bytes = 4'096;     ///< an encoded RLN proof; nwaku's takes about 350
  std::size_t topic_bytes = 4'096;     ///< a pubsub topic or content topic; no spec limits them
  std::size_t request_id_bytes = 256;  ///< nwaku's has 20, js-waku's 36
  std::size_t text_bytes = 16'384;     ///< a status text, which may quote a database's complaint
  std::size_t record_bytes = 300;      ///< an ENR, by its spec

  /// So much more may a message have that is pushed to a server: it is read, and refused by the service, which has a
  /// status for it; a GiB in all at most. js-waku sends up to 1 MiB whatever the network allows.
  std::size_t oversize_bytes = 1'048'576;

  std::size_t content_topics = 1'000;  ///< in one request; filter nodes accept 100, store nodes 10
  std::size_t hashes = 1'000;          ///< in one store request; nwaku's database takes 100 at a time
  std::size_t entries = 1'000;         ///< on one store page; nodes give at most 100
  std::size_t page_messages = 100;     ///< as many messages of full size fit into the frame of a store page
  std::size_t peers = 1'000;           ///< in one peer exchange reply; nwaku gives at most 60
  std::size_t shards = 1'024;          ///< in one metadata message; so many shards can be named
  std::size_t relayed = 1'000;         ///< subscriptions, or messages, in one gossipsub RPC

  /// Fields that the schema does not have, those within groups too: Protobuf keeps them unread, at up to 30 times
  /// their size. So many in any frame, and so many more for each message in its lists.
  std::size_t unknown_fields = 32;
  std::size_t unknown_fields_per_element = 8;
  std::size_t group_depth = 8;  ///< groups, which no schema has, within each other
};

}  // namespace waku::reliability::wire
