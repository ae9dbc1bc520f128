// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/cache/hash_index.hpp>
#include <waku/reliability/cache/keyed_mix.hpp>
#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/service/archive.hpp>
#include <waku/reliability/service/page_merge.hpp>
#include <waku/reliability/service/slot_sequence.hpp>

namespace waku::reliability::services {

/// An archive in memory. A Body is a message, or a small handle of one that somebody else keeps.
///
/// A message has a slot, a place in an index by hash, and one in three orders: of all, of its pubsub topic, and
/// of its content topic there; together about 80 bytes besides the body. Topics are kept once, as long as a
/// message has them: one that no other has takes about 450 bytes for both. A page costs O(log n) for each topic
/// asked for, on each pubsub topic that has it, and O(log topics) for each entry, wherever it begins and however
/// rare the topics are; an insertion costs O(log n), and less where it is the newest.
///
/// What moved-from archives hold is not told: assign to them, or let them go.
template <class Body>
  requires std::copyable<Body> && std::default_initializable<Body>
class memory_archive {
 public:
  using body_type = Body;

  /// `secret` keys the index by hash, so that nobody can make up hashes that are slow to find.
  explicit memory_archive(const archive_limits& limits = {}, std::uint64_t secret = 0)
      : limits_(limits), mix_(secret), index_(first_slots) {
    assert(limits.count <= archive_limits::none().count && "the index has no room for more messages");
  }
  memory_archive(memory_archive&&) noexcept = default;
  memory_archive& operator=(memory_archive&&) noexcept = default;

  archive_insertion insert(const archive_record& record, Body body, wall_time now) {
    expire(now);
    const std::uint64_t mixed = mix_(record.hash);
    if (find(mixed, record.hash) != hash_index::none) return archive_insertion::duplicate;
    const archive_place place{record.timestamp, record.hash};
    if (limits_.count == 0 || record.weight() > bytes_max() ||
        record.timestamp < oldest_allowed(limits_, now)) {
      return archive_insertion::refused;
    }
    if (size() == limits_.count && place < slot(all_.front()).place) return archive_insertion::refused;
    const slot_number added = free_slot();
    shelf& topic = shelf_of(record.pubsub_topic, record.content_topic);
    slot(added) = {place, &topic, static_cast<std::uint32_t>(record.weight()), std::move(body)};
    grow_index();
    index_.insert(mixed, added);
    for (slot_sequence* order : {&all_, &topic.of->slots, &topic.slots}) order->insert(added, place_of());
    bytes_ += record.weight();
    bool kept = true;
    while (size() > limits_.count || bytes_ > limits_.bytes) {
      kept = kept && all_.front() != added;
      drop(all_.front());
    }
    return kept ? archive_insertion::stored : archive_insertion::refused;
  }

  [[nodiscard]] std::optional<archive_place> place(const message_hash& hash) const {
    const slot_number found = find(mix_(hash), hash);
    if (found == hash_index::none) return std::nullopt;
    return slot(found).place;
  }

  [[nodiscard]] archive_page<Body> list(const archive_query& query) const {
    page_merge<reader> merge(query.forward);
    slot_sequence found;  // what was asked for by hash
    if (!query.hashes.empty()) {
      const std::vector<const shelf*> shelves = shelves_of(query);
      for (const message_hash& hash : query.hashes) add_if_fit(hash, query, shelves, found);
      add_reader(merge, found, query);
    } else if (!query.content_topics.empty()) {
      for (const shelf* topic : shelves_of(query)) add_reader(merge, topic->slots, query);
    } else if (query.pubsub_topic) {
      const auto asked = pubsub_topics_.find(*query.pubsub_topic);
      if (asked != pubsub_topics_.end()) add_reader(merge, asked->second.slots, query);
    } else {
      add_reader(merge, all_, query);
    }
    archive_page<Body> page;
    page.entries.reserve(min_of<std::size_t>(query.limit, size()));
    for (; !merge.done() && page.entries.size() < query.limit; merge.advance()) {
      const slot_record& each = slot(merge.front().number());
      archive_entry<Body>& entry = page.entries.emplace_back();
      entry.hash = each.place.hash;
      entry.timestamp = each.place.timestamp;
      entry.pubsub_topic = *each.topic->of->name;
      if (query.include_data) entry.body = each.body;
    }
    page.more = !merge.done();
    if (!query.forward) reverse(page.entries);
    return page;
  }

  std::size_t expire(wall_time now) {
    const std::int64_t oldest = oldest_allowed(limits_, now);
    std::size_t count = 0;
    for (; size() != 0 && slot(all_.front()).place.timestamp < oldest; ++count) drop(all_.front());
    return count;
  }

