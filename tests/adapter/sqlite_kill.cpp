// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>

#include <adapter/sqlite_scratch.hpp>
#include <service/archive_suite.hpp>
#include <waku/reliability/adapter/sqlite_archive.hpp>
#include <waku/reliability/core/random.hpp>

namespace sqlite_kill_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using archive_suite::record;
using archive_suite::wall;
using sqlite_scratch::body;

namespace {

std::string topic(std::uint32_t number) { return "/app/1/t" + std::to_string(number % 5) + "/proto"; }
std::size_t weight(std::uint32_t number) { return record(number, number, topic(number)).weight(); }

/// What the child does until it is killed: stores messages one by one or in batches from the first that is
/// missing on, and tells after each commit how many there are.
[[noreturn]] void insert_and_tell(const std::string& file, std::uint32_t batch, int pipe) {
  wr::sqlite_archive<> archive(file,
                               {.limits = ws::archive_limits::none(), .survives_power_loss = batch != 1});
  if (!archive.is_open()) ::_exit(3);
  for (auto number = static_cast<std::uint32_t>(archive.size());;) {
    if (batch > 1 && archive.begin_batch() != ws::archive_error::none) ::_exit(4);
    for (std::uint32_t each = 0; each < batch; ++each, ++number) {
      const auto stored = archive.insert(record(number, number, topic(number)), body(number), wall(0));
      if (stored != ws::archive_insertion::stored) ::_exit(5);
    }
    if (batch > 1 && archive.commit_batch() != ws::archive_error::none) ::_exit(6);
    if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(7);
  }
}

/// Lets a child insert, kills it after so many acknowledgements, and answers how many messages it acknowledged.
std::uint32_t killed_child(const std::string& file, std::uint32_t batch, std::uint64_t wait_for) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    insert_and_tell(file, batch, ends[1]);
  }
  ::close(ends[1]);
  std::uint32_t acknowledged = 0;
  std::uint32_t told = 0;
  // What was in the pipe when the child died counts too.
  for (std::uint64_t heard = 0; heard == 0 || told != 0; ++heard) {
    if (heard == wait_for) REQUIRE(::kill(child, SIGKILL) == 0);
    told = 0;
    if (::read(ends[0], &told, sizeof told) != sizeof told) break;
    acknowledged = std::max(acknowledged, told);
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CAPTURE(status);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
  return acknowledged;
}

/// How many messages the file holds: 0 up to it, each once and in order, or the test fails.
std::uint32_t held(const std::string& file) {
  wr::sqlite_archive<> archive(file, {.limits = ws::archive_limits::none()});
  CAPTURE(archive.failure().message);
  REQUIRE(archive.is_open());
  std::uint32_t count = 0;
  ws::archive_query query;
  query.limit = 500;
  for (bool more = true; more;) {
    const auto page = archive.list(query);
    REQUIRE(page.error == ws::archive_error::none);
    for (const auto& entry : page.entries) {
      REQUIRE(entry.hash == samples::hash_number(count));
      REQUIRE((entry.body == body(count)));
      ++count;
    }
    more = page.more;
    if (more) query.after = page.entries.back().place();
  }
  REQUIRE(archive.size() == count);
  REQUIRE(archive.bytes() == count * weight(0));
  return count;
}

}  // namespace

TEST_CASE("a program that is killed a hundred times while it inserts loses nothing that it acknowledged") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  const sqlite_scratch::scratch_folder folder;
  std::uint32_t before = 0;
  for (int round = 0; round < 100; ++round) {
    CAPTURE(round);
    const std::uint32_t batch = draw.chance(0.5) ? 1 : 2 + static_cast<std::uint32_t>(draw.below(20));
    const std::uint32_t acknowledged = killed_child(folder.file(), batch, draw.below(6));
    const std::uint32_t now = held(folder.file());
    CAPTURE(batch);
    CHECK(now >= std::max(before, acknowledged));
    // At most the one transaction whose acknowledgement was under way is there besides.
    CHECK(now <= std::max(before, acknowledged) + batch);
    CHECK((now - before) % batch == 0);
    before = now;
  }
  CHECK(before > 100);
  wr::sqlite::connection database(folder.file());
  wr::sqlite::statement check(database, "PRAGMA integrity_check");
  REQUIRE(check.with().step());
  CHECK(check.text(0) == "ok");
}

}  // namespace sqlite_kill_tests
