// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>

namespace waku::reliability::testing {

/// Numbers for the topics of a simulation, so that nodes compare numbers.
class topic_names {
 public:
  /// The number of a topic, which gets one if it has none yet. O(number of topics).
  std::uint32_t number(std::string_view topic) {
    if (const auto known = find(topic)) return *known;
    names_.emplace_back(topic);
    return static_cast<std::uint32_t>(names_.size() - 1);
  }
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view topic) const {
    const auto place = std::find(names_.begin(), names_.end(), topic);
    if (place == names_.end()) return std::nullopt;
    return static_cast<std::uint32_t>(place - names_.begin());
  }
  /// The view stays valid.
  [[nodiscard]] std::string_view name(std::uint32_t number) const { return names_[number]; }

 private:
  std::deque<std::string> names_;
};

/// A message of a simulation, by its place in the ledger.
using message_index = std::uint32_t;

/// What the simulated nodes know about a message without its body.
struct message_facts {
  message_hash hash;
  std::uint32_t pubsub_topic = 0;
  std::uint32_t content_topic = 0;
  std::int64_t timestamp = 0;
  std::size_t encoded_size = 0;
  std::size_t payload_size = 0;
  std::size_t meta_size = 0;
  bool ephemeral = false;
};

/// All messages of a simulation, and the truth about each that no node knows: who has really held it. This is
/// the oracle by which verdicts are judged.
class message_ledger {
 public:
  [[nodiscard]] std::optional<message_index> find(const message_hash& hash) const {
    const auto place = by_hash_.find(hash);
    if (place == by_hash_.end()) return std::nullopt;
    return place->second;
  }
  /// Takes a message in. Its hash must be new.
  message_index add(const message_facts& facts) {
    const auto index = static_cast<message_index>(entries_.size());
    const bool inserted = by_hash_.emplace(facts.hash, index).second;
    assert(inserted && "this hash is in the ledger");
    static_cast<void>(inserted);
    entries_.push_back({.facts = facts});
    return index;
  }
  [[nodiscard]] const message_facts& facts(message_index index) const { return entries_[index].facts; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  // What happens is written down by the network.

  /// A client hands the message to a service node, whether it arrives or not.
  void note_push(message_index index, std::uint32_t node) { add_once(entries_[index].pushed_to, node); }
  /// A relay node has got the message.
  void note_relayed(message_index index, std::uint32_t node, bool honest, steady_time at) {
    entry& message = entries_[index];
    if (!message.relayed_since) message.relayed_since = at;
    if (message.reached.size() <= node) message.reached.resize(node + 1, reach::none);
    if (message.reached[node] == reach::none) ++message.relay_nodes;
    if (message.reached[node] != reach::honest) message.reached[node] = honest ? reach::honest : reach::liar;
  }
  /// An honest store holds the message, or a store that holds it is honest now.
  void note_stored(message_index index, std::uint32_t node, steady_time at) {
    entry& message = entries_[index];
    if (message.honest_stores.empty()) message.stored_since = at;
    add_once(message.honest_stores, node);
  }

  // The oracle.

  /// When an honest store first held the message, if one ever did.
  [[nodiscard]] std::optional<steady_time> first_stored(message_index index) const {
    return entries_[index].stored_since;
  }
  [[nodiscard]] bool honest_store_has_held(message_index index) const {
    return !entries_[index].honest_stores.empty();
  }
  /// The honest stores that hold the message or have held it, in the order in which they got it.
  [[nodiscard]] const std::vector<std::uint32_t>& honest_stores(message_index index) const {
    return entries_[index].honest_stores;
  }
  /// True when an honest relay node has the message to which no client has handed it.
  [[nodiscard]] bool reached_beyond_pushed(message_index index) const {
    const entry& message = entries_[index];
    for (std::uint32_t node = 0; node < message.reached.size(); ++node) {
      if (message.reached[node] == reach::honest &&
          std::find(message.pushed_to.begin(), message.pushed_to.end(), node) == message.pushed_to.end()) {
        return true;
      }
    }
    return false;
  }
  /// Relay nodes that have had the message, and when the first had it.
  [[nodiscard]] std::uint32_t relay_nodes(message_index index) const { return entries_[index].relay_nodes; }
  [[nodiscard]] std::optional<steady_time> first_relayed(message_index index) const {
    return entries_[index].relayed_since;
  }
  /// The service nodes that clients handed the message to.
  [[nodiscard]] const std::vector<std::uint32_t>& pushed_to(message_index index) const {
    return entries_[index].pushed_to;
  }

 private:
  enum class reach : std::uint8_t { none, liar, honest };
  struct entry {
    message_facts facts;
    std::vector<std::uint32_t> pushed_to{};
    std::vector<std::uint32_t> honest_stores{};
    std::vector<reach> reached{};  // by relay node
    std::uint32_t relay_nodes = 0;
    std::optional<steady_time> relayed_since{};
    std::optional<steady_time> stored_since{};
  };
  struct first_word {
    std::size_t operator()(const message_hash& hash) const noexcept {
      return static_cast<std::size_t>(hash.word(0));
    }
  };

  static void add_once(std::vector<std::uint32_t>& to, std::uint32_t node) {
    if (std::find(to.begin(), to.end(), node) == to.end()) to.push_back(node);
  }

  std::deque<entry> entries_;
  std::unordered_map<message_hash, message_index, first_word> by_hash_;
};

}  // namespace waku::reliability::testing
