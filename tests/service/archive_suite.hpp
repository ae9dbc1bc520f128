// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cache/samples.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/service/archive.hpp>

/// What every archive promises, checked on any of them. A Fixture makes archives: make(limits) gives something
/// that is dereferenced to one; its bodies are made from numbers by body(number).
namespace archive_suite {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using namespace std::chrono_literals;

inline constexpr std::string_view shard_0 = "/waku/2/rs/1/0";
inline constexpr std::string_view shard_1 = "/waku/2/rs/1/1";

inline wr::wall_time wall(std::int64_t unix_ns) { return wr::wall_time(wr::duration(unix_ns)); }

/// A record of message `number`, whose hash follows from the number.
inline ws::archive_record record(std::uint32_t number, std::int64_t timestamp, std::string_view content_topic,
                                 std::string_view pubsub_topic = shard_0, std::size_t bytes = 100) {
  return {samples::hash_number(number), timestamp, pubsub_topic, content_topic, bytes};
}

/// The plainest archive there can be: a list that is sorted and scanned. The others are measured by it.
template <class Body>
class model_archive {
 public:
  using body_type = Body;
  struct row {
    ws::archive_place place;
    std::string pubsub_topic;
    std::string content_topic;
    std::size_t weight;
    Body body;
  };

  explicit model_archive(const ws::archive_limits& limits) : limits_(limits) {}

  ws::archive_insertion insert(const ws::archive_record& added, const Body& body, wr::wall_time now) {
    expire(now);
    if (place(added.hash)) return ws::archive_insertion::duplicate;
    rows_.push_back({{added.timestamp, added.hash},
                     std::string(added.pubsub_topic),
                     std::string(added.content_topic),
                     added.weight(),
                     body});
    std::sort(rows_.begin(), rows_.end(), [](const row& a, const row& b) { return a.place < b.place; });
    // A body that is too large for an empty archive pushes nothing out.
    if (added.weight() > limits_.bytes)
      std::erase_if(rows_, [&](const row& each) { return is(each, added); });
    expire(now);
    while (rows_.size() > limits_.count || bytes() > limits_.bytes) rows_.erase(rows_.begin());
    return place(added.hash) ? ws::archive_insertion::stored : ws::archive_insertion::refused;
  }
  std::optional<ws::archive_place> place(const wr::message_hash& hash) const {
    for (const row& each : rows_) {
      if (each.place.hash == hash) return each.place;
    }
    return std::nullopt;
  }
  ws::archive_page<Body> list(const ws::archive_query& query) const {
    std::vector<const row*> fitting;
    for (const row& each : rows_) {
      if (fits(each, query)) fitting.push_back(&each);
    }
    if (!query.forward) std::reverse(fitting.begin(), fitting.end());
    ws::archive_page<Body> page;
    page.more = fitting.size() > query.limit;
    if (page.more) fitting.resize(query.limit);
    if (!query.forward) std::reverse(fitting.begin(), fitting.end());
    for (const row* each : fitting) {
      page.entries.push_back({each->place.hash, each->place.timestamp, each->pubsub_topic, std::nullopt});
      if (query.include_data) page.entries.back().body = each->body;
    }
    return page;
  }
  std::size_t expire(wr::wall_time now) {
    return std::erase_if(
        rows_, [&](const row& each) { return each.place.timestamp < ws::oldest_allowed(limits_, now); });
  }
  ws::archive_error clear() {
    rows_.clear();
    return ws::archive_error::none;
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = 0;
    for (const row& each : rows_) sum += each.weight;
    return sum;
  }
  [[nodiscard]] const std::vector<row>& rows() const { return rows_; }

 private:
  static bool is(const row& each, const ws::archive_record& added) { return each.place.hash == added.hash; }
  static bool fits(const row& each, const ws::archive_query& query) {
    const auto among = [](const auto& range, const auto& wanted) {
      return range.empty() || std::find(range.begin(), range.end(), wanted) != range.end();
    };
    if (query.pubsub_topic && each.pubsub_topic != *query.pubsub_topic) return false;
    if (!among(query.content_topics, std::string_view(each.content_topic))) return false;
    if (query.start && each.place.timestamp < *query.start) return false;
    if (query.end && each.place.timestamp >= *query.end) return false;
    if (!among(query.hashes, each.place.hash)) return false;
    if (!query.after) return true;
    return query.forward ? *query.after < each.place : each.place < *query.after;
  }

