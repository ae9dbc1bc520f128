// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/simulated_archive.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include <cache/samples.hpp>

namespace simulated_archive_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;

namespace {

/// An archive of messages 0 to count - 1 with timestamps 0, 10, 20 …, on content topics 0, 1, 2, 0, 1, …
struct filled_archive {
  explicit filled_archive(std::uint32_t count) {
    for (std::uint32_t number = 0; number < count; ++number) {
      wt::message_facts facts;
      facts.hash = samples::hash_number(number);
      facts.content_topic = number % 3;
      facts.timestamp = number * 10;
      ledger.add(facts);
    }
    // Inserted backwards: the order of arrival must not matter.
    for (std::uint32_t number = count; number-- > 0;) archive.insert(number);
  }

  [[nodiscard]] wt::archive_query content(std::vector<std::uint32_t> topics) const {
    wt::archive_query query;
    query.pubsub_topic = 0;
    query.content_topics_asked = topics.size();
    query.content_topics = std::move(topics);
    query.limit = 100;
    return query;
  }
  [[nodiscard]] wt::archive_query by_hash(std::vector<std::uint64_t> numbers) const {
    wt::archive_query query;
    for (const std::uint64_t number : numbers) query.hashes.push_back(samples::hash_number(number));
    query.limit = static_cast<std::uint32_t>(numbers.size());
    return query;
  }
  [[nodiscard]] std::vector<wt::message_index> ask(const wt::archive_query& query) const {
    return archive.query(query, profile).messages;
  }

  wt::message_ledger ledger;
  wt::simulated_archive archive{ledger};
  wt::service_profile profile;
};

using found = std::vector<wt::message_index>;

}  // namespace

TEST_CASE("a content query finds the topics and the range asked for, oldest first") {
  filled_archive it(9);
  CHECK(it.ask(it.content({1})) == found{1, 4, 7});
  CHECK(it.ask(it.content({0, 2})) == found{0, 2, 3, 5, 6, 8});
  wt::archive_query range = it.content({0, 1, 2});
  range.time_start = 20;
  range.time_end = 40;
  CHECK(it.ask(range) == found{2, 3, 4});
  it.profile.end_inclusive = false;
  CHECK(it.ask(range) == found{2, 3});
  wt::archive_query elsewhere = it.content({1});
  elsewhere.pubsub_topic = 1;
  CHECK(it.ask(elsewhere).empty());
  wt::archive_query unknown = it.content({});
  unknown.content_topics_asked = 1;
  CHECK(it.ask(unknown).empty());
}

TEST_CASE("pages follow each other by the cursor until the last, which has none") {
  filled_archive it(250);
  wt::archive_query query = it.content({0, 1, 2});
  query.limit = 1'000;
  found all;
  int pages = 0;
  for (wt::archive_page page = it.archive.query(query, it.profile);;
       page = it.archive.query(query, it.profile)) {
    ++pages;
    CHECK(page.status == 200);
    CHECK(page.messages.size() <= 100);
    all.insert(all.end(), page.messages.begin(), page.messages.end());
    if (page.cursor.empty()) break;
    query.cursor = page.cursor;
  }
  CHECK(pages == 3);
  REQUIRE(all.size() == 250);
  for (std::uint32_t number = 0; number < 250; ++number) CHECK(all[number] == number);
}

TEST_CASE("a request without a limit gets twenty entries") {
  filled_archive it(50);
  wt::archive_query query = it.content({0, 1, 2});
  query.limit = 0;
  CHECK(it.ask(query).size() == 20);
}

TEST_CASE("a cursor that the node does not hold, or of another size, is an error") {
  filled_archive it(50);
  wt::archive_query query = it.content({0, 1, 2});
  query.cursor.resize(32);
  CHECK(it.archive.query(query, it.profile).status == wt::archive_error);
  query.cursor.resize(31);
  CHECK(it.archive.query(query, it.profile).status == wt::archive_error);
  const auto& stranger = samples::hash_number(77).bytes;
  query.cursor.assign(stranger.begin(), stranger.end());
  CHECK(it.archive.query(query, it.profile).status == wt::archive_error);
}

TEST_CASE("more than ten content topics fail on the second page only") {
  filled_archive it(150);
  wt::archive_query query = it.content({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const wt::archive_page first = it.archive.query(query, it.profile);
  CHECK(first.status == 200);
  REQUIRE_FALSE(first.cursor.empty());
  query.cursor = first.cursor;
  CHECK(it.archive.query(query, it.profile).status == wt::archive_error);
}

TEST_CASE("a look-up by hash finds what is held, newest first, and nothing else") {
  filled_archive it(30);
  CHECK(it.ask(it.by_hash({3, 99, 20, 3})) == found{20, 3});
  wt::archive_query cut = it.by_hash({1, 2, 3});
  cut.limit = 2;
  const wt::archive_page page = it.archive.query(cut, it.profile);
  CHECK(page.messages.size() == 2);
  CHECK_FALSE(page.cursor.empty());
}

TEST_CASE("a look-up of exactly a hundred hashes brings foreign rows along, as real stores do") {
  filled_archive it(40);
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = 1'000; number < 1'100; ++number) numbers.push_back(number);
  CHECK(it.ask(it.by_hash(numbers)).size() == 40);
  numbers.pop_back();
  CHECK(it.ask(it.by_hash(numbers)).empty());
}

TEST_CASE("what was wiped is gone, and can be inserted anew") {
  filled_archive it(5);
  CHECK(it.archive.size() == 5);
  CHECK_FALSE(it.archive.insert(3));
  it.archive.wipe();
  CHECK(it.archive.size() == 0);
  CHECK_FALSE(it.archive.holds(3));
  CHECK(it.archive.insert(3));
  CHECK(it.archive.messages() == found{3});
}

}  // namespace simulated_archive_tests
