// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/discovery/discv5_options.hpp>
#include <midscale/network/draw.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// The first 64 bits of a node id of 256. The others decide nothing while no two nodes have the same first ones.
using node_id = std::uint64_t;

/// The log distance of discv5, 256 for ids that differ in their first bit; 0 for equal ones.
[[nodiscard]] constexpr std::uint16_t log_distance(node_id one, node_id other) noexcept {
  return one == other ? 0 : static_cast<std::uint16_t>(256 - std::countl_zero(one ^ other));
}

/// The nodes that a node knows, in buckets by how many first bits of the id they share with its own: bucket i holds
/// those that share i, the last one all that share as many or more. Nodes are numbers; `ids` has their ids.
class routing_table {
 public:
  routing_table(node_id own, const discv5_software& software, const std::vector<node_id>& ids)
      : own_(own), software_(&software), ids_(&ids), buckets_(std::max(1U, software.fixed_buckets)) {
    assert(software.bucket <= most_in_bucket && software.replacements <= most_replacements);
  }

  /// Nodes, without replacements.
  [[nodiscard]] std::uint32_t size() const noexcept {
    std::uint32_t count = 0;
    for (const bucket& each : buckets_) count += each.size;
    return count;
  }
  [[nodiscard]] std::size_t buckets() const noexcept { return buckets_.size(); }
  [[nodiscard]] bool contains(std::uint32_t node) const noexcept {
    const bucket& own = bucket_of(id(node));
    return own.find(node) != own.size;
  }

  /// A record came. Known nodes stay where they are; of a full bucket the node becomes the newest replacement.
  void add(std::uint32_t node) {
    if (id(node) == own_) return;
    bucket* into = &bucket_of(id(node));
    if (into->find(node) != into->size) return;
    while (into->size == software_->bucket && software_->fixed_buckets == 0 && into == &buckets_.back() &&
           buckets_.size() < 64) {
      split();
      into = &bucket_of(id(node));
    }
    if (into->size < software_->bucket) {
      into->forget_replacement(node);
      into->entries[into->size++] = {node, false, 0};
    } else {
      into->replacement(node, software_->replacements);
    }
  }
  /// A node answered a PING, or anything else.
  void answered(std::uint32_t node, bool ping) noexcept {
    bucket& own = bucket_of(id(node));
    const std::uint32_t place = own.find(node);
    if (place == own.size) return;
    own.entries[place].seen = true;
    own.entries[place].failures = 0;
    if (ping || software_->answer_comes_first)
      std::rotate(own.entries.begin(), own.entries.begin() + place, own.entries.begin() + place + 1);
  }
  /// A node did not answer. It leaves, and the newest or any replacement takes a place; after a PING at once, after
  /// another request once there were enough.
  void silent(std::uint32_t node, bool ping, wr::random_source& random) {
    bucket& own = bucket_of(id(node));
    const std::uint32_t place = own.find(node);
    if (place == own.size || (++own.entries[place].failures < software_->failures && !ping)) return;
    std::copy(own.entries.begin() + place + 1, own.entries.begin() + own.size, own.entries.begin() + place);
    --own.size;
    if (own.replacements == 0) return;
    const std::uint32_t chosen =
        software_->newest_replaces ? own.replacements - 1 : draw_below(random, own.replacements);
    const std::uint32_t taken = own.waiting[chosen];
    own.forget_replacement(taken);
    own.entries[own.size++] = {taken, false, 0};
  }
  /// The node of a random bucket that answered longest ago. False where the table is empty.
  [[nodiscard]] bool to_revalidate(wr::random_source& random, std::uint32_t& node) const {
    std::uint32_t filled = 0;
    for (const bucket& each : buckets_) filled += each.size != 0;
    if (filled == 0) return false;
    std::uint32_t chosen = draw_below(random, filled);
    for (const bucket& each : buckets_) {
      if (each.size == 0 || chosen-- != 0) continue;
      node = each.entries[each.size - 1].node;
      break;
    }
    return true;
  }

  /// Those nearest to a target, the nearest first, at most so many; `into` is written over.
  void nearest(node_id target, std::size_t most, std::vector<std::uint32_t>& into) const {
    gather(target, most, false, true, into);
  }
  /// What a node answers to FINDNODE with these distances, at most so many nodes.
  void answer(std::span<const std::uint16_t> distances, std::vector<std::uint32_t>& into) const {
    const auto wanted = [&](std::uint32_t node) {
      return std::find(distances.begin(), distances.end(), log_distance(own_, id(node))) != distances.end();
    };
    if (software_->gives_unseen) {  // go-ethereum: the buckets of the distances, one after another
      into.clear();
      for (const std::uint16_t distance : distances) {
        const bucket& from = buckets_[std::min<std::size_t>(256U - distance, buckets_.size() - 1)];
        for (std::uint32_t each = 0; each < from.size; ++each)
          if (into.size() < software_->answered && wanted(from.entries[each].node) &&
              std::find(into.begin(), into.end(), from.entries[each].node) == into.end())
            into.push_back(from.entries[each].node);
      }
      return;
    }
    // nim-eth: of those nearest to an id at the first distance, the ones at any of the distances
    const node_id bit = node_id{1} << (std::max<std::uint16_t>(distances[0], 193) - 193U);
    gather(own_ ^ bit, software_->answered, true, false, into);
    std::erase_if(into, [&](std::uint32_t node) { return !wanted(node); });
  }

