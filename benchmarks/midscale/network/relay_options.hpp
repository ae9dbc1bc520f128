// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <midscale/network/gossip_options.hpp>
#include <midscale/network/link_options.hpp>

namespace midscale {

/// How one relay node is set up.
struct relay_node {
  std::uint16_t profile = 0;             ///< its place among the network's gossip options
  std::vector<std::uint16_t> shards{0};  ///< that it joins, each once
  bandwidth line;
};

/// What is the same for all nodes of a run.
struct relay_options {
  std::vector<gossip_options> gossip{1};  ///< of each profile that nodes have
  link_options link;
  std::uint32_t cluster = 1;       ///< in the names of shards
  std::size_t content_topic = 26;  ///< bytes of its name in messages; "/status/1/community/proto" has 25
  wr::duration notice{};           ///< so long after a node has gone others send to it
  bool every_frame_an_event =
      false;  ///< also those that can change nothing, which are otherwise counted at once
};

}  // namespace midscale
