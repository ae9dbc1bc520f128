// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <waku/reliability/adapter/sqlite/connection.hpp>
#include <waku/reliability/core/message_hash.hpp>

namespace waku::reliability::sqlite {

/// A prepared statement. Bound texts and bytes must stay until the next reset.
class statement {
 public:
  statement() = default;
  statement(connection& shared, std::string_view text) : connection_(&shared) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(shared.get(), text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    statement_.reset(prepared);
    if (code != SQLITE_OK) shared.fail(code);
  }

  /// Starts anew with these values for ?1, ?2 and so on.
  template <class... Values>
  statement& with(const Values&... values) {
    reset();
    failed_ = false;
    int at = 0;
    (bind(++at, values), ...);
    return *this;
  }
  /// True when there is a row. False at the end, and after a failure, which the database remembers.
  bool step() {
    if (statement_ == nullptr || failed_) return false;
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    failed_ = code != SQLITE_DONE;
    if (failed_) connection_->fail(code);
    sqlite3_reset(statement_.get());
    return false;
  }
  /// Steps to the end; true unless it failed.
  bool run() {
    while (step()) {
    }
    return statement_ != nullptr && !failed_;
  }
  [[nodiscard]] bool failed() const noexcept { return statement_ == nullptr || failed_; }
  void reset() noexcept { sqlite3_reset(statement_.get()); }

  // The columns of the row, from 0.

  [[nodiscard]] std::int64_t number(int column) const noexcept {
    return sqlite3_column_int64(statement_.get(), column);
  }
  [[nodiscard]] std::span<const std::byte> bytes(int column) const noexcept {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    return {static_cast<const std::byte*>(data),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
  }
  [[nodiscard]] std::string_view text(int column) const noexcept {
    const std::span<const std::byte> found = bytes(column);
    return {reinterpret_cast<const char*>(found.data()), found.size()};  // NOLINT: bytes are characters
  }
  [[nodiscard]] std::optional<message_hash> hash(int column) const noexcept {
    const std::span<const std::byte> found = bytes(column);
    message_hash made;
    if (found.size() != made.bytes.size()) return std::nullopt;
    std::copy(found.begin(), found.end(), made.bytes.begin());
    return made;
  }

 private:
  void bind(int at, std::int64_t value) { note(sqlite3_bind_int64(statement_.get(), at, value)); }
  void bind(int at, const message_hash& value) { bind(at, std::span<const std::byte>(value.bytes)); }
  void bind(int at, std::string_view value) { bind(at, std::as_bytes(std::span(value))); }
  void bind(int at, std::span<const std::byte> value) {
    // Without bytes a blob is still a blob, and not NULL.
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    note(sqlite3_bind_blob64(statement_.get(), at, data, value.size(), SQLITE_STATIC));
  }
  // What could not be bound, as a blob over SQLite's limit, fails the steps.
  void note(int code) {
    if (code == SQLITE_OK || failed_) return;
    failed_ = true;
    connection_->fail(code);
  }

  connection* connection_ = nullptr;
  std::unique_ptr<sqlite3_stmt, freed> statement_;
  bool failed_ = false;
};

}  // namespace waku::reliability::sqlite