  ws::archive_limits limits_;
  std::vector<row> rows_;
};

static_assert(ws::archive<model_archive<std::uint32_t>>);

template <class Body>
void check_same(const ws::archive_page<Body>& got, const ws::archive_page<Body>& wanted) {
  CHECK(got.error == ws::archive_error::none);
  CHECK(got.more == wanted.more);
  REQUIRE(got.entries.size() == wanted.entries.size());
  for (std::size_t each = 0; each < got.entries.size(); ++each) {
    CAPTURE(each);
    CHECK(got.entries[each].place() == wanted.entries[each].place());
    CHECK(got.entries[each].pubsub_topic == wanted.entries[each].pubsub_topic);
    CHECK((got.entries[each].body == wanted.entries[each].body));
  }
}

/// The timestamps of a page, which in these tests are the numbers of its messages.
template <class Page>
std::vector<std::int64_t> times(const Page& page) {
  std::vector<std::int64_t> all;
  for (const auto& entry : page.entries) all.push_back(entry.timestamp);
  return all;
}
using stamps = std::vector<std::int64_t>;

template <class Fixture>
struct suite {
  Fixture fixture{};

  // Messages 0 to count - 1 with their numbers as timestamps, on topics 0 to 2 in turn, inserted backwards.
  auto filled(std::uint32_t count, ws::archive_limits limits = ws::archive_limits::none()) {
    auto made = fixture.make(limits);
    for (std::uint32_t number = count; number-- > 0;) {
      CHECK(made->insert(record(number, number, topic_of(number)), Fixture::body(number), wall(0)) ==
            ws::archive_insertion::stored);
    }
    return made;
  }
  static std::string topic_of(std::uint32_t number) {
    return "/app/1/t" + std::to_string(number % 3) + "/proto";
  }

  void run() {
    SUBCASE("a page holds what fits, oldest first, with bodies where they are asked for") { finds(); }
    SUBCASE("pages follow each other in both directions until there are no more") { pages(); }
    SUBCASE("a look-up by hash gives what is held, once, and keeps to the other criteria") { looks_up(); }
    SUBCASE("messages of one moment stand in the order of their hashes") { ties(); }
    SUBCASE("a hash is stored once") { duplicates(); }
    SUBCASE("over the bound of messages the oldest leave, and older ones do not get in") { counts(); }
    SUBCASE("over the bound of bytes the oldest leave") { weighs(); }
    SUBCASE("the topics of a message count too") { weighs_topics(); }
    SUBCASE("over age messages leave") { ages(); }
    SUBCASE("what was cleared is gone and may come again") { clears(); }
    SUBCASE("bounds at the ends of time do not overflow") { extremes(); }
    SUBCASE("any calls give what a list would give that is sorted and scanned") { random_calls(); }
  }