  archive_error clear() {
    *this = memory_archive(limits_, mix_);
    return archive_error::none;
  }

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] const archive_limits& limits() const noexcept { return limits_; }

  /// Calls f(place, body) for each message, oldest first. `f` must not change the archive.
  template <class F>
  void for_each(F&& f) const {
    for (slot_sequence::position at = all_.begin(); at != all_.end(); at = all_.next(at)) {
      f(slot(all_[at]).place, slot(all_[at]).body);
    }
  }

  /// Bytes taken on the heap, without what bodies and maps take there for themselves. O(n): for diagnosis.
  [[nodiscard]] std::size_t memory_bytes() const {
    std::size_t sum =
        slots_.size() * (slab_size * sizeof(slot_record)) + index_.memory_bytes() + all_.memory_bytes();
    for (const auto& [name, pubsub] : pubsub_topics_)
      sum += sizeof(std::pair<const std::string, pubsub_shelf>) + name.size() + pubsub.slots.memory_bytes();
    for (const auto& [topic, own] : topics_) {
      sum += sizeof(std::pair<const topic_key<std::string>, shelf>) + topic.name.size() +
             own.slots.memory_bytes();
    }
    return sum;
  }

 private:
  using slot_number = slot_sequence::slot_number;
  static constexpr std::size_t slab_size = 1'024;
  static constexpr std::size_t first_slots = 64;

