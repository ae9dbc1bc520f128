// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/instant.hpp>

#include <midscale/discovery/node_record.hpp>
#include <midscale/network/link_options.hpp>

namespace midscale {

/// How a node looks for others all the time.
enum class discv5_search : std::uint8_t {
  sweep,  ///< asks the known nodes that are nearest to a random target, each once, then pauses
  walk,   ///< goes nearer to a random target with each answer, as fast as what it finds is taken
};

/// What a kind of software does in discv5. nwaku_discv5() and go_waku_discv5() say where each number is from.
struct discv5_software {
  discv5_search search = discv5_search::sweep;
  wr::duration pause =
      std::chrono::seconds(5);  ///< between sweeps; of a walk after each `taken_at_once` nodes found
  wr::duration taken_each{};    ///< a walk's nodes are taken one after another, at this distance
  std::uint32_t taken_at_once = 16;

  std::uint32_t parallel = 3;       ///< requests of one look-up under way at once (alpha)
  std::uint32_t first_lookups = 1;  ///< for random targets, after one for itself, when a node starts
  std::uint32_t answered = 16;      ///< records in an answer at most

  std::uint32_t bucket = 16;        ///< nodes
  std::uint32_t replacements = 8;   ///< kept beside a full bucket
  std::uint32_t fixed_buckets = 0;  ///< 0: the bucket that holds the own id splits when it is full
  bool newest_replaces = true;      ///< a node that is gone; else one drawn from the replacements
  bool answer_comes_first =
      true;  ///< a node that answered anything is the last to be looked at; else only by PONG
  bool gives_unseen = false;   ///< answers with nodes also that it had no answer from itself
  std::uint32_t failures = 1;  ///< requests without an answer after which a node is replaced
  /// False: a packet without a session is ignored while a handshake with its sender goes on. True: each is challenged,
  /// and one request to a node waits for another.
  bool one_at_a_time = false;

  wr::duration revalidation = std::chrono::seconds(10);  ///< a PING each time after at most so long
  wr::duration response = std::chrono::seconds(4);       ///< is waited for
  wr::duration handshake = std::chrono::seconds(2);      ///< so long a challenge stands
  std::uint32_t sessions = 256;                          ///< kept, those used last

  std::uint32_t records_at_once = 3;  ///< in one NODES packet
  std::size_t record_bytes = 1'280;   ///< of records in one NODES packet
  node_record record;
};

/// nwaku 0.34 with its nim-eth (bb5cb6a). waku/discovery/waku_discv5.nim, searchLoop: a query for a random target, then
/// 5 seconds. eth/p2p/discoveryv5/protocol.nim: query, alpha, initialLookups, findNodeResultLimit, maxNodesPerMessage,
/// revalidateMax, defaultResponseTimeout, defaultHandshakeTimeout, Sessions.init(256), seenOnly in handleFindNode;
/// sendWhoareyou ignores a packet while a handshake goes on. routing_table.nim: BUCKET_SIZE, REPLACEMENT_CACHE_SIZE,
/// replaceNode. waku/factory/external_config.nim, discv5BitsPerHop = 1: only the own bucket splits. The refresh after
/// five minutes without a query never comes, since queries go on.
[[nodiscard]] inline discv5_software nwaku_discv5() { return {}; }

/// go-waku 0.10 with go-discover, its fork of go-ethereum's discovery. waku/v2/discv5/discover.go: peerDelay,
/// delayBetweenDiscoveredPeerCnt, bucketSize. discover/table.go: bucketSize, maxReplacements, nBuckets, the three
/// look-ups of doRefresh, revalidateInterval; v4_udp.go: maxFindnodeFailures; v5_udp.go: respTimeoutV5,
/// findnodeResultLimit, packNodes, activeCallByNode; v5wire/encoding.go and session.go: 1,024 sessions,
/// handshakeTimeout. Its refresh every 30 minutes is left out, since runs are shorter.
[[nodiscard]] inline discv5_software go_waku_discv5() {
  discv5_software made;
  made.search = discv5_search::walk;
  made.taken_each = std::chrono::milliseconds(100);
  made.first_lookups = 3;
  made.replacements = 10;
  made.fixed_buckets = 17;
  made.newest_replaces = false;
  made.answer_comes_first = false;
  made.gives_unseen = true;
  made.failures = 5;
  made.one_at_a_time = true;
  made.response = std::chrono::milliseconds(700);
  made.handshake = std::chrono::seconds(1);
  made.sessions = 1'024;
  made.records_at_once = 16;
  made.record_bytes = 1'000;
  made.record.sequence = 1'700'000'000'000;
  made.record.has_multiaddrs = false;
  return made;
}

/// One node of a run.
struct discv5_node {
  std::uint16_t software = 0;  ///< its place among the options' software
  bool takes_part = true;
  std::uint32_t region = 0;  ///< of the link options
};

/// What is the same for all nodes of a run.
struct discv5_options {
  std::vector<discv5_software> software{nwaku_discv5()};
  link_options link;                        ///< two nodes have one latency, both ways, as long as they live
  double loss = 0;                          ///< share of packets that never come
  std::vector<std::uint32_t> bootstrap{0};  ///< nodes whose records all have from the start
  /// Nodes start within so long, each at a moment drawn for it: our choice.
  wr::duration starts_within = std::chrono::seconds(10);
};

}  // namespace midscale
