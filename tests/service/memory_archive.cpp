// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/memory_archive.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <service/archive_suite.hpp>

namespace memory_archive_tests {

namespace ws = waku::reliability::services;
using handle_archive = ws::memory_archive<std::uint32_t>;

namespace {

struct memory_fixture {
  static constexpr int random_rounds = 8;
  static constexpr std::uint32_t random_steps = 1'000;

  static std::optional<handle_archive> make(const ws::archive_limits& limits) {
    return std::optional<handle_archive>(std::in_place, limits, samples::seed());
  }
  static std::uint32_t body(std::uint32_t number) { return number; }
};

}  // namespace

static_assert(ws::archive<handle_archive>);

TEST_CASE("the archive in memory keeps what every archive promises") {
  archive_suite::suite<memory_fixture>{}.run();
}

TEST_CASE(
    "an archive that stays at its bound takes hardly more memory, and forgets topics that nobody uses") {
  ws::archive_limits limits = ws::archive_limits::none();
  limits.count = 1'000;
  handle_archive it(limits);
  const auto add = [&](std::uint32_t number) {
    const std::string topic = "/app/1/only" + std::to_string(number) + "/proto";
    CHECK(it.insert(archive_suite::record(number, number, topic), number, archive_suite::wall(0)) ==
          ws::archive_insertion::stored);
  };
  std::uint32_t number = 10'000;
  for (; number < 12'000; ++number) add(number);
  const std::size_t before = it.memory_bytes();
  for (; number < 20'000; ++number) add(number);
  CHECK(it.memory_bytes() < before + before / 20);
  CHECK(it.size() == 1'000);
}

TEST_CASE("a message takes about 80 bytes besides its body") {
  handle_archive it(ws::archive_limits::none());
  constexpr std::uint32_t count = 60'000;
  for (std::uint32_t number = 0; number < count; ++number) {
    REQUIRE(it.insert(archive_suite::record(number, number, "/app/1/chat/proto"), number,
                      archive_suite::wall(0)) == ws::archive_insertion::stored);
  }
  CHECK(it.memory_bytes() / count < 90);
}

TEST_CASE("an archive can be moved, with all that it holds") {
  handle_archive first;
  CHECK(first.insert(archive_suite::record(1, 1, "/a/1/b/c"), 1, archive_suite::wall(1)) ==
        ws::archive_insertion::stored);
  handle_archive second(std::move(first));
  CHECK(second.list({}).entries.size() == 1);
  CHECK(second.list({}).entries[0].pubsub_topic == archive_suite::shard_0);
  CHECK(second.place(samples::hash_number(1)).has_value());
}

}  // namespace memory_archive_tests
