// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/sqlite/archive_codec.hpp>
#include <waku/reliability/adapter/sqlite/connection.hpp>
#include <waku/reliability/adapter/sqlite/page_rows.hpp>
#include <waku/reliability/adapter/sqlite/schema.hpp>
#include <waku/reliability/adapter/sqlite/statement.hpp>
#include <waku/reliability/adapter/sqlite/topic_table.hpp>
#include <waku/reliability/service/archive.hpp>

namespace waku::reliability {

/// What a sqlite_archive may take and must bear.
struct sqlite_archive_options {
  services::archive_limits limits{};
  /// True: what was stored outlives a loss of power, for a flush of the disk at each insertion or batch. False:
  /// it outlives the end of the program however sudden, and a loss of power takes the last seconds.
  bool survives_power_loss = true;
  std::size_t cache_bytes = std::size_t{16} << 20;  ///< memory for pages of the file
};

/// An archive in a file, by SQLite; what insert() has called stored is there after a restart. The file is held
/// alone: a second archive on it fails as busy. Nothing throws but codecs: operations fail by the
/// values that services::archive names for it, a look-up by finding nothing, and failure() tells more.
///
/// Takes about 300 bytes of the file for a message besides its body, and nothing in memory for it. A page costs
/// O(log n) for each entry, and for each topic asked for O(log n) and as many rows as it adds, at most the
/// page's; wherever it begins. Opening counts the messages, O(n). Between begin_batch() and commit_batch()
/// insertions are stored together, which is many times faster.
///
/// Names that SQLite does not take for files, as ":memory:", are an archive that is gone with the object. What a
/// moved-from archive holds is not told: assign to it, or let it go.
template <class Body = std::vector<std::byte>, class Codec = archive_codec<Body>>
class sqlite_archive {
  static_assert(
      sqlite::codec_of<Codec, Body>,
      "waku: sqlite_archive<Body> needs a codec: specialise archive_codec<Body> with encode() and decode(), "
      "or keep bodies as std::vector<std::byte>");

 public:
  using body_type = Body;

  /// Opens or makes the archive in the file; failure() tells whether that went well. Messages over the limits
  /// of count and bytes leave at once.
  explicit sqlite_archive(const std::string& path, const sqlite_archive_options& options = {},
                          Codec codec = {})
      : options_(options), codec_(std::move(codec)), connection_(std::make_unique<sqlite::connection>(path)) {
    if (!usable() || !sqlite::open_archive(*connection_, options.survives_power_loss, options.cache_bytes))
      return;
    statements_ = sqlite::archive_statements(*connection_);
    topics_ = sqlite::topic_table(*connection_);
    open_ = usable() && load();
    if (begin()) end(trim());
  }
  sqlite_archive(sqlite_archive&&) noexcept = default;
  sqlite_archive& operator=(sqlite_archive&&) noexcept = default;

  /// The last failure; its error is none while there was no failure.
  [[nodiscard]] const sqlite::failure_report& failure() const noexcept { return connection_->failure(); }
  [[nodiscard]] bool is_open() const noexcept { return open_; }

  services::archive_insertion insert(const services::archive_record& record, const Body& body,
                                     wall_time now) {
    using services::archive_insertion;
    if (!open_) return archive_insertion::failed;
    expire(now);
    if (batch_failed_) return archive_insertion::failed;
    if (row_of(record.hash)) return archive_insertion::duplicate;
    if (statements_.find.failed()) return fail_insertion();
    const services::archive_limits& limits = options_.limits;
    if (limits.count == 0 || record.weight() > limits.bytes ||
        record.timestamp < services::oldest_allowed(limits, now)) {
      return archive_insertion::refused;
    }
    const services::archive_place place{record.timestamp, record.hash};
    if (totals_.count == limits.count) {
      if (!oldest()) return fail_insertion();
      if (place < *oldest()) return archive_insertion::refused;
    }
    const auto& encoded = codec_.encode(body);
    last_dropped_.reset();
    if (!begin() || !end(add(record, encoded) && trim())) return archive_insertion::failed;
    return last_dropped_ && place <= *last_dropped_ ? archive_insertion::refused : archive_insertion::stored;
  }

  /// Begins to store insertions together. They are kept when commit_batch() says so. The first failure undoes the
  /// batch, and the rest of it fails too. One batch at a time.
  services::archive_error begin_batch() {
    assert(!batch_ && "one batch at a time");
    if (!begin()) return failure().error;
    batch_ = true;
    return services::archive_error::none;
  }
  /// Keeps what was stored since begin_batch(); error none means that it will be there.
  services::archive_error commit_batch() {
    assert((batch_ || !usable()) && "a batch begins first");
    if (!std::exchange(batch_, false)) return failure().error;
    if (std::exchange(batch_failed_, false) || !end(true)) return failure().error;
    return services::archive_error::none;
  }

  [[nodiscard]] std::optional<services::archive_place> place(const message_hash& hash) {
    const auto found = row_of(hash);
    if (!found) return std::nullopt;
    return found->place;
  }

