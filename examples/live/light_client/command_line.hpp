// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "../program/address.hpp"
#include "../program/shard_list.hpp"
#include "settings.hpp"

namespace live_light_client {

/// What every client is told, however it reaches its peers.
inline void add_client_options(CLI::App& app, settings& chosen, std::string& shards) {
  app.add_option("--cluster", chosen.cluster, "the network's cluster")
      ->capture_default_str()
      ->check(CLI::Range(0, 65'535));
  app.add_option(
      "--shards", shards,
      "shards to receive from, such as 0,3 or 0-7, the first also to publish to; none: those of the content "
      "topics, by autosharding");
  app.add_option("--shards-in-cluster", chosen.shards_in_cluster, "for autosharding")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'024));
  app.add_option("--content-topic", chosen.content_topics,
                 "to receive, repeatable; the first is also published to")
      ->capture_default_str()
      ->check([](const std::string& text) -> std::string {
        return text.empty() ? "it is empty: give one like /my-app/1/chat/plain" : "";
      });
  app.add_flag("--relay", chosen.relay, "take part in the relay, instead of lightpush and filter");
  app.add_flag("--json", chosen.json, "one JSON object a line on the standard output");
  app.add_flag("--verbose", chosen.verbose, "tell who is asked, what they answer, and what is done about it");
}

/// Reads the words into `chosen`. Gives -1, or the code to exit with where help was asked for or something is wrong,
/// which is told. Throws std::invalid_argument for wrong shards.
inline int parse_words(CLI::App& app, int count, char** words, settings& chosen, const std::string& shards) {
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (!shards.empty()) chosen.shards = live_program::parse_shards(shards);
  return -1;
}

/// As parse_words, for the client over libp2p.
inline int read_command_line(int count, char** words, settings& chosen) {
  CLI::App app(
      "A Waku client: publishes each line of the standard input, prints what others publish, and for each "
      "line of its own whether it has arrived.");
  std::string shards;
  app.add_option("--peer", chosen.peers,
                 "multiaddr of a node to use, with its peer id, repeatable; two are better")
      ->required()
      ->check(live_program::wrong_with_peer_address);
  add_client_options(app, chosen, shards);
  app.add_option("--key-file", chosen.key_file,
                 "the client's identity, made there if there is none; else a new one");
  return parse_words(app, count, words, chosen, shards);
}

}  // namespace live_light_client
