// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace live_light_client {

/// What the command line asks for.
struct settings {
  std::vector<std::string> peers;
  std::uint16_t cluster = 1;
  std::vector<std::uint32_t> shards;  ///< none: that of each content topic, by autosharding
  std::uint32_t shards_in_cluster = 8;
  std::vector<std::string> content_topics{"/waku-live/1/chat/plain"};
  std::string key_file;
  bool relay = false;
  bool json = false;
  bool verbose = false;
};

}  // namespace live_light_client
