// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <waku/reliability/adapter/sqlite/connection.hpp>
#include <waku/reliability/adapter/sqlite/statement.hpp>
#include <waku/reliability/service/archive.hpp>

/// What stands in the file of a sqlite_archive, and how it is asked.
namespace waku::reliability::sqlite {

/// A message's row, by what the indexes tell of it.
struct page_row {
  std::int64_t id = 0;
  services::archive_place place{};
};

/// Places from first to last, both inclusive.
struct place_range {
  services::archive_place first;
  services::archive_place last;

  [[nodiscard]] bool holds(const services::archive_place& place) const {
    return first <= place && place <= last;
  }
};

/// The next place in the order, or the one before; none at the end of it.
[[nodiscard]] inline std::optional<services::archive_place> neighbour(services::archive_place place,
                                                                      bool next) {
  const std::byte over = next ? std::byte{0xff} : std::byte{0};
  const std::byte start = next ? std::byte{0} : std::byte{0xff};
  for (std::size_t each = place.hash.bytes.size(); each-- > 0;) {
    std::byte& byte = place.hash.bytes[each];
    if (byte != over) {
      byte = static_cast<std::byte>(std::to_integer<unsigned>(byte) + (next ? 1U : 0xffU));
      return place;
    }
    byte = start;
  }
  using limits = std::numeric_limits<std::int64_t>;
  if (place.timestamp == (next ? limits::max() : limits::min())) return std::nullopt;
  place.timestamp += next ? 1 : -1;
  return place;
}

/// The places that a query's times and cursor leave; none if they leave nothing.
[[nodiscard]] inline std::optional<place_range> range_of(const services::archive_query& query) {
  using limits = std::numeric_limits<std::int64_t>;
  message_hash most;
  most.bytes.fill(std::byte{0xff});
  place_range range{{query.start.value_or(limits::min()), {}}, {limits::max(), most}};
  if (query.end) {
    const auto last = neighbour({*query.end, {}}, false);
    if (!last) return std::nullopt;
    range.last = *last;
  }
  if (query.after) {
    const auto next = neighbour(*query.after, query.forward);
    if (!next) return std::nullopt;
    if (query.forward) {
      range.first = range.first < *next ? *next : range.first;
    } else {
      range.last = *next < range.last ? *next : range.last;
    }
  }
  if (range.last < range.first) return std::nullopt;
  return range;
}

/// SQLite's numbers have a sign. Sizes that do not fit are as good as endless.
[[nodiscard]] constexpr std::int64_t signed_number(std::size_t value) noexcept {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(value < most ? value : most);
}

/// The orders in which messages are read, each with an index.
enum class reading_order : std::size_t { by_place, by_shard, by_topic };

/// The statement that reads rows from a place on (?1, ?2), of one shard or topic (?3).
[[nodiscard]] inline std::string reading(reading_order order, bool forward) {
  std::string text = "SELECT id, timestamp, hash FROM messages WHERE (timestamp, hash) ";
  text += forward ? ">= (?1, ?2)" : "<= (?1, ?2)";
  if (order == reading_order::by_place) text += " AND ?3 = 0";
  if (order == reading_order::by_shard) text += " AND shard = ?3";
  if (order == reading_order::by_topic) text += " AND topic = ?3";
  return text + (forward ? " ORDER BY timestamp, hash" : " ORDER BY timestamp DESC, hash DESC");
}

/// The statements of an archive, prepared once. What goes wrong is told to the connection.
struct archive_statements {
  archive_statements() = default;
  explicit archive_statements(connection& shared)
      : begin(shared, "BEGIN IMMEDIATE"),
        commit(shared, "COMMIT"),
        count_and_weigh(shared,
                        "SELECT count(*), coalesce(sum(weight), 0) FROM messages INDEXED BY by_place"),
        find(shared, "SELECT id, timestamp, hash, shard, topic FROM messages WHERE hash = ?1"),
        add(shared,
            "INSERT INTO messages (timestamp, hash, shard, topic, weight, body) VALUES (?1, ?2, ?3, ?4, ?5, "
            "?6)"),
        drop(shared, "DELETE FROM messages WHERE id = ?1"),
        oldest(shared,
               "SELECT id, timestamp, hash, weight, shard, topic FROM messages ORDER BY timestamp, hash "
               "LIMIT 1"),
        shard_of(shared, "SELECT shard FROM messages WHERE id = ?1"),
        body_of(shared, "SELECT shard, body FROM messages WHERE id = ?1") {
    for (std::size_t each = 0; each < readings.size(); ++each)
      readings[each] = statement(shared, reading(static_cast<reading_order>(each / 2), each % 2 != 0));
  }

  statement begin;
  statement commit;
  statement count_and_weigh;
  statement find;
  statement add;
  statement drop;
  statement oldest;
  statement shard_of;
  statement body_of;
  std::array<statement, 6> readings;  ///< each order backward, then forward
};

/// Sets a connection up and makes the tables where the file is new. False, with the failure in the connection,
/// where the file is held by another, or is no archive of this layout.
inline bool open_archive(connection& shared, bool survives_power_loss, std::size_t cache_bytes) {
  // "Waku" in bytes: the mark of the file.
  constexpr std::int64_t application = 0x57616b75;
  constexpr std::int64_t layout = 2;
  const auto number = [&](const char* question) {
    statement asked(shared, question);
    return asked.with().step() ? std::optional(asked.number(0)) : std::nullopt;
  };
  // Nothing is changed before it is known whose file it is.
  if (!shared.run("PRAGMA locking_mode = EXCLUSIVE")) return false;
  const auto mark = number("PRAGMA application_id");
  const auto version = number("PRAGMA user_version");
  const auto tables = number("SELECT count(*) FROM sqlite_schema");
  if (!mark || !version || !tables) return false;
  const bool known = *mark == application && *version == layout;
  if (!known && (*mark != 0 || *tables != 0))
    return shared.fail_as_damaged("the file is no archive of this layout");
  const std::string settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = " +
                               std::string(survives_power_loss ? "FULL" : "NORMAL") +
                               "; PRAGMA cache_size = -" + std::to_string(cache_bytes / 1024 + 1);
  if (!shared.run(settings.c_str())) return false;
  if (known) return true;
  const std::string tables_and_mark =
      "BEGIN IMMEDIATE;"
      "CREATE TABLE shards (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE);"
      "CREATE TABLE topics (id INTEGER PRIMARY KEY, shard INTEGER NOT NULL, name BLOB NOT NULL,"
      " UNIQUE (name, shard));"
      "CREATE TABLE messages (id INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE,"
      " shard INTEGER NOT NULL, topic INTEGER NOT NULL, weight INTEGER NOT NULL, body BLOB NOT NULL);"
      "CREATE INDEX by_place ON messages (timestamp, hash, weight);"
      "CREATE INDEX by_shard ON messages (shard, timestamp, hash);"
      "CREATE INDEX by_topic ON messages (topic, timestamp, hash);"
      "PRAGMA application_id = " +
      std::to_string(application) + "; PRAGMA user_version = " + std::to_string(layout) + "; COMMIT";
  return shared.run(tables_and_mark.c_str());
}

}  // namespace waku::reliability::sqlite
