// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

#include <waku/reliability/adapter/sqlite/connection.hpp>
#include <waku/reliability/adapter/sqlite/schema.hpp>
#include <waku/reliability/adapter/sqlite/statement.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/service/archive.hpp>

namespace waku::reliability::sqlite {

/// Reads the rows of a statement that was started, up to the end of a range: a reader for a page_merge.
class row_reader {
 public:
  row_reader(statement& rows, const place_range& range, bool forward)
      : rows_(&rows), range_(range), forward_(forward) {
    advance();
  }
  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] const services::archive_place& place() const noexcept { return row_.place; }
  [[nodiscard]] const page_row& row() const noexcept { return row_; }
  void advance() {
    done_ = !rows_->step();
    if (done_) return;
    row_ = {rows_->number(0), {rows_->number(1), rows_->hash(2).value_or(message_hash{})}};
    done_ = forward_ ? range_.last < row_.place : row_.place < range_.first;
  }

 private:
  statement* rows_;
  place_range range_;
  bool forward_;
  bool done_ = false;
  page_row row_{};
};

/// Statements that read in an order. A page that joins many topics needs one for each; they are kept for the
/// next page, up to a number.
class reader_pool {
 public:
  explicit reader_pool(connection& shared) : connection_(&shared) {}

  /// One that nobody else has until rest().
  statement& take(reading_order order, bool forward) {
    kind& own = kinds_[2 * static_cast<std::size_t>(order) + (forward ? 1 : 0)];
    if (own.used == own.made.size()) {
      own.made.push_back(std::make_unique<statement>(*connection_, reading(order, forward)));
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
    std::vector<std::unique_ptr<statement>> made;
    std::size_t used = 0;
  };

  connection* connection_;
  std::array<kind, 6> kinds_;
};

}  // namespace waku::reliability::sqlite
