// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/testing/message_ledger.hpp>
#include <waku/reliability/testing/service_profile.hpp>

namespace waku::reliability::testing {

/// A store query in the numbers of a simulation, with copies of all that the request lent.
struct archive_query {
  std::optional<std::uint32_t> pubsub_topic;
  std::vector<std::uint32_t> content_topics;  ///< topics that nobody has used have no number and are left out
  std::size_t content_topics_asked = 0;       ///< all that the request named
  std::optional<std::int64_t> time_start;
  std::optional<std::int64_t> time_end;
  std::vector<message_hash> hashes;
  bool include_data = false;
  store_cursor cursor;
  std::uint32_t limit = 0;  ///< 0: not named
  bool legacy = false;
};

/// A page of messages in the numbers of a simulation.
struct archive_page {
  std::uint32_t status = 200;
  std::vector<message_index> messages;
  store_cursor cursor;
};

/// The status with which real stores answer everything that their archive dislikes.
inline constexpr std::uint32_t archive_error = 300;

/// What one store node keeps, in the order of (timestamp, hash), and how it answers queries: as current nwaku
/// nodes do, oddities included.
class simulated_archive {
 public:
  explicit simulated_archive(const message_ledger& ledger) : ledger_(&ledger) {}

  [[nodiscard]] bool holds(message_index message) const { return message < held_.size() && held_[message]; }
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  /// The messages held, oldest first.
  [[nodiscard]] std::vector<message_index> messages() const {
    std::vector<message_index> all;
    for (const row& each : rows_) all.push_back(each.message);
    return all;
  }
  /// False when it is there already.
  bool insert(message_index message) {
    if (holds(message)) return false;
    if (held_.size() <= message) held_.resize(message + 1);
    held_[message] = true;
    const row added = row_of(message);
    rows_.insert(std::upper_bound(rows_.begin(), rows_.end(), added, before), added);
    return true;
  }
  void wipe() {
    rows_.clear();
    held_.clear();
  }

  [[nodiscard]] archive_page query(const archive_query& asked, const service_profile& profile) const {
    archive_page page;
    std::optional<row> after;
    if (!asked.cursor.empty()) {
      after = row_of_cursor(asked.cursor);
      if (!after || asked.content_topics_asked > profile.cursor_topics_max) {
        page.status = archive_error;
        return page;
      }
    }
    std::uint32_t limit = asked.limit == 0 ? profile.page_usual : asked.limit;
    limit = std::min(limit, profile.page_max);
    const std::vector<row> found = asked.hashes.empty() ? by_content(asked, profile) : by_hash(asked, limit);
    auto place = after ? std::upper_bound(found.begin(), found.end(), *after, before) : found.begin();
    for (; place != found.end() && page.messages.size() < limit; ++place)
      page.messages.push_back(place->message);
    if (place != found.end() && !page.messages.empty()) {
      const auto& last = ledger_->facts(page.messages.back()).hash.bytes;
      page.cursor.assign(last.begin(), last.end());
    }
    // The usual database gives what was asked by hash newest first.
    if (!asked.hashes.empty()) std::reverse(page.messages.begin(), page.messages.end());
    return page;
  }

 private:
  struct row {
    std::int64_t timestamp;
    message_hash hash;
    message_index message;
  };

  static bool before(const row& a, const row& b) {
    return a.timestamp != b.timestamp ? a.timestamp < b.timestamp : a.hash < b.hash;
  }
  [[nodiscard]] row row_of(message_index message) const {
    const message_facts& facts = ledger_->facts(message);
    return {facts.timestamp, facts.hash, message};
  }
  // Only hashes that this very node holds are good cursors.
  [[nodiscard]] std::optional<row> row_of_cursor(const store_cursor& cursor) const {
    message_hash hash;
    if (cursor.size() != hash.bytes.size()) return std::nullopt;
    std::copy(cursor.begin(), cursor.end(), hash.bytes.begin());
    const auto message = ledger_->find(hash);
    if (!message || !holds(*message)) return std::nullopt;
    return row_of(*message);
  }
  [[nodiscard]] bool fits(const row& each, const archive_query& asked) const {
    const message_facts& facts = ledger_->facts(each.message);
    if (asked.pubsub_topic && *asked.pubsub_topic != facts.pubsub_topic) return false;
    if (asked.content_topics_asked == 0) return true;
    return std::find(asked.content_topics.begin(), asked.content_topics.end(), facts.content_topic) !=
           asked.content_topics.end();
  }
  [[nodiscard]] std::vector<row> by_content(const archive_query& asked,
                                            const service_profile& profile) const {
    std::vector<row> found;
    auto place = rows_.begin();
    if (asked.time_start) {
      place = std::lower_bound(rows_.begin(), rows_.end(), *asked.time_start,
                               [](const row& each, std::int64_t start) { return each.timestamp < start; });
    }
    for (; place != rows_.end(); ++place) {
      if (asked.time_end && (profile.end_inclusive ? place->timestamp > *asked.time_end
                                                   : place->timestamp >= *asked.time_end)) {
        break;
      }
      if (fits(*place, asked)) found.push_back(*place);
    }
    return found;
  }
  [[nodiscard]] std::vector<row> by_hash(const archive_query& asked, std::uint32_t limit) const {
    std::vector<row> found;
    for (const message_hash& hash : asked.hashes) {
      const auto message = ledger_->find(hash);
      if (!message || !holds(*message)) continue;
      const row each = row_of(*message);
      if (fits(each, asked)) found.push_back(each);
    }
    // Look-ups go in batches of 100, and after a full last one comes an empty one, which finds everything.
    if (asked.hashes.size() % 100 == 0) {
      const std::size_t foreign = std::min<std::size_t>(limit, rows_.size());
      found.insert(found.end(), rows_.end() - static_cast<std::ptrdiff_t>(foreign), rows_.end());
    }
    std::sort(found.begin(), found.end(), before);
    const auto same = [](const row& a, const row& b) { return a.message == b.message; };
    found.erase(std::unique(found.begin(), found.end(), same), found.end());
    return found;
  }

  const message_ledger* ledger_;
  std::vector<row> rows_;
  std::vector<bool> held_;
};

}  // namespace waku::reliability::testing
