// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/sqlite_archive.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <adapter/sqlite_scratch.hpp>
#include <service/archive_suite.hpp>

namespace sqlite_archive_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using file_archive = wr::sqlite_archive<>;
using archive_suite::record;
using archive_suite::wall;
using sqlite_scratch::body;
using sqlite_scratch::scratch_folder;
using namespace std::chrono_literals;

namespace {

wr::sqlite_archive_options quick(const ws::archive_limits& limits = ws::archive_limits::none()) {
  return {.limits = limits, .survives_power_loss = false};
}

struct sqlite_fixture {
  static constexpr int random_rounds = 4;
  static constexpr std::uint32_t random_steps = 600;

  static std::unique_ptr<file_archive> make(const ws::archive_limits& limits) {
    auto made = std::make_unique<file_archive>(":memory:", quick(limits));
    CAPTURE(made->failure().message);
    REQUIRE(made->is_open());
    return made;
  }
  static std::vector<std::byte> body(std::uint32_t number) { return sqlite_scratch::body(number); }
};

void fill(file_archive& archive, std::uint32_t from, std::uint32_t count) {
  for (std::uint32_t number = from; number < from + count; ++number) {
    REQUIRE(archive.insert(record(number, number, "/app/1/t/proto"), body(number), wall(0)) ==
            ws::archive_insertion::stored);
  }
}

}  // namespace

static_assert(ws::archive<file_archive>);
static_assert(wr::sqlite::codec_of<wr::archive_codec<std::vector<std::byte>>, std::vector<std::byte>>);
static_assert(!wr::sqlite::codec_of<wr::archive_codec<std::string>, std::string>);

TEST_CASE("the archive in a file keeps what every archive promises") {
  archive_suite::suite<sqlite_fixture>{}.run();
}

TEST_CASE("what was stored is there after a restart, in order, with its sums") {
  const scratch_folder folder;
  {
    file_archive first(folder.file(), quick());
    fill(first, 0, 30);
  }
  file_archive second(folder.file(), quick());
  REQUIRE(second.is_open());
  CHECK(second.size() == 30);
  CHECK(second.bytes() == 30 * record(0, 0, "/app/1/t/proto").weight());
  const auto page = second.list({.limit = 100});
  REQUIRE(page.entries.size() == 30);
  for (std::uint32_t number = 0; number < 30; ++number) {
    CHECK(page.entries[number].hash == samples::hash_number(number));
    CHECK(page.entries[number].pubsub_topic == archive_suite::shard_0);
    CHECK((page.entries[number].body == body(number)));
  }
  CHECK(second.insert(record(7, 7, "/app/1/t/proto"), body(7), wall(0)) == ws::archive_insertion::duplicate);
}

TEST_CASE("a file that is opened with tighter limits is cut to them") {
  const scratch_folder folder;
  {
    file_archive first(folder.file(), quick());
    fill(first, 0, 30);
  }
  ws::archive_limits tight = ws::archive_limits::none();
  tight.count = 10;
  file_archive second(folder.file(), quick(tight));
  CHECK(second.size() == 10);
  CHECK(second.list({}).entries.front().timestamp == 20);
}

TEST_CASE("a batch is there after its commit, and not without it") {
  const scratch_folder folder;
  {
    file_archive archive(folder.file(), quick());
    REQUIRE(archive.begin_batch() == ws::archive_error::none);
    fill(archive, 0, 20);
    CHECK(archive.size() == 20);
    CHECK(archive.commit_batch() == ws::archive_error::none);
    REQUIRE(archive.begin_batch() == ws::archive_error::none);
    fill(archive, 20, 20);
  }
  file_archive again(folder.file(), quick());
  CHECK(again.size() == 20);
  CHECK(again.list({.limit = 100}).entries.size() == 20);
}

TEST_CASE("a file that another archive holds is busy, and is free when that one is gone") {
  const scratch_folder folder;
  auto first = std::make_unique<file_archive>(folder.file(), quick());
  fill(*first, 0, 3);
  file_archive second(folder.file(), quick());
  CHECK_FALSE(second.is_open());
  CHECK(second.failure().error == ws::archive_error::busy);
  CHECK_FALSE(second.failure().message.empty());
  CHECK(second.insert(record(1, 1, "/a/1/b/c"), body(1), wall(0)) == ws::archive_insertion::failed);
  CHECK(second.list({}).error == ws::archive_error::busy);
  CHECK_FALSE(second.place(samples::hash_number(1)).has_value());
  CHECK(second.begin_batch() == ws::archive_error::busy);
  CHECK(second.commit_batch() == ws::archive_error::busy);
  CHECK(second.clear() == ws::archive_error::busy);
  CHECK(second.expire(wall(0)) == 0);
  first.reset();
  file_archive third(folder.file(), quick());
  CHECK(third.size() == 3);
}

