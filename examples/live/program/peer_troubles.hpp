// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <network.hpp>

#include "console.hpp"
#include "shard_list.hpp"

namespace live_program {

namespace wl = waku_live;

/// Tells a person what is the matter with a peer and what to do about it: each trouble with a peer once, until it
/// appears.
class peer_troubles {
 public:
  peer_troubles(console& to, std::uint16_t cluster, const std::vector<std::uint32_t>& shards)
      : console_(&to), cluster_(cluster), shards_(text_of_shards(shards)) {}

  void tell(const wl::peer_notice& notice) {
    if (told_.size() == told_max) told_.clear();
    if (!told_.emplace(notice.peer.empty() ? notice.address : notice.peer, notice.trouble).second) return;
    const std::string sentence = sentence_of(notice);
    json object = {{"event", "notice"}, {"notice", name_of(notice.trouble)}, {"address", notice.address}};
    if (!notice.peer.empty()) object["peer"] = notice.peer;
    if (!notice.why.empty()) object["why"] = notice.why;
    if (notice.cluster) object["cluster"] = *notice.cluster;
    if (!notice.shards.empty()) object["shards"] = std::vector(notice.shards.begin(), notice.shards.end());
    object["sentence"] = sentence;
    console_->note(object, sentence);
  }
  void appeared(const wl::network_peer& peer) {
    std::erase_if(told_, [&](const auto& each) { return each.first == peer.id; });
  }

 private:
  static constexpr std::size_t told_max = 1'000;  // Anybody may dial a service node.

  static std::string_view name_of(wl::peer_trouble trouble) noexcept {
    switch (trouble) {
      case wl::peer_trouble::bad_address: return "bad_address";
      case wl::peer_trouble::unreachable: return "unreachable";
      case wl::peer_trouble::other_cluster: return "other_cluster";
      case wl::peer_trouble::no_cluster: return "no_cluster";
      case wl::peer_trouble::no_metadata: return "no_metadata";
      case wl::peer_trouble::other_shards: return "other_shards";
      case wl::peer_trouble::turned_away: return "turned_away";
    }
    return "unknown";
  }
  // Go's errors tell from the outermost on what was tried; the cause comes last.
  static std::string cause_in(std::string_view why) {
    constexpr std::string_view colon = ": ";
    const std::size_t at = why.rfind(colon);
    return std::string(at == std::string_view::npos ? why : why.substr(at + colon.size()));
  }
  [[nodiscard]] std::string sentence_of(const wl::peer_notice& notice) const {
    std::string said(notice.address);
    const std::string own = std::to_string(cluster_);
    switch (notice.trouble) {
      case wl::peer_trouble::bad_address:
        return said + " is no address of a peer: give it with the peer id that the node prints at its start";
      case wl::peer_trouble::unreachable:
        return said + " cannot be reached (" + cause_in(notice.why) +
               "): check that the node runs, that address and port are right, and that the id "
               "after /p2p/ is the node's own; it is tried again";
      case wl::peer_trouble::other_cluster:
        said += " is of cluster " + std::to_string(notice.cluster.value_or(0)) +
                ", and this program of cluster " + own;
        return said + ": start it with --cluster " + std::to_string(notice.cluster.value_or(0)) +
               ", or give a peer of cluster " + own;
      case wl::peer_trouble::no_cluster:
        return said + " names no cluster, so it cannot be told whether it is of cluster " + own +
               ": give a peer that is set up for a cluster";
      case wl::peer_trouble::no_metadata:
        return said + " did not tell its cluster and shards (" + std::string(notice.why) +
               "), and is used as if they were right: if it answers nothing, give another peer";
      case wl::peer_trouble::other_shards: {
        const std::string theirs = text_of_shards({notice.shards.begin(), notice.shards.end()});
        return said + " is of shards " + theirs + ", and this program uses " + shards_ +
               ", so it is of no use: start this with --shards " + theirs + ", or give a peer of shards " +
               shards_;
      }
      case wl::peer_trouble::turned_away:
        return said +
               " ended the connection before it told anything, as those do that are of another cluster "
               "than " +
               own + ": compare --cluster with the node's";
    }
    return said;
  }

  console* console_;
  std::uint16_t cluster_;
  std::string shards_;
  std::set<std::pair<std::string, wl::peer_trouble>> told_;
};

}  // namespace live_program
