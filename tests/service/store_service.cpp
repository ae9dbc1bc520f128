// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/store_service.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <service/archive_suite.hpp>
#include <waku/reliability/service/memory_archive.hpp>

namespace store_service_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
using namespace std::chrono_literals;
using archive_suite::shard_0;
using archive_suite::shard_1;

namespace {

using service = ws::store_service<ws::memory_archive<std::uint32_t>>;
using numbers = std::vector<std::uint32_t>;

/// A request that owns what it shows.
struct asking {
  std::string pubsub_topic{};
  std::vector<std::string> topics{};
  std::vector<wr::message_hash> hashes{};
  wr::store_cursor cursor{};
  std::optional<std::int64_t> start{};
  std::optional<std::int64_t> end{};
  std::uint32_t limit = 100;
  bool include_data = true;
  bool forward = true;
  bool legacy = false;
  std::uint32_t client = 1;

  ws::store_answer<std::uint32_t> of(service& store, wr::instant now = {}) const {
    const std::vector<std::string_view> views(topics.begin(), topics.end());
    wr::store_request request{};
    request.peer = static_cast<wr::peer_id>(client);
    request.pubsub_topic = pubsub_topic;
    request.content_topics = views;
    if (start) request.time_start = archive_suite::wall(*start);
    if (end) request.time_end = archive_suite::wall(*end);
    request.hashes = hashes;
    request.include_data = include_data;
    request.cursor = cursor;
    request.limit = limit;
    request.legacy = legacy;
    request.forward = forward;
    return store.answer(request, now);
  }
};

numbers found(const ws::store_answer<std::uint32_t>& answer) {
  numbers all;
  for (const auto& entry : answer.entries) all.push_back(entry.body.value_or(9'999));
  return all;
}

wr::store_cursor cursor_of(const wr::message_hash& hash) { return {hash.bytes.begin(), hash.bytes.end()}; }

std::string topic(std::uint32_t number) { return "/app/1/t" + std::to_string(number % 3) + "/proto"; }

std::vector<std::string> topics(std::initializer_list<std::uint32_t> wanted) {
  std::vector<std::string> all;
  for (const std::uint32_t each : wanted) all.push_back(topic(each));
  return all;
}

std::vector<wr::message_hash> hashes(std::initializer_list<std::uint32_t> wanted) {
  std::vector<wr::message_hash> all;
  for (const std::uint32_t each : wanted) all.push_back(samples::hash_number(each));
  return all;
}

/// A store that holds messages 0 to count - 1 with timestamps 0, 10, 20 …, on content topics 0, 1, 2, 0, 1, …
service filled(std::uint32_t count, ws::profile profile = ws::nwaku_profile()) {
  service made(std::move(profile), ws::memory_archive<std::uint32_t>(ws::archive_limits::none()));
  for (std::uint32_t number = count; number-- > 0;) {
    made.archive().insert(archive_suite::record(number, number * 10, topic(number)), number, {});
  }
  return made;
}

}  // namespace

TEST_CASE("a message is archived if it is not ephemeral and within 20 s of the node's clock, both ways") {
  service store = filled(0);
  const auto now = wr::wall_time(wr::duration(1'700'000'000'000'000'000));
  const auto offer = [&](std::uint32_t number, wr::duration off, bool ephemeral) {
    const std::int64_t stamp = (now + off).time_since_epoch().count();
    return store.take_in(archive_suite::record(number, stamp, topic(0)), ephemeral, number, now);
  };
  CHECK(offer(1, 0s, false) == ws::store_intake::stored);
  CHECK(offer(2, 0s, true) == ws::store_intake::ephemeral);
  CHECK(offer(3, -20s, false) == ws::store_intake::stored);
  CHECK(offer(4, -20s - 1ns, false) == ws::store_intake::off_clock);
  CHECK(offer(5, 20s, false) == ws::store_intake::stored);
  CHECK(offer(6, 20s + 1ns, false) == ws::store_intake::off_clock);
  CHECK(offer(1, 0s, false) == ws::store_intake::duplicate);
  CHECK(store.take_in(archive_suite::record(7, 0, topic(0)), false, 7, now) == ws::store_intake::off_clock);
  CHECK(store.archive().size() == 3);
  service full(ws::nwaku_profile(), ws::memory_archive<std::uint32_t>({.count = 0}));
  CHECK(full.take_in(archive_suite::record(7, 0, topic(0)), false, 7, {}) == ws::store_intake::refused);
  service aging(ws::nwaku_profile(), ws::memory_archive<std::uint32_t>());
  const std::int64_t stamp = now.time_since_epoch().count();
  CHECK(aging.take_in(archive_suite::record(1, stamp, topic(0)), false, 1, now) == ws::store_intake::stored);
  CHECK(aging.expire(now + 48h) == 0);
  CHECK(aging.expire(now + 48h + 1ns) == 1);
}

TEST_CASE("any timestamp can be held against any clock, and without a bound none is off it") {
  const std::int64_t first = std::numeric_limits<std::int64_t>::min();
  const std::int64_t last = std::numeric_limits<std::int64_t>::max();
  const auto now = wr::wall_time(wr::duration(1'700'000'000'000'000'000));
  const service usual = filled(0);
  for (const std::int64_t extreme : {first, last}) CHECK(usual.off_clock(extreme, now));
  CHECK_FALSE(usual.off_clock(last, wr::wall_time::max()));
  CHECK_FALSE(usual.off_clock(first, wr::wall_time::min()));
  ws::profile own = ws::nwaku_profile();
  own.archive_age_max = wr::duration::max();
  service store = filled(0, own);
  CHECK(store.take_in(archive_suite::record(1, now.time_since_epoch().count(), topic(0)), false, 1, now) ==
        ws::store_intake::stored);
  for (const std::int64_t extreme : {first, last, std::int64_t{0}})
    CHECK_FALSE(store.off_clock(extreme, now));
  own.archive_age_max = wr::duration::max() - 1ns;
  CHECK(filled(0, own).off_clock(first, now));
  CHECK_FALSE(filled(0, own).off_clock(last, now));
}

TEST_CASE("a content query finds the topics and the range asked for, oldest first") {
  service store = filled(9);
  asking ask{.pubsub_topic = std::string(shard_0), .topics = topics({1})};
  CHECK(found(ask.of(store)) == numbers{1, 4, 7});
  CHECK(ask.of(store).cursor.empty());
  CHECK(ask.of(store).description == "OK");
  CHECK(ask.of(store).entries[0].pubsub_topic == shard_0);
  ask.topics = topics({0, 2});
  CHECK(found(ask.of(store)) == numbers{0, 2, 3, 5, 6, 8});
  ask.forward = false;
  CHECK(found(ask.of(store)) == numbers{0, 2, 3, 5, 6, 8});
  ask.topics = {"/nobody/1/uses/this"};
  CHECK(ask.of(store).entries.empty());
  CHECK(ask.of(store).status == 200);
  ask.topics = topics({1});
  ask.pubsub_topic = std::string(shard_1);
  CHECK(ask.of(store).entries.empty());
}

TEST_CASE("the end of a range belongs to it at nwaku, and not in the text or at go-waku") {
  const asking ask{.start = 20, .end = 40};
  service nwaku = filled(9);
  CHECK(found(ask.of(nwaku)) == numbers{2, 3, 4});
  service specified = filled(9, ws::specified_store_profile());
  CHECK(found(ask.of(specified)) == numbers{2, 3});
  service go = filled(9, ws::go_waku_store_profile());
  asking legacy = ask;
  legacy.legacy = true;
  CHECK(found(legacy.of(go)) == numbers{2, 3});
  asking endless = ask;
  endless.end = INT64_MAX;
  CHECK(endless.of(nwaku).entries.size() == 7);
}

TEST_CASE("without a limit a page has twenty entries, and a hundred at most") {
  service store = filled(250);
  CHECK((asking{.limit = 0}).of(store).entries.size() == 20);
  CHECK((asking{.limit = 1'000}).of(store).entries.size() == 100);
  CHECK((asking{.limit = 7}).of(store).entries.size() == 7);
}

TEST_CASE("pages follow each other by the cursor until the last, which has none; each is oldest first") {
  service store = filled(250);
  for (const bool forward : {true, false}) {
    CAPTURE(forward);
    asking ask{.forward = forward};
    numbers all;
    int pages = 0;
    do {
      const auto answer = ask.of(store);
      REQUIRE(answer.status == 200);
      const numbers got = found(answer);
      CHECK(std::is_sorted(got.begin(), got.end()));
      all.insert(forward ? all.end() : all.begin(), got.begin(), got.end());
      ask.cursor = answer.cursor;
      if (!answer.cursor.empty()) {
        CHECK(answer.cursor == cursor_of(samples::hash_number(forward ? got.back() : got.front())));
      }
      ++pages;
    } while (!ask.cursor.empty());
    CHECK(pages == 3);
    REQUIRE(all.size() == 250);
    for (std::uint32_t number = 0; number < 250; ++number) CHECK(all[number] == number);
  }
}

TEST_CASE("a cursor that the node does not hold, or of another size, is error 300 at nwaku") {
  service store = filled(50);
  asking ask;
  ask.cursor.resize(32);
  CHECK(ask.of(store).status == 300);
  CHECK(ask.of(store).entries.empty());
  ask.cursor.resize(31);
  CHECK(ask.of(store).status == 300);
  ask.cursor = cursor_of(samples::hash_number(77));
  CHECK(ask.of(store).status == 300);
  service specified = filled(50, ws::specified_store_profile());
  CHECK(ask.of(specified).status == 400);
  ask.cursor = cursor_of(samples::hash_number(49));
  CHECK(ask.of(store).status == 200);
  CHECK(ask.of(store).entries.empty());
  CHECK(ask.of(store).cursor.empty());
}

TEST_CASE("more than ten content topics fail on the second page only, except where each page is checked") {
  asking ask{.pubsub_topic = std::string(shard_0), .topics = topics({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})};
  service nwaku = filled(150);
  const auto first = ask.of(nwaku);
  CHECK(first.status == 200);
  REQUIRE_FALSE(first.cursor.empty());
  service specified = filled(150, ws::specified_store_profile());
  CHECK(ask.of(specified).status == 400);
  ask.cursor = first.cursor;
  CHECK(ask.of(nwaku).status == 300);
  ask.topics.pop_back();
  CHECK(ask.of(nwaku).status == 200);
}

TEST_CASE("a presence query gives the hashes that are held, without bodies") {
  service store = filled(30);
  const auto answer = asking{.hashes = hashes({3, 99, 20, 3}), .include_data = false}.of(store);
  REQUIRE(answer.entries.size() == 2);
  CHECK(answer.entries[0].hash == samples::hash_number(20));
  CHECK(answer.entries[1].hash == samples::hash_number(3));
  CHECK_FALSE(answer.entries[0].body.has_value());
}

TEST_CASE(
    "a look-up by hash comes newest first at nwaku, oldest first in the text, and is cut to the limit") {
  service nwaku = filled(30);
  service specified = filled(30, ws::specified_store_profile());
  asking ask{.hashes = hashes({3, 99, 20, 3, 7})};
  CHECK(found(ask.of(nwaku)) == numbers{20, 7, 3});
  CHECK(found(ask.of(specified)) == numbers{3, 7, 20});
  ask.limit = 2;
  CHECK(found(ask.of(nwaku)) == numbers{20, 7});
  CHECK_FALSE(ask.of(nwaku).cursor.empty());
  CHECK(found(ask.of(specified)) == numbers{3, 7});
  ask.cursor = ask.of(specified).cursor;
  CHECK(found(ask.of(specified)) == numbers{20});
  ask.cursor.clear();
  ask.hashes.clear();
  for (std::uint32_t number = 0; number < 25; ++number) ask.hashes.push_back(samples::hash_number(number));
  ask.limit = 0;
  CHECK(ask.of(nwaku).entries.size() == 20);
}

TEST_CASE("forward look-ups over pages repeat and lose entries at nwaku, and need not") {
  ws::profile right = ws::nwaku_profile();
  right.lookups_newest_first = false;
  const auto pages = [](const ws::profile& own, bool forward) {
    service store = filled(30, own);
    asking ask{.hashes = hashes({1, 4, 9, 16, 25}), .limit = 2, .forward = forward};
    std::vector<numbers> all;
    do {
      const auto answer = ask.of(store);
      REQUIRE(answer.status == 200);
      all.push_back(found(answer));
      ask.cursor = answer.cursor;
    } while (!ask.cursor.empty() && all.size() < 10);
    return all;
  };
  using page_list = std::vector<numbers>;
  CHECK(pages(ws::nwaku_profile(), true) == page_list{{25, 16}, {25}});
  CHECK(pages(ws::nwaku_profile(), false) == page_list{{16, 25}, {4, 9}, {1}});
  CHECK(pages(right, true) == page_list{{1, 4}, {9, 16}, {25}});
  CHECK(pages(right, false) == page_list{{16, 25}, {4, 9}, {1}});
}

TEST_CASE("a look-up of exactly a hundred hashes brings foreign rows along at nwaku, and nowhere else") {
  asking ask;
  for (std::uint32_t number = 1'000; number < 1'099; ++number)
    ask.hashes.push_back(samples::hash_number(number));
  service nwaku = filled(150);
  service specified = filled(150, ws::specified_store_profile());
  ask.hashes.push_back(samples::hash_number(5));
  const numbers got = found(ask.of(nwaku));
  REQUIRE(got.size() == 100);
  CHECK(got.front() == 149);
  CHECK(got[98] == 51);
  CHECK(got.back() == 5);
  CHECK_FALSE(ask.of(nwaku).cursor.empty());
  CHECK(found(ask.of(specified)) == numbers{5});
  ask.hashes.pop_back();
  CHECK(ask.of(nwaku).entries.empty());
}

TEST_CASE("criteria of different kinds are joined at nwaku, and refused by the text") {
  service nwaku = filled(30);
  service specified = filled(30, ws::specified_store_profile());
  const asking mixed{.topics = topics({1}), .hashes = hashes({1, 2, 3, 4})};
  CHECK(found(mixed.of(nwaku)) == numbers{1, 4});
  CHECK(mixed.of(specified).status == 400);
  const asking mixed_pubsub{.pubsub_topic = std::string(shard_1), .hashes = hashes({1})};
  CHECK(mixed_pubsub.of(nwaku).entries.empty());
  CHECK(mixed_pubsub.of(specified).status == 400);
  const asking mixed_time{.hashes = hashes({1, 9}), .start = 50};
  CHECK(found(mixed_time.of(nwaku)) == numbers{9});
  CHECK(mixed_time.of(specified).status == 400);
  const asking topics_alone{.topics = topics({1}), .limit = 2};
  CHECK(found(topics_alone.of(nwaku)) == numbers{1, 4});
  CHECK(topics_alone.of(specified).status == 400);
  const asking shard_alone{.pubsub_topic = std::string(shard_0), .limit = 2};
  CHECK(found(shard_alone.of(nwaku)) == numbers{0, 1});
  CHECK(shard_alone.of(specified).status == 400);
  const asking times_alone{.start = 50, .limit = 2};
  CHECK(found(times_alone.of(nwaku)) == numbers{5, 6});
  CHECK(found(times_alone.of(specified)) == numbers{5, 6});
}

TEST_CASE("the legacy store gives bodies always, takes a lone topic, and is served only where it is") {
  service old = filled(30, ws::legacy_store_profile());
  asking ask{.topics = topics({1}), .limit = 3, .include_data = false, .legacy = true};
  auto answer = ask.of(old);
  CHECK(found(answer) == numbers{1, 4, 7});
  ask.cursor = answer.cursor;
  CHECK(found(ask.of(old)) == numbers{10, 13, 16});
  ask.forward = false;
  ask.cursor.clear();
  CHECK(found(ask.of(old)) == numbers{22, 25, 28});
  ask.cursor.resize(32);
  CHECK(ask.of(old).status == 300);
  ask.cursor.clear();
  ask.legacy = false;
  CHECK(ask.of(old).status == 503);
  service current = filled(30);
  ask.legacy = true;
  CHECK(ask.of(current).status == 503);
  service go = filled(30, ws::go_waku_store_profile());
  ask.topics = topics({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(ask.of(go).status == 400);
}

TEST_CASE("a query that could not be read counts against the rate, and to ask for the rate does not") {
  ws::profile own = ws::nwaku_profile();
  own.store_rate = {2, 1min};
  service store = filled(1, own);
  const auto client = static_cast<wr::peer_id>(asking{}.client);
  for (int asked = 0; asked < 5; ++asked) CHECK_FALSE(store.over_rate(client, {}));
  store.count_unread(client, {});
  CHECK(asking{}.of(store).status == 200);
  CHECK(store.over_rate(client, {}));
  CHECK(asking{}.of(store).status == 429);
  CHECK_FALSE(store.over_rate(static_cast<wr::peer_id>(9), {}));
  CHECK_FALSE(store.over_rate(client, wr::steady_time(30s)));
}

TEST_CASE("over its rate a client gets 429, and others their answers") {
  ws::profile limited;
  limited.store_rate = {2, 1min};
  service store = filled(5, limited);
  asking ask;
  CHECK(ask.of(store).status == 200);
  CHECK(ask.of(store).status == 200);
  const auto refused = ask.of(store);
  CHECK(refused.status == 429);
  CHECK(refused.entries.empty());
  CHECK(refused.description == "TOO_MANY_REQUESTS");
  ask.client = 2;
  CHECK(ask.of(store).status == 200);
  ask.client = 1;
  CHECK(ask.of(store, {samples::at(30s), {}}).status == 200);
}

namespace {

/// An archive that fails as it is told to.
struct failing_archive {
  using body_type = std::uint32_t;
  ws::archive_error error = ws::archive_error::busy;

  ws::archive_insertion insert(const ws::archive_record&, std::uint32_t, wr::wall_time) {
    return ws::archive_insertion::failed;
  }
  std::optional<ws::archive_place> place(const wr::message_hash&) { return std::nullopt; }
  ws::archive_page<std::uint32_t> list(const ws::archive_query&) { return {{}, false, error}; }
  std::size_t expire(wr::wall_time) { return 0; }
  ws::archive_error clear() { return ws::archive_error::none; }
  [[nodiscard]] std::size_t size() const { return 0; }
  [[nodiscard]] std::size_t bytes() const { return 0; }
};

}  // namespace

TEST_CASE("an archive that fails is error 300 at nwaku, with the reason in words") {
  std::vector<std::string> said;
  for (const auto error : {ws::archive_error::busy, ws::archive_error::full, ws::archive_error::damaged,
                           ws::archive_error::unavailable}) {
    ws::store_service<failing_archive> store(ws::nwaku_profile(), failing_archive{error});
    const auto answer = store.answer(wr::store_request{}, {});
    CHECK(answer.status == 300);
    CHECK(answer.description == "BAD_RESPONSE: archive is " + std::string(ws::name_of(error)));
    said.emplace_back(answer.description);
    CHECK(store.take_in({}, false, 1, {}) == ws::store_intake::failed);
  }
  CHECK(std::unique(said.begin(), said.end()) == said.end());
}

namespace {

/// What a client wants, by a scan of everything: the numbers of a page, and whether there is more.
struct wanted_page {
  numbers page;
  bool more = false;
};
struct stored_row {
  ws::archive_place place;
  std::string pubsub_topic;
  std::string topic;
  std::uint32_t number;
};

wanted_page scan(std::vector<stored_row> rows, const asking& ask, const ws::profile& profile) {
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
  const bool alone = !ask.hashes.empty() && ask.pubsub_topic.empty() && ask.topics.empty() && !ask.start &&
                     !ask.end && ask.cursor.empty();
  const bool newest_first = alone && profile.lookups_newest_first;
  std::optional<ws::archive_place> after;
  for (const stored_row& row : rows) {
    if (!ask.cursor.empty() && cursor_of(row.place.hash) == ask.cursor) after = row.place;
  }
  const auto among = [](const auto& all, const auto& one) {
    return all.empty() || std::find(all.begin(), all.end(), one) != all.end();
  };
  std::erase_if(rows, [&](const stored_row& row) {
    const std::int64_t at = row.place.timestamp;
    const bool over = ask.end && (profile.end_inclusive ? at > *ask.end : at >= *ask.end);
    const bool passed = after && (ask.forward ? row.place <= *after : row.place >= *after);
    return (ask.start && at < *ask.start) || over || passed || !among(ask.topics, row.topic) ||
           !among(ask.hashes, row.place.hash) ||
           (!ask.pubsub_topic.empty() && row.pubsub_topic != ask.pubsub_topic);
  });
  const std::size_t limit = std::min<std::size_t>(ask.limit == 0 ? 20 : ask.limit, 100);
  wanted_page wanted;
  wanted.more = rows.size() > limit;
  const bool from_front = ask.forward && !newest_first;
  for (std::size_t each = 0; each < std::min(limit, rows.size()); ++each) {
    wanted.page.push_back(from_front ? rows[each].number : rows[rows.size() - 1 - each].number);
  }
  if (!from_front && !(newest_first && ask.forward)) std::reverse(wanted.page.begin(), wanted.page.end());
  return wanted;
}

}  // namespace

TEST_CASE("any requests get what a scan of everything gives, under every profile") {
  const std::uint64_t seed = samples::seed();
  CAPTURE(seed);
  wr::random_source draw(seed);
  for (const ws::profile& profile :
       {ws::nwaku_profile(), ws::specified_store_profile(), ws::go_waku_store_profile()}) {
    service store(profile, ws::memory_archive<std::uint32_t>(ws::archive_limits::none(), seed));
    std::vector<stored_row> rows;
    for (std::uint32_t step = 0; step < 1'500; ++step) {
      CAPTURE(step);
      if (draw.chance(0.4)) {
        const auto stamp = static_cast<std::int64_t>(draw.below(200));
        const std::string own = "/app/1/t" + std::to_string(draw.below(20)) + "/proto";
        const std::string_view shard = draw.chance(0.8) ? shard_0 : shard_1;
        CHECK(store.take_in(archive_suite::record(step, stamp, own, shard), false, step, {}) ==
              ws::store_intake::stored);
        rows.push_back({{stamp, samples::hash_number(step)}, std::string(shard), own, step});
        continue;
      }
      asking ask;
      ask.legacy = profile.legacy_store;
      if (!ask.legacy && draw.chance(0.2)) {
        for (std::uint64_t count = 1 + draw.below(40); count-- > 0;) {
          ask.hashes.push_back(samples::hash_number(draw.below(1'500)));
        }
      }
      if (ask.hashes.empty() || draw.chance(0.3)) {
        const bool both = draw.chance(0.7);
        if (both || draw.chance(0.3)) ask.pubsub_topic = draw.chance(0.8) ? shard_0 : shard_1;
        for (std::uint64_t count = both ? 1 + draw.below(10) : draw.below(2); count-- > 0;) {
          ask.topics.push_back("/app/1/t" + std::to_string(draw.below(22)) + "/proto");
        }
        if (draw.chance(0.3)) ask.start = static_cast<std::int64_t>(draw.below(200));
        if (draw.chance(0.3)) ask.end = static_cast<std::int64_t>(draw.below(200));
        if (draw.chance(0.4) && !rows.empty())
          ask.cursor = cursor_of(rows[draw.below(rows.size())].place.hash);
      }
      ask.limit = static_cast<std::uint32_t>(draw.below(120));
      ask.forward = draw.chance(0.5);
      const bool content = !ask.pubsub_topic.empty() || !ask.topics.empty() || ask.start || ask.end;
      const bool paired = ask.hashes.empty() ? ask.pubsub_topic.empty() == ask.topics.empty() : !content;
      const auto answer = ask.of(store);
      if (profile.criteria_in_pairs && !paired) {
        REQUIRE(answer.status == 400);
        continue;
      }
      const wanted_page wanted = scan(rows, ask, profile);
      REQUIRE(answer.status == 200);
      REQUIRE(found(answer) == wanted.page);
      REQUIRE(answer.cursor.empty() != wanted.more);
    }
  }
}

}  // namespace store_service_tests