  struct pubsub_shelf;
  // The messages of a content topic on a pubsub topic.
  struct shelf {
    pubsub_shelf* of = nullptr;
    const std::string* name = nullptr;
    slot_sequence slots{};
  };
  struct pubsub_shelf {
    const std::string* name = nullptr;
    slot_sequence slots{};
  };
  template <class Name>
  struct topic_key {
    Name name;
    const pubsub_shelf* of;
  };
  // By name first, so that a topic is found on all pubsub topics at once.
  struct topic_order {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const topic_key<A>& a, const topic_key<B>& b) const {
      const int order = std::string_view(a.name).compare(b.name);
      return order != 0 ? order < 0 : std::less<>()(a.of, b.of);
    }
    bool operator()(const topic_key<std::string>& a, std::string_view b) const { return a.name < b; }
    bool operator()(std::string_view a, const topic_key<std::string>& b) const { return a < b.name; }
  };
  struct slot_record {
    archive_place place;
    shelf* topic = nullptr;
    std::uint32_t bytes = 0;
    Body body{};
  };

  // Reads the numbers of a sequence one by one, up to where the query ends.
  class reader {
   public:
    reader(const memory_archive& from, const slot_sequence& slots, const archive_query& query)
        : from_(&from), slots_(&slots), left_(slots.begin()), right_(slots.end()), forward_(query.forward) {
      constexpr message_hash least{};
      const auto bound = [&](const archive_place& at) { return slots.lower_bound(at, from.place_of()); };
      if (query.start) left_ = bound({*query.start, least});
      if (query.end) right_ = bound({*query.end, least});
      if (!query.after) return;
      slot_sequence::position after = bound(*query.after);
      if (!forward_) {
        right_ = min_of(right_, after);
        return;
      }
      if (after != slots.end() && from.slot(slots[after]).place == *query.after) after = slots.next(after);
      left_ = max_of(left_, after);
    }
    [[nodiscard]] bool done() const { return left_ >= right_; }
    [[nodiscard]] slot_number number() const {
      return (*slots_)[forward_ ? left_ : slots_->previous(right_)];
    }
    [[nodiscard]] const archive_place& place() const { return from_->slot(number()).place; }
    void advance() {
      if (forward_) {
        left_ = slots_->next(left_);
      } else {
        right_ = slots_->previous(right_);
      }
    }

   private:
    const memory_archive* from_;
    const slot_sequence* slots_;
    slot_sequence::position left_;
    slot_sequence::position right_;  // beyond the last
    bool forward_;
  };

  // An empty archive with the same secret.
  memory_archive(const archive_limits& limits, const keyed_mix& mix)
      : limits_(limits), mix_(mix), index_(first_slots) {}

  [[nodiscard]] const slot_record& slot(slot_number number) const {
    return slots_[number / slab_size][number % slab_size];
  }
  [[nodiscard]] slot_record& slot(slot_number number) {
    return slots_[number / slab_size][number % slab_size];
  }
  [[nodiscard]] auto place_of() const {
    return [this](slot_number number) -> const archive_place& { return slot(number).place; };
  }
  [[nodiscard]] slot_number find(std::uint64_t mixed, const message_hash& hash) const {
    return index_.find(mixed, [&](slot_number each) { return slot(each).place.hash == hash; });
  }
  [[nodiscard]] std::size_t bytes_max() const {
    return min_of<std::size_t>(limits_.bytes, std::numeric_limits<std::uint32_t>::max());
  }

  slot_number free_slot() {
    if (!free_.empty()) {
      const slot_number reused = free_.back();
      free_.pop_back();
      return reused;
    }
    if (used_ == slots_.size() * slab_size) slots_.emplace_back(slab_size);
    return static_cast<slot_number>(used_++);
  }
  void grow_index() {
    if (used_ <= index_slots_) return;
    index_slots_ = min_of(2 * index_slots_, hash_index::slots_max);
    index_ = hash_index(index_slots_);
    for (slot_sequence::position at = all_.begin(); at != all_.end(); at = all_.next(at)) {
      index_.insert(mix_(slot(all_[at]).place.hash), all_[at]);
    }
  }
  shelf& shelf_of(std::string_view pubsub_topic, std::string_view content_topic) {
    auto pubsub = pubsub_topics_.find(pubsub_topic);
    if (pubsub == pubsub_topics_.end()) {
      pubsub = pubsub_topics_.emplace(pubsub_topic, pubsub_shelf{}).first;
      pubsub->second.name = &pubsub->first;
    }
    pubsub_shelf* const of = &pubsub->second;
    auto topic = topics_.find(topic_key<std::string_view>{content_topic, of});
    if (topic == topics_.end()) {
      topic = topics_.emplace(topic_key<std::string>{std::string(content_topic), of}, shelf{of}).first;
      topic->second.name = &topic->first.name;
    }
    return topic->second;
  }
  void drop(slot_number number) {
    slot_record& leaving = slot(number);
    shelf& topic = *leaving.topic;
    pubsub_shelf& pubsub = *topic.of;
    index_.erase(mix_(leaving.place.hash), number);
    for (slot_sequence* order : {&all_, &pubsub.slots, &topic.slots}) order->erase(number, place_of());
    bytes_ -= leaving.bytes;
    leaving.body = Body{};
    free_.push_back(number);
    if (topic.slots.empty()) topics_.erase(topics_.find(topic_key<std::string_view>{*topic.name, &pubsub}));
    if (pubsub.slots.empty()) pubsub_topics_.erase(pubsub_topics_.find(*pubsub.name));
  }

  // The shelves are those that the query names, where it names topics.
  void add_if_fit(const message_hash& hash, const archive_query& query,
                  const std::vector<const shelf*>& shelves, slot_sequence& found) const {
    const slot_number number = find(mix_(hash), hash);
    if (number == hash_index::none) return;
    const shelf* const topic = slot(number).topic;
    if (query.pubsub_topic && *query.pubsub_topic != *topic->of->name) return;
    if (!query.content_topics.empty() &&
        !std::binary_search(shelves.begin(), shelves.end(), topic, std::less<>())) {
      return;
    }
    const slot_sequence::position where = found.lower_bound(slot(number).place, place_of());
    if (where == found.end() || found[where] != number) found.insert(number, place_of());
  }
  // Each shelf that the query names, once.
  [[nodiscard]] std::vector<const shelf*> shelves_of(const archive_query& query) const {
    std::vector<const shelf*> shelves;
    const auto asked = query.pubsub_topic ? pubsub_topics_.find(*query.pubsub_topic) : pubsub_topics_.end();
    if (query.pubsub_topic && asked == pubsub_topics_.end()) return shelves;
    for (const std::string_view wanted : query.content_topics) {
      const auto known = query.pubsub_topic
                             ? topics_.equal_range(topic_key<std::string_view>{wanted, &asked->second})
                             : topics_.equal_range(wanted);
      for (auto each = known.first; each != known.second; ++each) shelves.push_back(&each->second);
    }
    std::sort(shelves.begin(), shelves.end(), std::less<>());
    shelves.erase(std::unique(shelves.begin(), shelves.end()), shelves.end());
    return shelves;
  }
  void add_reader(page_merge<reader>& merge, const slot_sequence& slots, const archive_query& query) const {
    merge.add(reader(*this, slots, query));
  }
  static void reverse(std::vector<archive_entry<Body>>& entries) {
    for (std::size_t low = 0, high = entries.size(); low + 1 < high; ++low)
      std::swap(entries[low], entries[--high]);
  }

  archive_limits limits_;
  keyed_mix mix_;
  std::vector<std::vector<slot_record>> slots_;  // slabs: growing moves no slot
  std::size_t used_ = 0;                         // slots that were ever used
  std::vector<slot_number> free_;
  std::size_t index_slots_ = first_slots;
  hash_index index_;
  slot_sequence all_;
  std::map<std::string, pubsub_shelf, std::less<>> pubsub_topics_;
  std::map<topic_key<std::string>, shelf, topic_order> topics_;
  std::size_t bytes_ = 0;
};

}  // namespace waku::reliability::services
