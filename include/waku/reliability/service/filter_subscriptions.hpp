// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/service/filter_index.hpp>
#include <waku/reliability/service/profile.hpp>

namespace waku::reliability::services {

/// Who is subscribed to what at one filter node. Answers are statuses. Each subscriber has a slot, a small number
/// that others may keep things under; functions that end subscriptions call `freed(slot)` for each slot that has
/// no subscriber any more, and the slot is given to another later.
class filter_subscriptions {
 public:
  using topics = std::span<const std::string_view>;

  explicit filter_subscriptions(std::uint64_t secret) : index_(secret) {}

  /// Adds criteria, or refreshes them. O(topics, and the subscribers of each).
  std::uint32_t subscribe(peer_id client, std::string_view pubsub_topic, topics content_topics,
                          const profile& own, steady_time now) {
    if (!well_formed(pubsub_topic, content_topics, own)) return status_code::bad_request;
    const auto known = slots_.find(client);
    // Real nodes add the request's size to what is installed, without looking for repetitions.
    const std::size_t installed = known == slots_.end() ? 0 : subscribers_[known->second].criteria.size();
    if (installed + content_topics.size() > own.criteria_max ||
        (slots_.size() >= own.subscribers_max && (known == slots_.end() || own.full_refuses_refresh)) ||
        !fits(client, pubsub_topic, content_topics, own.criteria_bytes_max)) {
      return status_code::service_not_available;
    }
    const std::uint32_t slot = known == slots_.end() ? take_slot(client) : known->second;
    subscribers_[slot].heard = now;
    for (const std::string_view topic : content_topics) {
      const auto added = index_.add(pubsub_topic, topic, {client, slot});
      if (added != filter_index::none) subscribers_[slot].criteria.push_back(added);
    }
    return status_code::ok;
  }
  /// Removes criteria; a client without any left is no subscriber any more.
  template <class Freed>
  std::uint32_t unsubscribe(peer_id client, std::string_view pubsub_topic, topics content_topics,
                            const profile& own, steady_time now, const Freed& freed) {
    if (!well_formed(pubsub_topic, content_topics, own)) return status_code::bad_request;
    const auto known = slots_.find(client);
    if (known == slots_.end()) return status_code::not_found;
    const std::uint32_t slot = known->second;
    auto& criteria = subscribers_[slot].criteria;
    bool removed = false;
    for (const std::string_view topic : content_topics) {
      const auto number = index_.find(pubsub_topic, topic);
      if (number == filter_index::none || !index_.has(number, client)) continue;
      index_.remove(number, client);
      std::erase(criteria, number);
      removed = true;
    }
    if (!removed) return status_code::not_found;
    subscribers_[slot].heard = now;
    if (criteria.empty()) free_slot(slot, freed);
    return status_code::ok;
  }
  /// Refreshes a subscriber. 200 says that something is installed, not that all is.
  std::uint32_t ping(peer_id client, steady_time now) {
    const auto known = slots_.find(client);
    if (known == slots_.end()) return status_code::not_found;
    subscribers_[known->second].heard = now;
    return status_code::ok;
  }
  /// Removes all criteria of a client. False if it had none.
  template <class Freed>
  bool remove(peer_id client, const Freed& freed) {
    const auto known = slots_.find(client);
    if (known == slots_.end()) return false;
    const std::uint32_t slot = known->second;
    for (const auto number : subscribers_[slot].criteria) index_.remove(number, client);
    free_slot(slot, freed);
    return true;
  }
  /// Removes the subscribers that pass the test on slots. Each criterion that they had is looked through once,
  /// however many had it. How many were removed.
  template <class Test, class Freed>
  std::size_t remove_if(const Test& test, const Freed& freed) {
    std::vector<filter_index::criterion_number> touched;
    std::vector<std::uint32_t> leaving;
    for (std::uint32_t slot = 0; slot < subscribers_.size(); ++slot) {
      subscriber& own = subscribers_[slot];
      if (!own.live || !test(slot)) continue;
      own.live = false;
      leaving.push_back(slot);
      touched.insert(touched.end(), own.criteria.begin(), own.criteria.end());
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    for (const auto number : touched) {
      index_.remove_if(number,
                       [this](const filter_index::entry& each) { return !subscribers_[each.slot].live; });
    }
    for (const std::uint32_t slot : leaving) free_slot(slot, freed);
    return leaving.size();
  }
  /// Removes the silent ones, at the first full minute after their lifetime. How many there were.
  template <class Freed>
  std::size_t sweep(duration lifetime, steady_time now, const Freed& freed) {
    const steady_time minute(std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()));
    if (minute == swept_) return 0;
    swept_ = minute;
    return remove_if([&](std::uint32_t slot) { return minute - subscribers_[slot].heard > lifetime; }, freed);
  }

