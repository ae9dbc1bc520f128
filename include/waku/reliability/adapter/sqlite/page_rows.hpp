// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/sqlite/schema.hpp>
#include <waku/reliability/service/archive.hpp>

namespace waku::reliability::sqlite {

/// The first rows, up to a number, of all that are offered: by rising places where reading goes forward, else by
/// falling ones. An offer costs O(log rows). So a page is joined from many topics with one statement, which is
/// read for each topic until its rows are not wanted any more.
class page_rows {
  struct order {
    bool forward;
    bool operator()(const services::archive_place& a, const services::archive_place& b) const {
      return forward ? a < b : b < a;
    }
    bool operator()(const page_row& a, const page_row& b) const { return (*this)(a.place, b.place); }
  };

 public:
  page_rows(std::size_t most, bool forward) : most_(most), before_{forward} {}

  /// Whether a row would be among the first so far.
  [[nodiscard]] bool wants(const services::archive_place& place) const {
    if (rows_.size() < most_) return true;
    return !rows_.empty() && before_(place, rows_.front().place);
  }
  /// Takes a row that is wanted. The last of those that are too many goes.
  void add(const page_row& row) {
    if (rows_.size() == most_) {
      std::pop_heap(rows_.begin(), rows_.end(), before_);
      rows_.pop_back();
    }
    rows_.push_back(row);
    std::push_heap(rows_.begin(), rows_.end(), before_);
  }
  /// The rows in the order of reading. Leaves none.
  [[nodiscard]] std::vector<page_row> take() {
    std::sort_heap(rows_.begin(), rows_.end(), before_);
    return std::exchange(rows_, {});
  }

 private:
  std::size_t most_;
  order before_;
  std::vector<page_row> rows_;  // a heap, with the last of them on top
};

}  // namespace waku::reliability::sqlite
