// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/instant.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// Events by time; those of one moment in the order in which they were put. A calendar queue (Brown, 1988): a ring of
/// short stretches of time holds the next seconds, each sorted when its turn comes, and a heap what is later. Putting
/// and taking cost a few dozen instructions as long as a stretch holds few events.
template <class Event>
class event_queue {
 public:
  event_queue() : ring_(stretches), occupied_(stretches / 64) {}

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// The time of the event that was taken last, before which nothing can be put.
  [[nodiscard]] wr::duration now() const noexcept { return now_; }

  void put(wr::duration at, const Event& event) {
    assert(at >= now_ && "an event is put into the past");
    ++size_;
    const std::uint64_t stretch = stretch_of(at);
    if (stretch < first_) {  // the next event was looked at, and this one comes before it
      const auto place =
          std::upper_bound(early_.begin(), early_.end(), at,
                           [](wr::duration time, const entry& each) { return time < each.at; });
      early_.insert(place, {at, event});
      return;
    }
    if (stretch >= first_ + stretches) {
      later_.push_back({{at, event}, ++sequence_});
      std::push_heap(later_.begin(), later_.end(), after);
      return;
    }
    if (stretch == first_ && sorted_) {
      auto& now = slot(stretch);
      const auto place =
          std::upper_bound(now.begin() + static_cast<std::ptrdiff_t>(taken_), now.end(), at,
                           [](wr::duration time, const entry& each) { return time < each.at; });
      now.insert(place, {at, event});
      return;
    }
    slot(stretch).push_back({at, event});
    mark(stretch);
  }

  /// The time of the next event. Not to be called when there is none.
  [[nodiscard]] wr::duration next() {
    assert(!empty());
    if (!early_.empty()) return early_.front().at;
    settle();
    return slot(first_)[taken_].at;
  }
  /// Takes the next event. Not to be called when there is none.
  Event take() {
    assert(!empty());
    --size_;
    if (!early_.empty()) {
      const entry due = early_.front();
      early_.erase(early_.begin());
      now_ = due.at;
      return due.event;
    }
    settle();
    const entry& due = slot(first_)[taken_++];
    now_ = due.at;
    return due.event;
  }

 private:
  struct entry {
    wr::duration at;
    Event event;
  };
  struct late_entry {
    entry what;
    std::uint64_t sequence;
  };

  static constexpr unsigned stretch_bits = 17;  // of 131 us
  static constexpr std::size_t stretches = std::size_t{1} << 14U;
  static constexpr std::size_t few = 24;  // are sorted by insertion

  static std::uint64_t stretch_of(wr::duration at) noexcept {
    return static_cast<std::uint64_t>(at.count()) >> stretch_bits;
  }
  static bool after(const late_entry& a, const late_entry& b) noexcept {
    return a.what.at != b.what.at ? a.what.at > b.what.at : a.sequence > b.sequence;
  }
  std::vector<entry>& slot(std::uint64_t stretch) { return ring_[stretch % stretches]; }
  void mark(std::uint64_t stretch) {
    const std::size_t place = stretch % stretches;
    occupied_[place / 64] |= std::uint64_t{1} << (place % 64);
  }

  // Sees to it that the first stretch is sorted and has an event that is not taken.
  void settle() {
    if (sorted_) {
      if (taken_ < slot(first_).size()) return;
      leave();
    }
    advance();
    sort(slot(first_));
    sorted_ = true;
    taken_ = 0;
  }
  void leave() {
    slot(first_).clear();
    const std::size_t place = first_ % stretches;
    occupied_[place / 64] &= ~(std::uint64_t{1} << (place % 64));
    sorted_ = false;
    ++first_;
    bring_near();
  }
  void advance() {
    while (slot(first_).empty()) {
      const std::uint64_t found = next_occupied();
      first_ = found != none ? found : stretch_of(later_.front().what.at);
      bring_near();
    }
  }
  // The first stretch of the ring that holds anything.
  [[nodiscard]] std::uint64_t next_occupied() const {
    const std::size_t begin = first_ % stretches;
    for (std::size_t step = 0; step <= occupied_.size(); ++step) {
      const std::size_t word = (begin / 64 + step) % occupied_.size();
      std::uint64_t bits = occupied_[word];
      if (step == 0) bits &= ~std::uint64_t{0} << (begin % 64);
      if (step == occupied_.size()) bits &= ~(~std::uint64_t{0} << (begin % 64));
      if (bits == 0) continue;
      const std::size_t place = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      return first_ + (place + stretches - begin) % stretches;
    }
    return none;
  }
  // What has come within the ring moves there, before anything else can be put at the same moment.
  void bring_near() {
    while (!later_.empty() && stretch_of(later_.front().what.at) < first_ + stretches) {
      std::pop_heap(later_.begin(), later_.end(), after);
      const std::uint64_t stretch = stretch_of(later_.back().what.at);
      slot(stretch).push_back(later_.back().what);
      mark(stretch);
      later_.pop_back();
    }
  }
  static void sort(std::vector<entry>& entries) {
    const auto earlier = [](const entry& a, const entry& b) { return a.at < b.at; };
    if (entries.size() > few) return std::stable_sort(entries.begin(), entries.end(), earlier);
    for (std::size_t at = 1; at < entries.size(); ++at) {
      const entry moved = entries[at];
      std::size_t place = at;
      for (; place > 0 && moved.at < entries[place - 1].at; --place) entries[place] = entries[place - 1];
      entries[place] = moved;
    }
  }

  static constexpr std::uint64_t none = ~std::uint64_t{0};

  std::vector<std::vector<entry>> ring_;
  std::vector<std::uint64_t> occupied_;  // a bit for each stretch that holds anything
  std::vector<late_entry> later_;
  std::vector<entry> early_;  // what comes before the first stretch, sorted
  std::uint64_t first_ = 0;   // the stretch that comes next
  std::size_t taken_ = 0;     // of it
  std::size_t size_ = 0;
  std::uint64_t sequence_ = 0;
  wr::duration now_{};
  bool sorted_ = false;
};

}  // namespace midscale