TEST_CASE("a path that cannot be opened, and files that are no archive, are told apart") {
  const scratch_folder folder;
  const file_archive nowhere(folder.file() + "/no/such/folder", quick());
  CHECK(nowhere.failure().error == ws::archive_error::unavailable);
  std::ofstream(folder.file()) << std::string(5'000, 'x');
  const file_archive text(folder.file(), quick());
  CHECK_FALSE(text.is_open());
  CHECK(text.failure().error == ws::archive_error::damaged);
  std::filesystem::remove(folder.file());
  {
    wr::sqlite::connection other(folder.file());
    REQUIRE(other.run("CREATE TABLE notes (text TEXT)"));
  }
  const auto content = [&] {
    std::ifstream file(folder.file(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string before = content();
  {
    file_archive foreign(folder.file(), quick());
    CHECK_FALSE(foreign.is_open());
    CHECK(foreign.failure().error == ws::archive_error::damaged);
    CHECK(foreign.begin_batch() == ws::archive_error::damaged);
    CHECK(foreign.commit_batch() == ws::archive_error::damaged);
  }
  CHECK(content() == before);
  {
    wr::sqlite::connection other(folder.file());
    REQUIRE(other.run("PRAGMA application_id = -5; PRAGMA user_version = -1"));
  }
  const file_archive marked(folder.file(), quick());
  CHECK(marked.failure().error == ws::archive_error::damaged);
  const file_archive unnamed("", quick());
  CHECK(unnamed.failure().error == ws::archive_error::unavailable);
  CHECK(unnamed.failure().message == "the path is empty");
}

TEST_CASE("a full disk fails the insertion and leaves what was there") {
  const scratch_folder folder;
  file_archive archive(folder.file(), quick());
  fill(archive, 0, 5);
  // SQLite's own bound of pages stands for the disk's.
  REQUIRE(sqlite3_exec(archive.connection(), "PRAGMA max_page_count = 60", nullptr, nullptr, nullptr) ==
          SQLITE_OK);
  std::uint32_t number = 5;
  auto last = ws::archive_insertion::stored;
  for (; last == ws::archive_insertion::stored && number < 5'000; ++number) {
    last = archive.insert(record(number, number, "/app/1/t/proto"), std::vector<std::byte>(2'000), wall(0));
  }
  CHECK(last == ws::archive_insertion::failed);
  CHECK(archive.failure().error == ws::archive_error::full);
  CHECK(archive.size() == number - 1);
  CHECK(archive.list({.limit = 5'000}).entries.size() == number - 1);
}

TEST_CASE("contents that contradict themselves are told as damage, and a page is whole or an error") {
  const auto broken_by = [](const char* change, const ws::archive_query& query) {
    file_archive archive(":memory:", quick());
    fill(archive, 0, 5);
    CHECK(archive.list(query).error == ws::archive_error::none);
    REQUIRE(sqlite3_exec(archive.connection(), change, nullptr, nullptr, nullptr) == SQLITE_OK);
    const auto page = archive.list(query);
    CHECK(page.entries.empty());
    CHECK_FALSE(page.more);
    CHECK(page.error == archive.failure().error);
    return page.error;
  };
  CHECK(broken_by("UPDATE messages SET shard = 77 WHERE timestamp = 3", {}) == ws::archive_error::damaged);
  CHECK(broken_by("UPDATE messages SET hash = x'01' WHERE timestamp = 3", {}) == ws::archive_error::damaged);
  CHECK(broken_by("DROP TABLE messages", {}) == ws::archive_error::unavailable);
  const wr::message_hash hashes[] = {samples::hash_number(2)};
  CHECK(broken_by("DROP TABLE messages", {.hashes = hashes}) == ws::archive_error::unavailable);

  file_archive miscounted(":memory:", quick({.count = 5}));
  fill(miscounted, 200'000'000, 5);
  REQUIRE(sqlite3_exec(miscounted.connection(), "DELETE FROM messages", nullptr, nullptr, nullptr) ==
          SQLITE_OK);
  CHECK(miscounted.expire(wall(wr::duration(std::chrono::hours(100)).count())) == 0);
  CHECK(miscounted.failure().error == ws::archive_error::damaged);
}

TEST_CASE("a full archive whose messages are gone says damaged") {
  file_archive archive(":memory:", quick({.count = 5, .age = wr::duration::max()}));
  fill(archive, 0, 6);
  REQUIRE(sqlite3_exec(archive.connection(), "DELETE FROM messages", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(archive.insert(record(9, 9, "/a/1/b/c"), body(9), wall(0)) == ws::archive_insertion::failed);
  CHECK(archive.failure().error == ws::archive_error::damaged);
}

TEST_CASE("what was stored is told as stored, even if nothing can be read after it") {
  file_archive archive(":memory:", quick({.count = 3, .age = wr::duration::max()}));
  fill(archive, 0, 3);
  sqlite3* const handle = archive.connection();
  sqlite3_commit_hook(
      handle,
      [](void* connection) {
        sqlite3_interrupt(static_cast<sqlite3*>(connection));
        return 0;
      },
      handle);
  CHECK(archive.insert(record(9, 9, "/a/1/b/c"), body(9), wall(0)) == ws::archive_insertion::stored);
  sqlite3_commit_hook(handle, nullptr, nullptr);
  CHECK(archive.place(samples::hash_number(9)).has_value());
  CHECK(archive.size() == 3);
}

TEST_CASE("the sums are those of the messages that are in the file when it is opened") {
  const scratch_folder folder;
  {
    file_archive archive(folder.file(), quick());
    fill(archive, 0, 20);
    REQUIRE(sqlite3_exec(archive.connection(), "DELETE FROM messages WHERE timestamp < 5", nullptr, nullptr,
                         nullptr) == SQLITE_OK);
  }
  const file_archive archive(folder.file(), quick());
  CHECK(archive.size() == 15);
  CHECK(archive.bytes() == 15 * record(0, 0, "/app/1/t/proto").weight());
}

TEST_CASE("a page of many topics needs no more statements than one of few") {
  file_archive archive(":memory:", quick());
  std::vector<std::string> topics;
  for (std::uint32_t number = 0; number < 300; ++number) {
    topics.push_back("/app/1/" + std::to_string(number) + "/proto");
    for (std::uint32_t shard = 0; shard < 3; ++shard) {
      const std::string pubsub_topic = "/waku/2/rs/9/" + std::to_string(shard);
      REQUIRE(archive.insert(record(3 * number + shard, number, topics.back(), pubsub_topic), body(number),
                             wall(0)) == ws::archive_insertion::stored);
    }
  }
  const auto statements = [&] {
    int count = 0;
    for (sqlite3_stmt* each = sqlite3_next_stmt(archive.connection(), nullptr); each != nullptr;
         each = sqlite3_next_stmt(archive.connection(), each)) {
      CHECK(sqlite3_stmt_busy(each) == 0);
      ++count;
    }
    return count;
  };
  const int before = statements();
  const std::vector<std::string_view> asked(topics.begin(), topics.end());
  ws::archive_query query;
  query.content_topics = asked;
  query.limit = 100;
  for (const bool forward : {true, false}) {
    query.forward = forward;
    const auto page = archive.list(query);
    REQUIRE(page.entries.size() == 100);
    CHECK(page.more);
    CHECK(page.entries.front().timestamp == (forward ? 0 : 266));
    CHECK(page.entries.back().timestamp == (forward ? 33 : 299));
  }
  CHECK(statements() == before);
}

TEST_CASE(
    "a message that comes when the oldest of a full archive cannot be read fails, and a batch with it") {
  file_archive archive(":memory:", quick({.count = 5, .age = 10ns}));
  fill(archive, 0, 5);
  REQUIRE(archive.begin_batch() == ws::archive_error::none);
  fill(archive, 5, 1);
  REQUIRE(sqlite3_exec(archive.connection(), "DELETE FROM messages", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(archive.insert(record(9, 90, "/a/1/b/c"), body(9), wall(90)) == ws::archive_insertion::failed);
  CHECK(archive.insert(record(10, 91, "/a/1/b/c"), body(10), wall(91)) == ws::archive_insertion::failed);
  CHECK(archive.commit_batch() == ws::archive_error::damaged);
  CHECK(archive.size() == 5);
}

TEST_CASE("topics leave the file and the memory with their last message") {
  const scratch_folder folder;
  file_archive archive(folder.file(), quick({.count = 3, .age = wr::duration::max()}));
  const auto rows = [&](const char* table) {
    sqlite3_stmt* asked = nullptr;
    const std::string text = std::string("SELECT count(*) FROM ") + table;
    REQUIRE(sqlite3_prepare_v2(archive.connection(), text.c_str(), -1, &asked, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(asked) == SQLITE_ROW);
    const int count = sqlite3_column_int(asked, 0);
    sqlite3_finalize(asked);
    return count;
  };
  for (std::uint32_t number = 0; number < 40; ++number) {
    const std::string shard = "/waku/2/rs/9/" + std::to_string(number % 7);
    const std::string topic = "/app/1/" + std::to_string(number) + "/proto";
    REQUIRE(archive.insert(record(number, number, topic, shard), body(number), wall(0)) ==
            ws::archive_insertion::stored);
    CHECK(rows("shards") == std::min<int>(3, static_cast<int>(number) + 1));
    CHECK(rows("topics") == rows("shards"));
    ws::archive_query query;
    query.pubsub_topic = shard;
    CHECK(archive.list(query).entries.size() == 1);
  }
}

TEST_CASE("a codec that throws leaves the archive as it was") {
  struct moody_codec {
    std::span<const std::byte> encode(const std::vector<std::byte>& bytes) const {
      if (bytes.empty()) throw std::runtime_error("no body");
      return bytes;
    }
    std::optional<std::vector<std::byte>> decode(std::span<const std::byte> bytes) const {
      return std::vector<std::byte>(bytes.begin(), bytes.end());
    }
  };
  wr::sqlite_archive<std::vector<std::byte>, moody_codec> archive(":memory:", quick());
  CHECK_THROWS(archive.insert(record(1, 1, "/a/1/b/c"), {}, wall(0)));
  CHECK(archive.size() == 0);
  CHECK(archive.insert(record(2, 2, "/a/1/b/c"), body(2), wall(0)) == ws::archive_insertion::stored);
  CHECK(archive.list({}).entries.size() == 1);
}

TEST_CASE("a body that SQLite cannot hold fails, and is no damage") {
  file_archive archive(":memory:", quick());
  sqlite3_limit(archive.connection(), SQLITE_LIMIT_LENGTH, 1'000);
  CHECK(archive.insert(record(1, 1, "/a/1/b/c"), std::vector<std::byte>(2'000), wall(0)) ==
        ws::archive_insertion::failed);
  CHECK(archive.failure().error != ws::archive_error::damaged);
  CHECK(archive.insert(record(2, 2, "/a/1/b/c"), body(2), wall(0)) == ws::archive_insertion::stored);
}

TEST_CASE("a body that its codec cannot read is damage") {
  struct strict_codec {
    static std::span<const std::byte> encode(const std::vector<std::byte>& bytes) { return bytes; }
    static std::optional<std::vector<std::byte>> decode(std::span<const std::byte>) { return std::nullopt; }
  };
  wr::sqlite_archive<std::vector<std::byte>, strict_codec> archive(":memory:", quick());
  CHECK(archive.insert(record(1, 1, "/a/1/b/c"), body(1), wall(0)) == ws::archive_insertion::stored);
  CHECK(archive.list({.include_data = false}).entries.size() == 1);
  CHECK(archive.list({}).error == ws::archive_error::damaged);
}

TEST_CASE("every order is read along an index, from its place on, and nothing is sorted for it") {
  const scratch_folder folder;
  { const file_archive made(folder.file(), quick()); }
  wr::sqlite::connection database(folder.file());
  for (const bool forward : {true, false}) {
    for (const auto& [order, index] : {std::pair{wr::sqlite::reading_order::by_place, "by_place"},
                                       std::pair{wr::sqlite::reading_order::by_shard, "by_shard"},
                                       std::pair{wr::sqlite::reading_order::by_topic, "by_topic"}}) {
      wr::sqlite::statement plan(database, "EXPLAIN QUERY PLAN " + wr::sqlite::reading(order, forward));
      REQUIRE(plan.with().step());
      const std::string told(plan.text(3));
      CAPTURE(told);
      const std::string wanted = std::string("SEARCH messages USING COVERING INDEX ") + index;
      CHECK(told.substr(0, wanted.size()) == wanted);
      CHECK(told.find("timestamp") != std::string::npos);
      CHECK_FALSE(plan.step());
    }
  }
}

}  // namespace sqlite_archive_tests
