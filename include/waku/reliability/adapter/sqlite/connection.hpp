// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

#include <waku/reliability/service/archive.hpp>

#if SQLITE_VERSION_NUMBER < 3035000
#error "waku/reliability/adapter/sqlite_archive.hpp needs SQLite 3.35 or newer"
#endif

namespace waku::reliability::sqlite {

/// What SQLite said when something failed.
struct failure_report {
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

/// Frees what SQLite has given out.
struct freed {
  void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

/// A connection to a file of SQLite's that remembers its last failure. Not for several threads at once.
class connection {
 public:
  /// Opens the file, which is made when it is not there. An empty path is none.
  explicit connection(const std::string& path) {
    if (path.empty()) {
      failure_ = {services::archive_error::unavailable, SQLITE_CANTOPEN, "the path is empty"};
      return;
    }
    sqlite3* opened = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    database_.reset(opened);
    if (code != SQLITE_OK) fail(code);
  }

  [[nodiscard]] sqlite3* get() const noexcept { return database_.get(); }
  [[nodiscard]] const failure_report& failure() const noexcept { return failure_; }
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
  std::unique_ptr<sqlite3, freed> database_;
  failure_report failure_{};
};

}  // namespace waku::reliability::sqlite
