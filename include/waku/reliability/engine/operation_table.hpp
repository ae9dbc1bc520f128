// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <vector>

#include <waku/reliability/capability/operation.hpp>
#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/engine/timer.hpp>

namespace waku::reliability {

/// What the engine remembers of a request that it started.
struct operation_record {
  operation_id id;
  peer_id peer{};
  std::uint32_t topic = 0;
  std::uint32_t place = 0;  ///< buffer slot of a push, number of a store query, unused for filter
  steady_time started{};
  timer_ticket timeout;
  bool told = false;  ///< the transport has heard of it
};

/// The operations that have not ended. Starting, finding and ending cost O(1); ids are never reused.
template <class Record>
class basic_operation_table {
 public:
  Record& start(operation_kind kind) {
    if (free_.empty()) {
      assert(records_.size() < operation_id::slot_limit && "more operations at once than ids can name");
      free_.push_back(static_cast<std::uint32_t>(records_.size()));
      records_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    Record& record = records_[slot];
    record = Record{};
    record.id = operation_id(kind, slot, ++generation_);
    ++size_;
    return record;
  }

  /// The record of an operation that has not ended, or nullptr.
  [[nodiscard]] Record* find(operation_id id) {
    if (id.kind() == operation_kind::none || id.slot() >= records_.size()) return nullptr;
    Record& record = records_[id.slot()];
    return record.id == id ? &record : nullptr;
  }

  /// Ends an operation and returns its record; nothing if it has ended before.
  std::optional<Record> end(operation_id id) {
    Record* record = find(id);
    if (record == nullptr) return {};
    const Record ended = *record;
    record->id = operation_id{};
    free_.push_back(id.slot());
    --size_;
    return ended;
  }

  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Record& record : records_) {
      if (record.id.kind() != operation_kind::none) visit(record);
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::vector<Record> records_;
  std::vector<std::uint32_t> free_;
  std::uint64_t generation_ = 0;
  std::size_t size_ = 0;
};
using operation_table = basic_operation_table<operation_record>;

}  // namespace waku::reliability
