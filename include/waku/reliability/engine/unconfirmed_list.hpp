// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <optional>
#include <utility>

#include <waku/reliability/cache/hash_index.hpp>
#include <waku/reliability/cache/outgoing_buffer.hpp>

namespace waku::reliability {

/// An entry's neighbours in an unconfirmed_list; none while it is in no list.
struct unconfirmed_links {
  buffer_slot before = hash_index::none;
  buffer_slot after = hash_index::none;
};

/// Messages of one pubsub topic that may be out there and have no outcome, in the order in which that became so.
/// So those that have settled come first, and a round of questions costs no more than what it asks for, however
/// many messages are in flight. The links lie in the entries of `buffer`, as their `links`. All is O(1).
class unconfirmed_list {
 public:
  /// Adds a live slot that is in no list, as the newest.
  template <class Buffer>
  void add(Buffer& buffer, buffer_slot slot) {
    assert(buffer[slot].links.before == none && buffer[slot].links.after == none && newest_ != slot &&
           "the slot is in a list already");
    buffer[slot].links = {newest_, none};
    (newest_ != none ? buffer[newest_].links.after : oldest_) = slot;
    newest_ = slot;
    ++size_;
  }
  /// Removes a slot that is in this list.
  template <class Buffer>
  void remove(Buffer& buffer, buffer_slot slot) {
    const unconfirmed_links links = std::exchange(buffer[slot].links, {});
    assert((links.before != none ? buffer[links.before].links.after : oldest_) == slot &&
           (links.after != none ? buffer[links.after].links.before : newest_) == slot &&
           "the slot is not in this list");
    (links.before != none ? buffer[links.before].links.after : oldest_) = links.after;
    (links.after != none ? buffer[links.after].links.before : newest_) = links.before;
    --size_;
  }

  [[nodiscard]] std::optional<buffer_slot> oldest() const noexcept { return some(oldest_); }
  /// The slot that was added next after this one of the list. Ask before removing this one.
  template <class Buffer>
  [[nodiscard]] std::optional<buffer_slot> next(const Buffer& buffer, buffer_slot slot) const {
    return some(buffer[slot].links.after);
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
  static constexpr buffer_slot none = hash_index::none;

  static std::optional<buffer_slot> some(buffer_slot slot) noexcept {
    if (slot == none) return {};
    return slot;
  }

  buffer_slot oldest_ = none;
  buffer_slot newest_ = none;
  std::size_t size_ = 0;
};

}  // namespace waku::reliability