  /// The subscribers whose criteria a message meets, in the order of their numbers; valid until something
  /// changes. O(1).
  [[nodiscard]] std::span<const filter_index::entry> matches(std::string_view pubsub_topic,
                                                             std::string_view content_topic) const {
    return index_.subscribers(index_.find(pubsub_topic, content_topic));
  }
  [[nodiscard]] peer_id client(std::uint32_t slot) const { return subscribers_[slot].client; }
  [[nodiscard]] bool subscribed(peer_id client) const { return slots_.contains(client); }
  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
  /// How many criteria a client has.
  [[nodiscard]] std::size_t criteria_of(peer_id client) const {
    const auto known = slots_.find(client);
    return known == slots_.end() ? 0 : subscribers_[known->second].criteria.size();
  }
  [[nodiscard]] const filter_index& index() const noexcept { return index_; }

 private:
  struct subscriber {
    peer_id client{};
    steady_time heard{};
    std::vector<filter_index::criterion_number> criteria;
    bool live = false;
  };

  static bool well_formed(std::string_view pubsub_topic, topics content_topics, const profile& own) {
    const auto too_long = [&](std::string_view topic) { return topic.size() > own.topic_bytes_max; };
    const auto unfit = [&](std::string_view topic) {
      return too_long(topic) || (own.filter_needs_names && topic.empty());
    };
    return !pubsub_topic.empty() && !too_long(pubsub_topic) && !content_topics.empty() &&
           content_topics.size() <= own.request_topics_max &&
           std::none_of(content_topics.begin(), content_topics.end(), unfit);
  }
  // Whether there is memory for the criteria that are new. A topic that is named twice counts twice.
  [[nodiscard]] bool fits(peer_id client, std::string_view pubsub_topic, topics content_topics,
                          std::size_t bytes_max) const {
    std::size_t added = 0;
    for (const std::string_view topic : content_topics) added += filter_index::cost(pubsub_topic, topic);
    if (index_.bytes() + added <= bytes_max) return true;
    for (const std::string_view topic : content_topics) {
      const auto number = index_.find(pubsub_topic, topic);
      if (number == filter_index::none) continue;
      added -= filter_index::cost(pubsub_topic, topic);
      if (!index_.has(number, client)) added += filter_index::entry_cost;
    }
    return index_.bytes() + added <= bytes_max;
  }
  std::uint32_t take_slot(peer_id client) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(subscribers_.size()));
      subscribers_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    subscribers_[slot].client = client;
    subscribers_[slot].live = true;
    slots_.emplace(client, slot);
    return slot;
  }
  // Of a subscriber that is in the index no more.
  template <class Freed>
  void free_slot(std::uint32_t slot, const Freed& freed) {
    slots_.erase(subscribers_[slot].client);
    subscribers_[slot] = subscriber{};
    free_.push_back(slot);
    freed(slot);
  }

  filter_index index_;
  std::vector<subscriber> subscribers_;               // by slot
  std::vector<std::uint32_t> free_;                   // slots
  std::unordered_map<peer_id, std::uint32_t> slots_;  // never walked, so its order decides nothing
  steady_time swept_{};
};

}  // namespace waku::reliability::services