  void finds() {
    auto it = filled(9);
    const std::string one = topic_of(1);
    const std::string two = topic_of(2);
    const std::string_view topics[] = {one, two, one};
    ws::archive_query query;
    CHECK(times(it->list(query)) == stamps{0, 1, 2, 3, 4, 5, 6, 7, 8});
    query.content_topics = topics;
    CHECK(times(it->list(query)) == stamps{1, 2, 4, 5, 7, 8});
    query.pubsub_topic = shard_0;
    query.content_topics = std::span(topics, 1);
    const auto page = it->list(query);
    CHECK(times(page) == stamps{1, 4, 7});
    CHECK_FALSE(page.more);
    REQUIRE(page.entries[1].body);
    CHECK((*page.entries[1].body == Fixture::body(4)));
    CHECK(page.entries[1].pubsub_topic == shard_0);
    CHECK(page.entries[1].hash == samples::hash_number(4));
    query.start = 4;
    query.end = 7;
    query.include_data = false;
    CHECK(times(it->list(query)) == stamps{4});
    CHECK_FALSE(it->list(query).entries[0].body.has_value());
    query.pubsub_topic = shard_1;
    CHECK(it->list(query).entries.empty());
    query.pubsub_topic = std::nullopt;
    const std::string_view unknown[] = {"/nobody/1/uses/this"};
    query.content_topics = unknown;
    CHECK(it->list(query).entries.empty());
  }
  void pages() {
    auto it = filled(500);
    const std::string one = topic_of(1);
    const std::string two = topic_of(2);
    const std::string_view topics[] = {one, two};
    for (const bool forward : {true, false}) {
      CAPTURE(forward);
      ws::archive_query query;
      query.content_topics = topics;
      query.limit = 50;
      query.forward = forward;
      stamps all;
      int page_count = 0;
      for (bool more = true; more; ++page_count) {
        const auto page = it->list(query);
        REQUIRE(page.entries.size() <= 50);
        REQUIRE_FALSE(page.entries.empty());
        CHECK(std::is_sorted(page.entries.begin(), page.entries.end(),
                             [](const auto& a, const auto& b) { return a.place() < b.place(); }));
        const stamps got = times(page);
        all.insert(forward ? all.end() : all.begin(), got.begin(), got.end());
        query.after = (forward ? page.entries.back() : page.entries.front()).place();
        more = page.more;
      }
      CHECK(page_count == 7);
      CHECK(all.size() == 333);
      CHECK(std::is_sorted(all.begin(), all.end()));
      CHECK(it->list(query).entries.empty());
    }
    ws::archive_query none;
    none.limit = 0;
    CHECK(it->list(none).entries.empty());
    CHECK(it->list(none).more);
  }
  void looks_up() {
    auto it = filled(30);
    const wr::message_hash hashes[] = {samples::hash_number(20), samples::hash_number(99),
                                       samples::hash_number(3), samples::hash_number(20)};
    ws::archive_query query;
    query.hashes = hashes;
    CHECK(times(it->list(query)) == stamps{3, 20});
    query.limit = 1;
    CHECK(times(it->list(query)) == stamps{3});
    CHECK(it->list(query).more);
    query.forward = false;
    CHECK(times(it->list(query)) == stamps{20});
    query.after = it->place(samples::hash_number(20));
    CHECK(times(it->list(query)) == stamps{3});
    const std::string topic = topic_of(20);
    const std::string_view topics[] = {topic};
    query = {};
    query.hashes = hashes;
    query.content_topics = topics;
    CHECK(times(it->list(query)) == stamps{20});
    query.pubsub_topic = shard_1;
    CHECK(it->list(query).entries.empty());
    CHECK_FALSE(it->place(samples::hash_number(99)).has_value());
  }
  void ties() {
    auto it = fixture.make(ws::archive_limits::none());
    std::vector<ws::archive_place> wanted;
    for (std::uint32_t number = 0; number < 40; ++number) {
      const auto made = record(number, number % 2, "/a/1/b/c");
      CHECK(it->insert(made, Fixture::body(number), wall(0)) == ws::archive_insertion::stored);
      wanted.push_back({made.timestamp, made.hash});
    }
    std::sort(wanted.begin(), wanted.end());
    ws::archive_query query;
    query.limit = 7;
    std::vector<ws::archive_place> got;
    for (bool more = true; more;) {
      const auto page = it->list(query);
      for (const auto& entry : page.entries) got.push_back(entry.place());
      more = page.more;
      query.after = got.back();
    }
    CHECK(got == wanted);
  }
  void duplicates() {
    auto it = filled(3);
    CHECK(it->insert(record(1, 1, "/elsewhere/1/b/c"), Fixture::body(9), wall(0)) ==
          ws::archive_insertion::duplicate);
    CHECK(it->size() == 3);
    CHECK(it->bytes() == 3 * record(0, 0, topic_of(0)).weight());
    CHECK((it->list({}).entries[1].body == Fixture::body(1)));
  }
  void counts() {
    ws::archive_limits limits = ws::archive_limits::none();
    limits.count = 4;
    auto it = fixture.make(limits);
    for (std::uint32_t number = 10; number < 16; ++number) {
      CHECK(it->insert(record(number, number, topic_of(number)), Fixture::body(number), wall(0)) ==
            ws::archive_insertion::stored);
    }
    CHECK(times(it->list({})) == stamps{12, 13, 14, 15});
    CHECK(it->insert(record(11, 11, "/a/1/b/c"), Fixture::body(11), wall(0)) ==
          ws::archive_insertion::refused);
    CHECK(times(it->list({})) == stamps{12, 13, 14, 15});
    CHECK_FALSE(it->place(samples::hash_number(11)).has_value());
    limits.count = 0;
    auto closed = fixture.make(limits);
    CHECK(closed->insert(record(1, 1, "/a/1/b/c"), Fixture::body(1), wall(0)) ==
          ws::archive_insertion::refused);
    CHECK(closed->size() == 0);
  }
  void weighs() {
    ws::archive_limits limits = ws::archive_limits::none();
    limits.bytes = 1'000;
    auto it = fixture.make(limits);
    for (std::uint32_t number = 0; number < 5; ++number) {
      CHECK(it->insert(weighing(300, number), Fixture::body(number), wall(0)) ==
            ws::archive_insertion::stored);
    }
    CHECK(times(it->list({})) == stamps{2, 3, 4});
    CHECK(it->bytes() == 900);
    CHECK(it->insert(weighing(1'001, 7), Fixture::body(7), wall(0)) == ws::archive_insertion::refused);
    CHECK(it->size() == 3);
    CHECK(it->insert(weighing(1'000, 8), Fixture::body(8), wall(0)) == ws::archive_insertion::stored);
    CHECK(times(it->list({})) == stamps{8});
    CHECK(it->insert(weighing(50, 6), Fixture::body(6), wall(0)) == ws::archive_insertion::refused);
    CHECK(it->bytes() == 1'000);
  }
  // A message that counts so much in all, with its number as timestamp.
  static ws::archive_record weighing(std::size_t weight, std::uint32_t number) {
    ws::archive_record made = record(number, number, "/a/1/b/c", shard_0, 0);
    made.bytes = weight - made.weight();
    return made;
  }
  // A sender who makes up topics must not take what no bound counts.
  void weighs_topics() {
    ws::archive_limits limits = ws::archive_limits::none();
    limits.bytes = 10'000;
    auto it = fixture.make(limits);
    for (std::uint32_t number = 0; number < 50; ++number) {
      const std::string pubsub_topic = "/waku/2/" + std::to_string(number) + std::string(500, 'p');
      const std::string content_topic = "/" + std::to_string(number) + std::string(500, 'c');
      const auto made = record(number, number, content_topic, pubsub_topic, 10);
      CHECK(it->insert(made, Fixture::body(number), wall(0)) == ws::archive_insertion::stored);
      CHECK(it->list({.forward = false, .limit = 1}).entries.at(0).pubsub_topic == pubsub_topic);
    }
    CHECK(it->size() == 9);
    CHECK(it->bytes() <= 10'000);
    CHECK(it->insert(record(99, 99, "/c", std::string(10'000, 'p'), 10), Fixture::body(99), wall(0)) ==
          ws::archive_insertion::refused);
    CHECK(it->size() == 9);
  }
  void ages() {
    ws::archive_limits limits = ws::archive_limits::none();
    limits.age = 10ns;
    auto it = filled(10, limits);
    CHECK(it->expire(wall(10)) == 0);
    CHECK(it->expire(wall(13)) == 3);
    CHECK(times(it->list({})) == stamps{3, 4, 5, 6, 7, 8, 9});
    CHECK(it->insert(record(50, 4, "/a/1/b/c"), Fixture::body(50), wall(15)) ==
          ws::archive_insertion::refused);
    CHECK(times(it->list({})) == stamps{5, 6, 7, 8, 9});
    CHECK(it->expire(wall(1'000)) == 5);
    CHECK(it->size() == 0);
    CHECK(it->bytes() == 0);
  }
  void clears() {
    auto it = filled(5);
    CHECK(it->clear() == ws::archive_error::none);
    CHECK(it->size() == 0);
    CHECK(it->bytes() == 0);
    CHECK(it->list({}).entries.empty());
    CHECK(it->insert(record(3, 3, topic_of(3)), Fixture::body(3), wall(0)) == ws::archive_insertion::stored);
    CHECK(times(it->list({})) == stamps{3});
  }
  void extremes() {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    auto it = fixture.make(ws::archive_limits::none());
    CHECK(it->insert(record(1, least, "/a/1/b/c"), Fixture::body(1), wall(0)) ==
          ws::archive_insertion::stored);
    CHECK(it->insert(record(2, most, "/a/1/b/c"), Fixture::body(2), wall(0)) ==
          ws::archive_insertion::stored);
    ws::archive_query query;
    query.start = least;
    query.end = most;
    CHECK(times(it->list(query)) == stamps{least});
    query.end = std::nullopt;
    query.start = most;
    CHECK(times(it->list(query)) == stamps{most});
    CHECK(it->expire(wall(most)) == 0);
    ws::archive_limits aging = ws::archive_limits::none();
    aging.age = wr::duration::max() - 1ns;
    auto other = fixture.make(aging);
    CHECK(other->insert(record(1, least, "/a/1/b/c"), Fixture::body(1), wall(least)) ==
          ws::archive_insertion::stored);
    CHECK(other->expire(wall(most)) == 1);
  }

  void random_calls() {
    const std::uint64_t seed = samples::seed();
    CAPTURE(seed);
    wr::random_source draw(seed);
    for (int round = 0; round < Fixture::random_rounds; ++round) {
      CAPTURE(round);
      random_round(draw);
    }
  }

 private:
  using body_type = decltype(Fixture::body(0));

  struct drawn_query {
    std::vector<std::string> names;
    std::vector<std::string_view> topics;
    std::vector<wr::message_hash> hashes;
    ws::archive_query query;
  };
  static std::string draw_topic(wr::random_source& draw) {
    // Some topics are in every second message, others nearly never there.
    const std::uint64_t kind = draw.below(10);
    if (kind < 5) return "/app/1/often/proto";
    if (kind < 8) return "/app/1/some" + std::to_string(draw.below(12)) + "/proto";
    return "/app/1/rare" + std::to_string(draw.below(200)) + "/proto";
  }
  static drawn_query draw_query(wr::random_source& draw, const model_archive<body_type>& model,
                                std::int64_t latest) {
    drawn_query made;
    ws::archive_query& query = made.query;
    if (draw.chance(0.6)) query.pubsub_topic = draw.chance(0.7) ? shard_0 : shard_1;
    if (draw.chance(0.6)) {
      for (std::uint64_t count = draw.below(15); count-- > 0;) made.names.push_back(draw_topic(draw));
    }
    if (draw.chance(0.3))
      query.start = static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(latest)));
    if (draw.chance(0.3))
      query.end = static_cast<std::int64_t>(draw.below(static_cast<std::uint64_t>(latest)));
    const auto any_row = [&]() -> const auto& { return model.rows()[draw.below(model.size())]; };
    if (draw.chance(0.15)) {
      for (std::uint64_t count = draw.below(30); count-- > 0;) {
        made.hashes.push_back(model.size() != 0 && draw.chance(0.7) ? any_row().place.hash
                                                                    : samples::hash_number(draw.next()));
      }
    }
    if (draw.chance(0.5) && model.size() != 0) query.after = any_row().place;
    // A place that nothing stands at any more is as good.
    if (query.after && draw.chance(0.2)) query.after->hash = samples::hash_number(draw.next());
    query.forward = draw.chance(0.5);
    query.limit = static_cast<std::uint32_t>(draw.below(40));
    query.include_data = draw.chance(0.5);
    return made;
  }
  void random_round(wr::random_source& draw) {
    ws::archive_limits limits = ws::archive_limits::none();
    if (draw.chance(0.5)) limits.count = 1 + draw.below(600);
    if (draw.chance(0.5)) limits.bytes = 1 + draw.below(60'000);
    if (draw.chance(0.5)) limits.age = wr::duration(1 + static_cast<std::int64_t>(draw.below(3'000)));
    auto it = fixture.make(limits);
    model_archive<body_type> model(limits);
    const std::uint64_t jitter = draw.chance(0.5) ? 4 : 2'000;
    std::int64_t now = 0;
    for (std::uint32_t step = 0; step < Fixture::random_steps; ++step) {
      CAPTURE(step);
      now += static_cast<std::int64_t>(draw.below(4));
      const std::uint64_t kind = draw.below(100);
      if (kind < 75) {
        const std::string topic = draw_topic(draw);
        const auto number = static_cast<std::uint32_t>(draw.below(Fixture::random_steps));
        const auto stamp = now - static_cast<std::int64_t>(draw.below(jitter));
        const auto made = record(number, stamp, topic, draw.chance(0.8) ? shard_0 : shard_1, draw.below(300));
        REQUIRE(it->insert(made, Fixture::body(number), wall(now)) ==
                model.insert(made, Fixture::body(number), wall(now)));
      } else if (kind < 97) {
        drawn_query asked = draw_query(draw, model, now + 1);
        asked.topics.assign(asked.names.begin(), asked.names.end());
        asked.query.content_topics = asked.topics;
        asked.query.hashes = asked.hashes;
        check_same(it->list(asked.query), model.list(asked.query));
      } else if (kind < 99) {
        REQUIRE(it->expire(wall(now)) == model.expire(wall(now)));
      } else if (draw.chance(0.1)) {
        REQUIRE(it->clear() == ws::archive_error::none);
        REQUIRE(model.clear() == ws::archive_error::none);
      }
      REQUIRE(it->size() == model.size());
      REQUIRE(it->bytes() == model.bytes());
    }
  }
};

}  // namespace archive_suite