 private:
  static constexpr std::size_t most_in_bucket = 16;
  static constexpr std::size_t most_replacements = 10;

  struct entry {
    std::uint32_t node;
    bool seen;              // it answered this node
    std::uint8_t failures;  // requests in a row that it did not answer
  };
  struct bucket {
    std::array<entry, most_in_bucket> entries{};             // the one that answered last first
    std::array<std::uint32_t, most_replacements> waiting{};  // the newest last
    std::uint32_t size = 0;
    std::uint32_t replacements = 0;

    [[nodiscard]] std::uint32_t find(std::uint32_t node) const noexcept {
      std::uint32_t place = 0;
      while (place < size && entries[place].node != node) ++place;
      return place;
    }
    bool forget_replacement(std::uint32_t node) noexcept {
      const auto end = waiting.begin() + replacements;
      const auto place = std::find(waiting.begin(), end, node);
      if (place == end) return false;
      std::copy(place + 1, end, place);
      --replacements;
      return true;
    }
    void replacement(std::uint32_t node, std::uint32_t most) noexcept {
      if (!forget_replacement(node) && replacements == most) forget_replacement(waiting[0]);
      waiting[replacements++] = node;
    }
  };

  [[nodiscard]] node_id id(std::uint32_t node) const noexcept { return (*ids_)[node]; }
  [[nodiscard]] std::size_t place_of(node_id of) const noexcept {
    return std::min(static_cast<std::size_t>(std::countl_zero(own_ ^ of)), buckets_.size() - 1);
  }
  [[nodiscard]] bucket& bucket_of(node_id of) noexcept { return buckets_[place_of(of)]; }
  [[nodiscard]] const bucket& bucket_of(node_id of) const noexcept { return buckets_[place_of(of)]; }

  // Those nearest to a target, at most so many, of those seen or of all.
  void gather(node_id target, std::size_t most, bool seen_only, bool in_order,
              std::vector<std::uint32_t>& into) const {
    into.clear();
    const std::size_t last = buckets_.size() - 1;
    const std::size_t home = place_of(target);
    const auto take = [&](std::size_t place) {
      const std::size_t begin = into.size();
      const bucket& from = buckets_[place];
      for (std::uint32_t each = 0; each < from.size; ++each)
        if (!seen_only || from.entries[each].seen) into.push_back(from.entries[each].node);
      if (in_order || into.size() > most) sort_by_distance(std::span(into).subspan(begin), target);
      return into.size() >= most;
    };
    // Each bucket is a subtree of ids, and of two of them all ids of one are nearer to the target. Home first; then,
    // among those that share more with the own id, those on whose bit the target is on the other side come before all
    // deeper ones, the others after them; then those that share less.
    const node_id apart = own_ ^ target;
    bool full = take(home);
    const auto other_side = [apart](std::size_t place) { return (apart >> (63 - place) & 1U) != 0; };
    for (std::size_t place = home + 1; place < last && !full; ++place)
      if (other_side(place)) full = take(place);
    if (home < last && !full) full = take(last);
    for (std::size_t place = last; place-- > home + 1 && !full;)
      if (!other_side(place)) full = take(place);
    for (std::size_t place = home; place-- > 0 && !full;) full = take(place);
    if (into.size() > most) into.resize(most);
  }
  // The last bucket becomes two: those that share no more bits than its place says, and those that do.
  void split() {
    const bucket whole = buckets_.back();
    buckets_.back() = {};
    buckets_.emplace_back();
    for (std::uint32_t each = 0; each < whole.size; ++each) {
      bucket& into = bucket_of(id(whole.entries[each].node));
      into.entries[into.size++] = whole.entries[each];
    }
    for (std::uint32_t each = 0; each < whole.replacements; ++each) {
      bucket& into = bucket_of(id(whole.waiting[each]));
      into.waiting[into.replacements++] = whole.waiting[each];
    }
    assert(buckets_[buckets_.size() - 2].size + buckets_.back().size == whole.size);
  }
  void sort_by_distance(std::span<std::uint32_t> nodes, node_id target) const {
    for (std::size_t at = 1; at < nodes.size(); ++at) {
      const std::uint32_t moved = nodes[at];
      const node_id distance = id(moved) ^ target;
      std::size_t place = at;
      for (; place > 0 && distance < (id(nodes[place - 1]) ^ target); --place)
        nodes[place] = nodes[place - 1];
      nodes[place] = moved;
    }
  }

  node_id own_;
  const discv5_software* software_;
  const std::vector<node_id>* ids_;
  std::vector<bucket> buckets_;
};

}  // namespace midscale
