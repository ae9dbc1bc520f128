// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/adapter/sqlite/connection.hpp>
#include <waku/reliability/adapter/sqlite/statement.hpp>
#include <waku/reliability/service/archive.hpp>

namespace waku::reliability::sqlite {

/// Where a message belongs: the ids of its pubsub topic, and of its content topic there.
struct topic_ids {
  std::int64_t shard = 0;
  std::int64_t topic = 0;
};

/// The topics of the messages in a file. Each has one row, as long as a message has the topic; the pubsub topics
/// are in memory besides, since every entry of a page names one.
class topic_table {
 public:
  topic_table() = default;
  explicit topic_table(connection& shared)
      : connection_(&shared),
        read_shards_(shared, "SELECT id, name FROM shards"),
        add_shard_(shared, "INSERT INTO shards (name) VALUES (?1)"),
        drop_shard_(
            shared,
            "DELETE FROM shards WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM topics WHERE shard = ?1)"),
        find_topic_(shared, "SELECT id FROM topics WHERE name = ?1 AND shard = ?2"),
        find_everywhere_(shared, "SELECT id FROM topics WHERE name = ?1"),
        add_topic_(shared, "INSERT INTO topics (shard, name) VALUES (?1, ?2)"),
        drop_topic_(
            shared,
            "DELETE FROM topics WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM messages WHERE topic = ?1)") {}

  /// Reads the pubsub topics from the file, which a transaction that is undone may have changed. False, here and
  /// below, with the failure in the connection.
  bool load() {
    shards_.clear();
    ids_.clear();
    read_shards_.with();
    while (read_shards_.step()) remember(read_shards_.number(0), read_shards_.text(1));
    return !read_shards_.failed();
  }
  /// Forgets what load() read, after the tables were emptied.
  void clear() {
    ids_.clear();
    shards_.clear();
  }

  /// The ids of a message's topics, which get rows where they are new; none if that fails.
  std::optional<topic_ids> take(std::string_view pubsub_topic, std::string_view content_topic) {
    std::int64_t shard = 0;
    if (const auto known = ids_.find(pubsub_topic); known != ids_.end()) {
      shard = known->second;
    } else {
      if (!add_shard_.with(pubsub_topic).run()) return std::nullopt;
      shard = sqlite3_last_insert_rowid(connection_->get());
      remember(shard, pubsub_topic);
    }
    if (const auto topic = find(shard, content_topic)) return topic_ids{shard, *topic};
    if (find_topic_.failed() || !add_topic_.with(shard, content_topic).run()) return std::nullopt;
    return topic_ids{shard, sqlite3_last_insert_rowid(connection_->get())};
  }
  /// Drops the rows of topics that no message has any more.
  bool release(const topic_ids& left) {
    if (!drop_topic_.with(left.topic).run()) return false;
    if (!dropped()) return true;
    if (!drop_shard_.with(left.shard).run()) return false;
    if (dropped()) forget(left.shard);
    return true;
  }

  /// The pubsub topic of an id; nullptr where there is none.
  [[nodiscard]] const std::string* pubsub_topic(std::int64_t shard) const {
    const auto found = shards_.find(shard);
    return found == shards_.end() ? nullptr : &found->second;
  }
  /// The ids of the pubsub topics that a query may look into, in order.
  [[nodiscard]] std::vector<std::int64_t> shards_asked(const services::archive_query& query) const {
    std::vector<std::int64_t> asked;
    if (!query.pubsub_topic) {
      for (const auto& [id, name] : shards_) asked.push_back(id);
    } else if (const auto known = ids_.find(*query.pubsub_topic); known != ids_.end()) {
      asked.push_back(known->second);
    }
    return asked;
  }
  /// The ids of the content topics that a query names, in order and each once; none if looking them up fails.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> topics_asked(const services::archive_query& query) {
    std::vector<std::int64_t> asked;
    const auto shard = query.pubsub_topic ? ids_.find(*query.pubsub_topic) : ids_.end();
    if (query.pubsub_topic && shard == ids_.end()) return asked;
    for (const std::string_view name : query.content_topics) {
      statement& found =
          query.pubsub_topic ? find_topic_.with(name, shard->second) : find_everywhere_.with(name);
      while (found.step()) asked.push_back(found.number(0));
      if (found.failed()) return std::nullopt;
    }
    std::sort(asked.begin(), asked.end());
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    return asked;
  }

 private:
  [[nodiscard]] bool dropped() const noexcept { return sqlite3_changes(connection_->get()) != 0; }
  std::optional<std::int64_t> find(std::int64_t shard, std::string_view name) {
    if (!find_topic_.with(name, shard).step()) return std::nullopt;
    const std::int64_t id = find_topic_.number(0);
    find_topic_.reset();
    return id;
  }
  void remember(std::int64_t id, std::string_view name) {
    shards_.emplace(id, name);
    ids_.emplace(name, id);
  }
  void forget(std::int64_t id) {
    const auto found = shards_.find(id);
    if (found == shards_.end()) return;
    ids_.erase(found->second);
    shards_.erase(found);
  }

  connection* connection_ = nullptr;
  statement read_shards_;
  statement add_shard_;
  statement drop_shard_;
  statement find_topic_;
  statement find_everywhere_;
  statement add_topic_;
  statement drop_topic_;
  std::map<std::int64_t, std::string> shards_;
  std::map<std::string, std::int64_t, std::less<>> ids_;
};

}  // namespace waku::reliability::sqlite
