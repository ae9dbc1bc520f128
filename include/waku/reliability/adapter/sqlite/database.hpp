// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/service/archive.hpp>

#if SQLITE_VERSION_NUMBER < 3035000
#error "waku/reliability/adapter/sqlite_archive.hpp needs SQLite 3.35 or newer"
#endif

namespace waku::reliability {

/// What SQLite said when something failed.
struct sqlite_failure {
  services::archive_error error = services::archive_error::none;
  int code = SQLITE_OK;   ///< SQLite's extended result code
  std::string message{};  ///< in SQLite's words
};

/// What a result code of SQLite means to an archive.
[[nodiscard]] inline services::archive_error archive_error_of(int code) noexcept {
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return services::archive_error::none;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return services::archive_error::busy;
    case SQLITE_FULL:
    case SQLITE_NOMEM: return services::archive_error::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH: return services::archive_error::damaged;
    default: return services::archive_error::unavailable;
  }
}

struct sqlite_freed {
  void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

/// A connection to a database file that remembers its last failure. Not for several threads at once.
class sqlite_database {
 public:
  sqlite_database() = default;
  /// Opens the file, which is made when it is not there.
  explicit sqlite_database(const std::string& path) {
    sqlite3* opened = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    database_.reset(opened);
    if (code != SQLITE_OK) fail(code);
  }

  [[nodiscard]] sqlite3* get() const noexcept { return database_.get(); }
  [[nodiscard]] const sqlite_failure& failure() const noexcept { return failure_; }
  /// Remembers a failure; false, for convenience.
  bool fail(int code) {
    failure_ = {archive_error_of(code), code,
                database_ != nullptr ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(code)};
    return false;
  }
  /// Remembers that the content contradicts itself.
  bool fail_as_damaged(std::string_view why) {
    failure_ = {services::archive_error::damaged, SQLITE_CORRUPT, std::string(why)};
    return false;
  }
  /// Runs one or more commands that give no rows.
  bool run(const char* commands) {
    const int code = sqlite3_exec(database_.get(), commands, nullptr, nullptr, nullptr);
    return code == SQLITE_OK || fail(code);
  }

 private:
  std::unique_ptr<sqlite3, sqlite_freed> database_;
  sqlite_failure failure_{};
};

/// A prepared statement. Bound texts and bytes must stay until the next reset.
class sqlite_statement {
 public:
  sqlite_statement() = default;
  sqlite_statement(sqlite_database& database, std::string_view text) : database_(&database) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(database.get(), text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    statement_.reset(prepared);
    if (code != SQLITE_OK) database.fail(code);
  }

  /// Starts anew with these values for ?1, ?2 and so on.
  template <class... Values>
  sqlite_statement& with(const Values&... values) {
    reset();
    failed_ = false;
    int at = 0;
    (bind(++at, values), ...);
    return *this;
  }
  /// True when there is a row. False at the end, and after a failure, which the database remembers.
  bool step() {
    if (statement_ == nullptr) return false;
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    failed_ = code != SQLITE_DONE;
    if (failed_) database_->fail(code);
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
  void bind(int at, std::int64_t value) noexcept { sqlite3_bind_int64(statement_.get(), at, value); }
  void bind(int at, const message_hash& value) noexcept { bind(at, std::span<const std::byte>(value.bytes)); }
  void bind(int at, std::string_view value) noexcept { bind(at, std::as_bytes(std::span(value))); }
  void bind(int at, std::span<const std::byte> value) noexcept {
    // Without bytes a blob is still a blob, and not NULL.
    const void* data = value.empty() ? static_cast<const void*>("") : value.data();
    sqlite3_bind_blob64(statement_.get(), at, data, value.size(), SQLITE_STATIC);
  }

  sqlite_database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, sqlite_freed> statement_;
  bool failed_ = false;
};

}  // namespace waku::reliability
