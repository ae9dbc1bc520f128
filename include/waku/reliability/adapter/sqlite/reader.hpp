// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include <waku/reliability/adapter/sqlite/database.hpp>
#include <waku/reliability/adapter/sqlite/schema.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/service/archive.hpp>

namespace waku::reliability {

/// Reads the rows of a statement that was started, up to the end of a range: a reader for a page_merge.
class sqlite_reader {
 public:
  sqlite_reader(sqlite_statement& rows, const sqlite_range& range, bool forward)
      : rows_(&rows), range_(range), forward_(forward) {
    advance();
  }
  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] const services::archive_place& place() const noexcept { return row_.place; }
  [[nodiscard]] const sqlite_row& row() const noexcept { return row_; }
  void advance() {
    done_ = !rows_->step();
    if (done_) return;
    row_ = {rows_->number(0), {rows_->number(1), rows_->hash(2).value_or(message_hash{})}};
    done_ = forward_ ? range_.last < row_.place : row_.place < range_.first;
  }

 private:
  sqlite_statement* rows_;
  sqlite_range range_;
  bool forward_;
  bool done_ = false;
  sqlite_row row_{};
};

/// Statements that read in an order. A page that joins many topics needs one for each; they are kept for the
/// next page, up to a number.
class sqlite_readers {
 public:
  explicit sqlite_readers(sqlite_database& database) : database_(&database) {}

  /// One that nobody else has until rest().
  sqlite_statement& take(sqlite_order order, bool forward) {
    kind& own = kinds_[2 * static_cast<std::size_t>(order) + (forward ? 1 : 0)];
    if (own.used == own.made.size()) {
      own.made.push_back(std::make_unique<sqlite_statement>(*database_, sqlite_reading(order, forward)));
    }
    return *own.made[own.used++];
  }
  /// False when one that was taken has failed.
  [[nodiscard]] bool fine() const {
    for (const kind& each : kinds_) {
      for (std::size_t taken = 0; taken < each.used; ++taken) {
        if (each.made[taken]->failed()) return false;
      }
    }
    return true;
  }
  /// Takes all back.
  void rest() {
    for (kind& each : kinds_) {
      for (std::size_t taken = 0; taken < each.used; ++taken) each.made[taken]->reset();
      if (each.made.size() > idle_max) each.made.resize(idle_max);
      each.used = 0;
    }
  }

 private:
  static constexpr std::size_t idle_max = 32;

  struct kind {
    std::vector<std::unique_ptr<sqlite_statement>> made;
    std::size_t used = 0;
  };

  sqlite_database* database_;
  std::array<kind, 6> kinds_;
};

}  // namespace waku::reliability
