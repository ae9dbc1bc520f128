// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "../program/address.hpp"
#include "../program/shard_list.hpp"
#include "settings.hpp"

namespace live_service_node {

/// Reads the words into `chosen`. Gives -1, or the code to exit with where help was asked for or something is wrong,
/// which is told. Throws std::invalid_argument for wrong shards.
inline int read_command_line(int count, char** words, settings& chosen) {
  CLI::App app(
      "A Waku service node: relay, store, filter, lightpush, metadata and peer exchange over libp2p.");
  std::string shards = "0-7";
  app.add_option("--listen", chosen.listen, "multiaddr to listen at, repeatable")
      ->capture_default_str()
      ->check(live_program::wrong_with_own_address);
  app.add_option("--announce", chosen.announce,
                 "multiaddr that peers are told to dial, repeatable; none: those listened at")
      ->check(live_program::wrong_with_own_address);
  app.add_option("--key-file", chosen.key_file,
                 "the node's identity, made there if there is none; else a new one");
  app.add_option("--peer", chosen.peers, "multiaddr of a node to stay connected to, repeatable")
      ->check(live_program::wrong_with_peer_address);
  app.add_option("--cluster", chosen.cluster, "the network's cluster")
      ->capture_default_str()
      ->check(CLI::Range(0, 65'535));
  app.add_option("--shards", shards, "the shards to relay and serve, such as 0,3 or 0-7")
      ->capture_default_str();
  app.add_option("--shards-in-cluster", chosen.shards_in_cluster, "for content topics without a pubsub topic")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'024));
  app.add_option("--store", chosen.store_file, "SQLite file of the store; none: it is in memory");
  app.add_option("--store-messages", chosen.store_messages,
                 "how many messages the store keeps; at one more the oldest leaves")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000'000));
  app.add_flag("--json", chosen.json, "one JSON object a line on the standard output");
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  chosen.shards = live_program::parse_shards(shards);
  return -1;
}

}  // namespace live_service_node