  [[nodiscard]] services::archive_page<Body> list(const services::archive_query& query) {
    services::archive_page<Body> page;
    if (!open_) {
      page.error = failure().error;
      return page;
    }
    std::vector<sqlite::page_row> rows;
    const auto range = sqlite::range_of(query);
    const bool fine =
        !range || (query.hashes.empty() ? scan(query, *range, rows) : look_up(query, *range, rows));
    if (!fine) {
      page.error = failure().error;
      return page;
    }
    page.more = rows.size() > query.limit;
    if (page.more) rows.resize(query.limit);
    if (!query.forward) std::reverse(rows.begin(), rows.end());
    for (const sqlite::page_row& row : rows) {
      if (!add_entry(row, query.include_data, page)) {
        page = {};
        page.error = failure().error;
        return page;
      }
    }
    return page;
  }

  std::size_t expire(wall_time now) {
    if (!open_ || batch_failed_ || !over_age(now) || !begin()) return 0;
    const std::size_t before = totals_.count;
    bool fine = true;
    while (fine && over_age(now)) fine = drop_oldest();
    const std::size_t dropped = before - totals_.count;
    return end(fine) ? dropped : 0;
  }

  /// Drops all messages.
  services::archive_error clear() {
    if (!open_ || batch_failed_ || !begin()) return failure().error;
    const bool fine = connection_->run("DELETE FROM messages; DELETE FROM topics; DELETE FROM shards");
    if (fine) {
      totals_ = {};
      topics_.clear();
      oldest_.reset();
    }
    return end(fine) ? services::archive_error::none : failure().error;
  }

  [[nodiscard]] std::size_t size() const noexcept { return totals_.count; }
  [[nodiscard]] std::size_t bytes() const noexcept { return totals_.bytes; }
  [[nodiscard]] const services::archive_limits& limits() const noexcept { return options_.limits; }
  /// SQLite's connection, for settings of yours; what is in the tables is the archive's.
  [[nodiscard]] sqlite3* connection() noexcept { return connection_->get(); }

 private:
  using place_type = services::archive_place;

  struct totals {
    std::size_t count = 0;
    std::size_t bytes = 0;
  };
  [[nodiscard]] bool usable() const noexcept { return failure().error == services::archive_error::none; }
  bool load() {
    sqlite::statement& kept = statements_.count_and_weigh;
    if (!kept.with().step()) return false;
    totals_ = {static_cast<std::size_t>(kept.number(0)), static_cast<std::size_t>(kept.number(1))};
    kept.reset();
    return topics_.load();
  }

  // Transactions: a batch is one, else each operation has its own.

  bool begin() {
    if (batch_) return true;
    if (!open_ || !statements_.begin.with().run()) return false;
    before_ = totals_;
    return true;
  }
  bool end(bool fine) {
    if (batch_ && fine) return true;
    if (fine && statements_.commit.with().run()) return true;
    batch_failed_ = batch_;
    totals_ = before_;
    oldest_.reset();
    // Where the failure has undone everything already this fails, and may.
    sqlite3_exec(connection_->get(), "ROLLBACK", nullptr, nullptr, nullptr);
    if (!topics_.load()) open_ = false;
    return false;
  }

  // Fails where nothing was changed yet; a batch is undone.
  services::archive_insertion fail_insertion() {
    if (batch_) end(false);
    return services::archive_insertion::failed;
  }

  // Changes, inside a transaction.

  bool add(const services::archive_record& record, std::span<const std::byte> body) {
    const auto ids = topics_.take(record.pubsub_topic, record.content_topic);
    if (!ids) return false;
    const auto weight = sqlite::signed_number(record.weight());
    if (!statements_.add.with(record.timestamp, record.hash, ids->shard, ids->topic, weight, body).run()) {
      return false;
    }
    const place_type place{record.timestamp, record.hash};
    if (totals_.count == 0 || (oldest_ && place < *oldest_)) oldest_ = place;
    ++totals_.count;
    totals_.bytes += record.weight();
    return true;
  }
  bool trim() {
    while (totals_.count > options_.limits.count || totals_.bytes > options_.limits.bytes) {
      if (!drop_oldest()) return false;
    }
    return true;
  }
  bool drop_oldest() {
    sqlite::statement& first = statements_.oldest;
    if (!first.with().step()) return fail_as_miscounted(first);
    last_dropped_ = place_in(first);
    if (!last_dropped_) return false;
    const std::int64_t id = first.number(0);
    const auto weight = static_cast<std::size_t>(first.number(3));
    const sqlite::topic_ids ids{first.number(4), first.number(5)};
    first.reset();
    oldest_.reset();
    --totals_.count;
    totals_.bytes -= weight;
    return statements_.drop.with(id).run() && topics_.release(ids);
  }
  bool fail_as_miscounted(const sqlite::statement& first) {
    return !first.failed() && connection_->fail_as_damaged("messages are gone that were there");
  }

  // Looking.

