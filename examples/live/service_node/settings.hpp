// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace live_service_node {

/// What the command line asks for.
struct settings {
  std::vector<std::string> listen{"/ip4/127.0.0.1/tcp/0"};
  std::vector<std::string> announce;
  std::string key_file;
  std::vector<std::string> peers;
  std::uint16_t cluster = 1;
  std::vector<std::uint32_t> shards;
  std::uint32_t shards_in_cluster = 8;
  std::string store_file;
  std::size_t store_messages = 1'000'000;  ///< one more, and the oldest leaves
  bool json = false;
};

}  // namespace live_service_node
