// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/instant.hpp>

#include <midscale/results/measurements.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// What is counted between the end of the warm-up and the end of the run. Bytes out count when they are sent, bytes in
/// when they come; a frame may be entered before it comes, with the time at which it will.
class ledger {
 public:
  /// Relay nodes have the first numbers, and `others` those after them.
  ledger(std::uint32_t relay_nodes, wr::duration begin, wr::duration end, std::uint32_t others = 0)
      : begin_(begin), end_(end), relay_nodes_(relay_nodes) {
    assert(begin <= end);
    for (auto& each : by_node_) each.resize(std::size_t{relay_nodes} + others);
    seconds_.resize(
        static_cast<std::size_t>((end - begin + wr::duration(999'999'999)) / std::chrono::seconds(1)));
  }

  [[nodiscard]] wr::duration begin() const noexcept { return begin_; }
  [[nodiscard]] wr::duration end() const noexcept { return end_; }
  [[nodiscard]] bool open(wr::duration at) const noexcept { return at >= begin_ && at < end_; }

  void sent(protocol what, std::uint32_t node, wr::duration at, std::uint64_t bytes) noexcept {
    if (!open(at)) return;
    by_node_[index(what)][node].out += bytes;
    second(at).bytes[index(what)].out += bytes;
  }
  void received(protocol what, std::uint32_t node, wr::duration at, std::uint64_t bytes) noexcept {
    if (!open(at)) return;
    by_node_[index(what)][node].in += bytes;
    second(at).bytes[index(what)].in += bytes;
  }
  /// Bytes of all nodes together, in a protocol that is not counted by node.
  void exchanged(protocol what, wr::duration at, const byte_pair& bytes) noexcept {
    if (!open(at)) return;
    byte_pair& sum = second(at).bytes[index(what)];
    sum.in += bytes.in;
    sum.out += bytes.out;
  }
  /// Bytes that came where nobody was.
  void lost(wr::duration at, std::uint64_t bytes) noexcept {
    if (open(at)) lost_ += bytes;
  }
  /// A whole message came to a relay node, to one that had it or not.
  void copy(wr::duration at, bool duplicate, std::uint32_t message) noexcept {
    if (!open(at)) return;
    ++copies_;
    if (!duplicate) return;
    ++duplicates_;
    if (message >= before_ && message - before_ < sent_.size()) ++duplicates_by_message_[message - before_];
  }

  /// A message was published, numbers going up by one, which so many others are to receive.
  void published(const publication& message, std::uint64_t expected) {
    if (!open(message.at)) {
      if (message.at < begin_) ++before_;
      return;
    }
    sent_.push_back(message);
    reached_.push_back({expected, 0});
    duplicates_by_message_.push_back(0);
    second(message.at).expected += expected;
  }
  /// One of the nodes that were to receive a message has published it too: it is not to receive it.
  void published_again(std::uint32_t message) noexcept {
    if (message < before_ || message - before_ >= sent_.size()) return;
    --second(sent_[message - before_].at).expected;
    --reached_[message - before_].expected;
  }
  /// A node has a message for the first time. `expected`: it is one of those that were to receive it. What was
  /// published in the measured time counts whenever it comes.
  void first(const receipt& what, bool expected) {
    if (what.message < before_ || what.message - before_ >= sent_.size()) return;
    receipt kept = what;
    kept.message -= before_;
    if (expected) {
      ++second(sent_[kept.message].at).delivered;
      ++reached_[kept.message].delivered;
    }
    received_.push_back(kept);
  }

  /// The mesh log: the mesh of one member at one heartbeat.
  void mesh(wr::duration at, std::uint32_t degree) noexcept {
    if (!open(at)) return;
    mesh_degrees_ += degree;
    ++meshes_;
  }
  /// The mesh log: a member took a neighbour into its mesh, or out of it.
  void mesh_changed(wr::duration at) noexcept {
    if (open(at)) ++mesh_changes_;
  }
  /// The mesh log: a message goes over links of a mesh for the first time, and over others against the way it came.
  void mesh_links(wr::duration at, std::uint32_t first, std::uint32_t back) noexcept {
    if (!open(at)) return;
    links_ += first;
    both_ways_ += back;
  }
  /// From a time on, so many relay nodes are online.
  void online(wr::duration at, std::uint32_t nodes) {
    fill_online(at);
    online_ = nodes;
  }

  /// Enters all into measurements; what others fill in stays.
  void report(measurements& into) {
    fill_online(end_);
    into.relay_by_node.assign(relay_nodes_, {});
    for (const protocol what : {protocol::relay, protocol::relay_control})
      for (std::size_t node = 0; node < relay_nodes_; ++node) {
        into.relay_by_node[node].in += by_node_[index(what)][node].in;
        into.relay_by_node[node].out += by_node_[index(what)][node].out;
      }
    into.discv5_by_node = by_node_[index(protocol::discv5)];
    into.discv5_by_node.resize(relay_nodes_);
    into.seconds = seconds_;
    into.sent = sent_;
    into.reached = reached_;
    into.received = by_message();
    into.copies = copies_;
    into.duplicates = duplicates_;
    into.duplicates_by_message = duplicates_by_message_;
    into.lost_bytes = lost_;
    into.mean_mesh_degree =
        meshes_ == 0 ? 0 : static_cast<double>(mesh_degrees_) / static_cast<double>(meshes_);
    into.mesh_changes = meshes_ == 0 ? 0 : static_cast<double>(mesh_changes_) / static_cast<double>(meshes_);
    into.both_ways_share = links_ == 0 ? 0 : static_cast<double>(both_ways_) / static_cast<double>(links_);
  }

  [[nodiscard]] const std::vector<byte_pair>& by_node(protocol what) const noexcept {
    return by_node_[index(what)];
  }

 private:
  static constexpr std::size_t index(protocol what) noexcept { return static_cast<std::size_t>(what); }
  second_of_run& second(wr::duration at) noexcept {
    return seconds_[static_cast<std::size_t>((at - begin_) / std::chrono::seconds(1))];
  }
  // The number that was online stands in each second that began before the time.
  void fill_online(wr::duration at) {
    for (; filled_ < seconds_.size() && begin_ + std::chrono::seconds(filled_) < at; ++filled_)
      seconds_[filled_].nodes_online = online_;
  }
  // Receipts by message; those of one stay in their order.
  [[nodiscard]] std::vector<receipt> by_message() const {
    std::vector<std::size_t> place(sent_.size() + 1);
    for (const receipt& each : received_) ++place[each.message + 1];
    for (std::size_t message = 0; message < sent_.size(); ++message) place[message + 1] += place[message];
    std::vector<receipt> sorted(received_.size());
    for (const receipt& each : received_) sorted[place[each.message]++] = each;
    return sorted;
  }

  wr::duration begin_, end_;
  std::size_t relay_nodes_;
  std::array<std::vector<byte_pair>, protocols> by_node_;
  std::vector<second_of_run> seconds_;
  std::vector<publication> sent_;
  std::vector<delivery> reached_;
  std::vector<std::uint32_t> duplicates_by_message_;
  std::vector<receipt> received_;
  std::uint64_t copies_ = 0, duplicates_ = 0, lost_ = 0;
  std::uint64_t mesh_degrees_ = 0, meshes_ = 0, mesh_changes_ = 0, links_ = 0, both_ways_ = 0;
  std::uint32_t before_ = 0, online_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace midscale