  // None where there is no message, or it cannot be read.
  [[nodiscard]] const std::optional<place_type>& oldest() {
    if (!oldest_ && totals_.count != 0) {
      sqlite::statement& first = statements_.oldest;
      if (!first.with().step()) {
        fail_as_miscounted(first);
      } else {
        oldest_ = place_in(first);
      }
      first.reset();
    }
    return oldest_;
  }
  bool over_age(wall_time now) {
    return oldest() && oldest()->timestamp < services::oldest_allowed(options_.limits, now);
  }
  struct found_row : sqlite::page_row {
    sqlite::topic_ids ids{};
  };
  std::optional<found_row> row_of(const message_hash& hash) {
    if (!open_) return std::nullopt;
    sqlite::statement& row = statements_.find;
    if (!row.with(hash).step()) return std::nullopt;
    const found_row found{{row.number(0), {row.number(1), hash}}, {row.number(3), row.number(4)}};
    row.reset();
    return found;
  }
  // The place in a row of id, timestamp, hash and more; none where the hash is no hash.
  std::optional<place_type> place_in(const sqlite::statement& row) {
    const auto hash = row.hash(2);
    if (hash) return place_type{row.number(1), *hash};
    connection_->fail_as_damaged("a message's hash has not 32 bytes");
    return std::nullopt;
  }
  // Both gather one row more than the limit, where there is one.
  bool scan(const services::archive_query& query, const sqlite::place_range& range,
            std::vector<sqlite::page_row>& rows) {
    sqlite::page_rows first(std::size_t{query.limit} + 1, query.forward);
    const auto read = [&](sqlite::reading_order order, std::int64_t key) {
      const place_type& from = query.forward ? range.first : range.last;
      sqlite::statement& reading =
          statements_.readings[2 * static_cast<std::size_t>(order) + (query.forward ? 1 : 0)];
      reading.with(from.timestamp, from.hash, key);
      bool fine = true;
      while (fine && reading.step()) {
        const auto place = place_in(reading);
        fine = place.has_value();
        if (!fine || !range.holds(*place) || !first.wants(*place)) break;
        first.add({reading.number(0), *place});
      }
      fine = fine && !reading.failed();
      reading.reset();
      return fine;
    };
    bool fine = true;
    if (!query.content_topics.empty()) {
      const auto topics = topics_.topics_asked(query);
      fine = topics.has_value();
      for (std::size_t each = 0; fine && each < topics->size(); ++each)
        fine = read(sqlite::reading_order::by_topic, (*topics)[each]);
    } else if (query.pubsub_topic) {
      for (const std::int64_t shard : topics_.shards_asked(query))
        fine = fine && read(sqlite::reading_order::by_shard, shard);
    } else {
      fine = read(sqlite::reading_order::by_place, 0);
    }
    rows = first.take();
    return fine;
  }
  bool look_up(const services::archive_query& query, const sqlite::place_range& range,
               std::vector<sqlite::page_row>& rows) {
    const auto topics = topics_.topics_asked(query);
    if (!topics) return false;
    const std::vector<std::int64_t> shards = topics_.shards_asked(query);
    for (const message_hash& hash : query.hashes) {
      const auto found = row_of(hash);
      if (statements_.find.failed()) return false;
      if (!found) continue;
      const bool topic_fits = query.content_topics.empty() ||
                              std::binary_search(topics->begin(), topics->end(), found->ids.topic);
      const bool shard_fits = std::binary_search(shards.begin(), shards.end(), found->ids.shard);
      if (topic_fits && shard_fits && range.holds(found->place)) rows.push_back(*found);
    }
    std::sort(rows.begin(), rows.end(), [&](const sqlite::page_row& a, const sqlite::page_row& b) {
      return query.forward ? a.place < b.place : b.place < a.place;
    });
    const auto same = [](const sqlite::page_row& a, const sqlite::page_row& b) { return a.id == b.id; };
    rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
    return true;
  }
  bool add_entry(const sqlite::page_row& row, bool with_body, services::archive_page<Body>& page) {
    sqlite::statement& read = with_body ? statements_.body_of : statements_.shard_of;
    if (!read.with(row.id).step()) {
      return read.failed() ? false
                           : connection_->fail_as_damaged("an index names a message that is not there");
    }
    const std::string* const pubsub_topic = topics_.pubsub_topic(read.number(0));
    if (pubsub_topic == nullptr) return connection_->fail_as_damaged("a message has no pubsub topic");
    auto& entry = page.entries.emplace_back();
    entry.hash = row.place.hash;
    entry.timestamp = row.place.timestamp;
    entry.pubsub_topic = *pubsub_topic;
    if (with_body) entry.body = codec_.decode(read.bytes(1));
    read.reset();
    return !with_body || entry.body || connection_->fail_as_damaged("a body cannot be decoded");
  }

  sqlite_archive_options options_;
  Codec codec_;
  std::unique_ptr<sqlite::connection> connection_;
  sqlite::archive_statements statements_;
  sqlite::topic_table topics_;
  totals totals_;
  totals before_;  // at the beginning of the transaction
  std::optional<place_type> oldest_;
  std::optional<place_type> last_dropped_;  // by the insertion or expiry that is under way
  bool open_ = false;
  bool batch_ = false;
  bool batch_failed_ = false;
};

}  // namespace waku::reliability
