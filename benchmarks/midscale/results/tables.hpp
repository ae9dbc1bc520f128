// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include <midscale/results/measurements.hpp>
#include <midscale/results/text_file.hpp>

namespace midscale {

constexpr std::array<std::string_view, 4> way_names{"mesh", "gossip", "filter", "store"};

/// A line for each publication, in the order in which they were made. `message` is the number by which the table of
/// receipts names it.
inline void write_sent(const std::filesystem::path& path, const std::vector<publication>& sent) {
  text_file file(path);
  file << "message,at_us,node,shard,bytes\n";
  for (std::size_t message = 0; message < sent.size(); ++message) {
    const publication& each = sent[message];
    file << message << "," << each.at.count() / 1'000 << "," << each.node << "," << each.shard << ","
         << each.bytes << "\n";
  }
  file.finish();
}

/// A line for the first time that each node had each message, by message.
inline void write_received(const std::filesystem::path& path, const std::vector<receipt>& received) {
  text_file file(path);
  file << "message,node,latency_us,hops,by\n";
  for (const receipt& each : received)
    file << each.message << "," << each.node << "," << each.latency_us << "," << unsigned{each.hops} << ","
         << way_names[static_cast<std::size_t>(each.by)] << "\n";
  file.finish();
}

}  // namespace midscale
