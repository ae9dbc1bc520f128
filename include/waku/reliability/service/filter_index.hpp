// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/cache/hash_index.hpp>
#include <waku/reliability/cache/keyed_mix.hpp>
#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/sorted_list.hpp>

namespace waku::reliability::services {

/// Who is subscribed to which criterion; a criterion is a pubsub topic with a content topic.
///
/// A hash table leads from the two topics to the subscribers, so finding whom to push a message to costs one
/// look-up and the matches, however many subscriptions there are. Each criterion's text is kept once. Clients
/// choose the topics, so the table is keyed by a secret. The order of subscribers is that of their numbers.
class filter_index {
 public:
  using criterion_number = std::uint32_t;
  static constexpr criterion_number none = hash_index::none;

  /// One subscriber of a criterion, and where the owner of the index keeps it.
  struct entry {
    peer_id client{};
    std::uint32_t slot = 0;
  };

  /// The memory that a criterion takes besides its text, and one subscriber of it, in bytes: what they count as
  /// in bytes(), spare room of the containers included.
  static constexpr std::size_t criterion_cost = 144;
  static constexpr std::size_t entry_cost = 32;

  explicit filter_index(std::uint64_t secret) : mix_(secret), table_(first_capacity) {}

  /// The number of a criterion that somebody is subscribed to, or none. O(length of the topics).
  [[nodiscard]] criterion_number find(std::string_view pubsub_topic, std::string_view content_topic) const {
    return find(mixed(pubsub_topic, content_topic), pubsub_topic, content_topic);
  }
  /// Subscribes a client. The criterion's number; none if the client had it. O(subscribers of the criterion).
  criterion_number add(std::string_view pubsub_topic, std::string_view content_topic, const entry& added) {
    const std::uint64_t key = mixed(pubsub_topic, content_topic);
    criterion_number number = find(key, pubsub_topic, content_topic);
    if (number == none) {
      number = make(key, pubsub_topic, content_topic);
    } else if (has(number, added.client)) {
      return none;
    }
    criteria_[number].subscribers.put(added.client).slot = added.slot;
    bytes_ += entry_cost;
    return number;
  }
  [[nodiscard]] bool has(criterion_number number, peer_id client) const {
    return criteria_[number].subscribers.find(client) != nullptr;
  }
  /// Ends one subscription, which there is. O(subscribers of the criterion).
  void remove(criterion_number number, peer_id client) {
    assert(has(number, client) && "the client is not subscribed to it");
    criteria_[number].subscribers.remove(client);
    bytes_ -= entry_cost;
    if (criteria_[number].subscribers.empty()) forget(number);
  }
  /// Ends the subscriptions of one criterion that pass the test. O(subscribers of the criterion).
  template <class Test>
  void remove_if(criterion_number number, const Test& test) {
    auto& subscribers = criteria_[number].subscribers;
    const std::size_t before = subscribers.size();
    subscribers.remove_if(test);
    bytes_ -= (before - subscribers.size()) * entry_cost;
    if (before != 0 && subscribers.empty()) forget(number);
  }

  /// The subscribers of a criterion, in the order of their numbers; valid until the index changes.
  [[nodiscard]] std::span<const entry> subscribers(criterion_number number) const {
    if (number == none) return {};
    const auto& all = criteria_[number].subscribers;
    return {all.begin(), all.size()};
  }

  /// What a criterion that is not there yet would add to bytes(), with its first subscriber.
  [[nodiscard]] static constexpr std::size_t cost(std::string_view pubsub_topic,
                                                  std::string_view content_topic) noexcept {
    return pubsub_topic.size() + content_topic.size() + criterion_cost + entry_cost;
  }
  /// Memory taken by what clients chose, about, in bytes.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  /// Criteria with a subscriber.
  [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }

  /// The cells of the table that a look-up may read at present, at most. For tests and diagnosis.
  [[nodiscard]] std::size_t longest_scan() const noexcept { return table_.longest_scan(); }

 private:
  static constexpr std::size_t first_capacity = 64;

  struct criterion {
    std::string topics;  // the pubsub topic, then the content topic
    std::size_t pubsub_bytes = 0;
    std::uint64_t key = 0;
    sorted_list<entry, &entry::client> subscribers;
  };

  // Folds the text into 64 bits, 24 bytes at a time; the lengths come first, so that topics cannot run into
  // each other.
  [[nodiscard]] std::uint64_t mixed(std::string_view pubsub_topic, std::string_view content_topic) const {
    std::uint64_t folded = (std::uint64_t{pubsub_topic.size()} << 32) ^ content_topic.size();
    for (const std::string_view topic : {pubsub_topic, content_topic}) {
      std::string_view rest = topic;
      do {
        const std::string_view piece = rest.substr(0, message_hash::size - sizeof folded);
        message_hash block;
        std::memcpy(block.bytes.data(), &folded, sizeof folded);
        if (!piece.empty()) std::memcpy(block.bytes.data() + sizeof folded, piece.data(), piece.size());
        folded = mix_(block);
        rest.remove_prefix(piece.size());
      } while (!rest.empty());
    }
    return folded;
  }
  [[nodiscard]] criterion_number find(std::uint64_t key, std::string_view pubsub_topic,
                                      std::string_view content_topic) const {
    const auto same = [&](criterion_number number) {
      const criterion& each = criteria_[number];
      const std::string_view topics = each.topics;
      return each.key == key && topics.substr(0, each.pubsub_bytes) == pubsub_topic &&
             topics.substr(each.pubsub_bytes) == content_topic;
    };
    return table_.find(key, same);
  }
  criterion_number make(std::uint64_t key, std::string_view pubsub_topic, std::string_view content_topic) {
    if (table_.size() == capacity_) grow();
    criterion_number number;
    if (free_.empty()) {
      number = static_cast<criterion_number>(criteria_.size());
      criteria_.emplace_back();
    } else {
      number = free_.back();
      free_.pop_back();
    }
    criterion& made = criteria_[number];
    made.topics.reserve(pubsub_topic.size() + content_topic.size());
    made.topics.append(pubsub_topic).append(content_topic);
    made.pubsub_bytes = pubsub_topic.size();
    made.key = key;
    table_.insert(key, number);
    bytes_ += made.topics.size() + criterion_cost;
    return number;
  }
  void forget(criterion_number number) {
    criterion& ended = criteria_[number];
    table_.erase(ended.key, number);
    bytes_ -= ended.topics.size() + criterion_cost;
    ended = criterion{};
    free_.push_back(number);
  }
  // Twice the room. Numbers stay below the capacity, since freed ones are used again first.
  void grow() {
    assert(free_.empty());
    capacity_ *= 2;
    hash_index wider(capacity_);
    for (criterion_number number = 0; number < criteria_.size(); ++number) {
      wider.insert(criteria_[number].key, number);
    }
    table_ = std::move(wider);
  }

  keyed_mix mix_;
  std::size_t capacity_ = first_capacity;
  hash_index table_;
  std::vector<criterion> criteria_;
  std::vector<criterion_number> free_;
  std::size_t bytes_ = 0;
};

}  // namespace waku::reliability::services
