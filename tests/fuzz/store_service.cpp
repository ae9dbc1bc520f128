// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/store_service.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include <waku/reliability/service/memory_archive.hpp>

#include "target.hpp"

// A store service over an archive in memory against a list that is searched from end to end.

namespace wr = waku::reliability;
namespace ws = wr::services;
using fuzz::demand;

namespace {

constexpr std::array<std::string_view, 4> pubsub_topics{"", "/waku/2/rs/1/0", "/waku/2/rs/1/1", "other"};
constexpr std::array<std::string_view, 6> content_topics{
    "/a/1/x/proto", "/a/1/y/proto", "/b/1/x/proto", "", "c", "unknown"};
constexpr std::int64_t second = 1'000'000'000;

struct kept_message {
  ws::archive_place place;
  std::string_view pubsub_topic;
  std::string_view content_topic;
  std::size_t weight = 0;
  std::uint32_t body = 0;
};
bool operator<(const kept_message& a, const kept_message& b) { return a.place < b.place; }

using service = ws::store_service<ws::memory_archive<std::uint32_t>>;
using page = service::answer_type;

wr::message_hash hash_of(std::uint32_t number) {
  wr::message_hash hash;
  hash.bytes[0] = static_cast<std::byte>(number * 37);
  hash.bytes[31] = static_cast<std::byte>(number);
  return hash;
}

/// What the archive should hold, and what the service should answer.
class plain_store {
 public:
  plain_store(const ws::profile& own, const ws::archive_limits& limits) : own_(own), limits_(limits) {}

  ws::store_intake insert(const kept_message& m, wr::wall_time now) {
    expire(now);
    for (const kept_message& each : all_) {
      if (each.place.hash == m.place.hash) return ws::store_intake::duplicate;
    }
    if (m.weight > limits_.bytes || m.place.timestamp < oldest(now)) return ws::store_intake::refused;
    all_.insert(std::lower_bound(all_.begin(), all_.end(), m), m);
    bool stored = true;
    while (all_.size() > limits_.count || bytes() > limits_.bytes) {
      if (all_.front().place == m.place) stored = false;
      all_.erase(all_.begin());
    }
    return stored ? ws::store_intake::stored : ws::store_intake::refused;
  }
  void expire(wr::wall_time now) {
    std::erase_if(all_, [&](const kept_message& each) { return each.place.timestamp < oldest(now); });
  }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = 0;
    for (const kept_message& each : all_) sum += each.weight;
    return sum;
  }

  // Entries as (hash, body or nothing), and the cursor.
  [[nodiscard]] page answer(const wr::store_request& asked) const {
    page made;
    const bool criteria =
        !asked.pubsub_topic.empty() || !asked.content_topics.empty() || asked.time_start || asked.time_end;
    const auto refuse = [&](std::uint32_t status) {
      made.status = status;
      return made;
    };
    if (!(asked.legacy ? own_.legacy_store : own_.store)) return refuse(503);
    if (own_.criteria_in_pairs && !asked.legacy) {
      const bool paired =
          asked.hashes.empty() ? asked.pubsub_topic.empty() == asked.content_topics.empty() : !criteria;
      if (!paired) return refuse(400);
    }
    const bool counted = !asked.cursor.empty() || !own_.first_page_unchecked;
    if (counted && asked.content_topics.size() > own_.cursor_topics_max)
      return refuse(own_.archive_error_status);
    std::optional<ws::archive_place> after;
    if (!asked.cursor.empty()) {
      for (const kept_message& each : all_) {
        if (std::equal(asked.cursor.begin(), asked.cursor.end(), each.place.hash.bytes.begin(),
                       each.place.hash.bytes.end()))
          after = each.place;
      }
      if (!after) return refuse(own_.archive_error_status);
    }
    const bool turned = !asked.hashes.empty() && !criteria && asked.cursor.empty() && asked.forward &&
                        own_.lookups_newest_first;
    const bool forward = asked.forward && !turned;
    std::vector<kept_message> found;
    for (const kept_message& each : all_) {
      if (fits(each, asked) && (!after || (forward ? *after < each.place : each.place < *after)))
        found.push_back(each);
    }
    std::size_t limit = asked.limit == 0 ? own_.page_usual : asked.limit;
    limit = std::min<std::size_t>(limit, own_.page_max);
    const bool more = found.size() > limit;
    if (more && forward) found.resize(limit);
    if (more && !forward) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
    if (more && !found.empty()) {
      const wr::message_hash& last = (forward ? found.back() : found.front()).place.hash;
      made.cursor.assign(last.bytes.begin(), last.bytes.end());
    }
    if (turned) std::reverse(found.begin(), found.end());
    for (const kept_message& each : found) {
      const bool bodies = asked.include_data || asked.legacy;
      made.entries.push_back({each.place.hash, each.place.timestamp, each.pubsub_topic,
                              bodies ? std::optional(each.body) : std::nullopt});
    }
    return made;
  }

 private:
  [[nodiscard]] std::int64_t oldest(wr::wall_time now) const {
    return (now.time_since_epoch() - limits_.age).count();
  }
  [[nodiscard]] bool fits(const kept_message& each, const wr::store_request& asked) const {
    if (!asked.pubsub_topic.empty() && asked.pubsub_topic != each.pubsub_topic) return false;
    const auto among = [](const auto& list, const auto& value) {
      return std::find(list.begin(), list.end(), value) != list.end();
    };
    if (!asked.content_topics.empty() && !among(asked.content_topics, each.content_topic)) return false;
    if (!asked.hashes.empty() && !among(asked.hashes, each.place.hash)) return false;
    const wr::wall_time at{wr::duration(each.place.timestamp)};
    if (asked.time_start && at < *asked.time_start) return false;
    return !asked.time_end || at < *asked.time_end || (own_.end_inclusive && at == *asked.time_end);
  }

  ws::profile own_;
  ws::archive_limits limits_;
  std::vector<kept_message> all_;
};

bool same(const page& a, const page& b) {
  return a.status == b.status && a.cursor == b.cursor &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    [](const auto& one, const auto& other) {
                      return std::tie(one.hash, one.timestamp, one.pubsub_topic, one.body) ==
                             std::tie(other.hash, other.timestamp, other.pubsub_topic, other.body);
                    });
}

// The two stores, and the time.
struct bench {
  bench(const ws::profile& own, const ws::archive_limits& limits)
      : real(own, ws::memory_archive<std::uint32_t>(limits)),
        plain(own, limits),
        age_max(own.archive_age_max) {}

  void take_in(fuzz::input& from) {
    const std::uint32_t number = from.byte();
    const std::uint32_t topics = from.byte();
    const std::int64_t behind = from.below(16) * second - 2 * second;
    const ws::archive_record record{hash_of(number), clock() - behind, pubsub_topics[topics % 4],
                                    content_topics[topics / 4 % 6], from.byte()};
    const kept_message m{
        {record.timestamp, record.hash}, record.pubsub_topic, record.content_topic, record.weight(), number};
    const bool ephemeral = topics > 250;
    const ws::store_intake taken = real.take_in(record, ephemeral, m.body, now.wall);
    ws::store_intake expected = ws::store_intake::ephemeral;
    if (!ephemeral) {
      const bool off = wr::duration(behind < 0 ? -behind : behind) > age_max;
      expected = off ? ws::store_intake::off_clock : plain.insert(m, now.wall);
    }
    demand(taken == expected, "what is taken in is what the plain store takes in");
  }
  void ask(fuzz::input& from) {
    const std::uint32_t form = from.byte();
    wr::store_request asked{};
    asked.forward = (form & 1U) != 0;
    asked.include_data = (form & 2U) != 0;
    asked.legacy = (form & 4U) != 0;
    if ((form & 8U) != 0) asked.pubsub_topic = pubsub_topics[from.below(4)];
    std::vector<std::string_view> topics;
    if ((form & 16U) != 0) {
      for (std::uint32_t left = from.below(5); left != 0; --left)
        topics.push_back(content_topics[from.below(6)]);
    }
    asked.content_topics = topics;
    if ((form & 32U) != 0) asked.time_start = now.wall - std::chrono::seconds(from.below(20));
    if ((form & 64U) != 0) asked.time_end = now.wall - std::chrono::seconds(from.below(20));
    std::vector<wr::message_hash> hashes;
    if ((form & 128U) != 0) {
      for (std::uint32_t left = from.below(6); left != 0; --left) hashes.push_back(hash_of(from.byte()));
    }
    asked.hashes = hashes;
    asked.limit = from.below(6);
    wr::store_cursor cursor;
    if (from.one_in(8)) {
      const wr::message_hash any = hash_of(from.byte());
      cursor.assign(any.bytes.begin(), any.bytes.begin() + (from.one_in(8) ? 31 : 32));
    }
    // From page to page, as long as there are more.
    std::size_t pages = 0;
    do {
      asked.cursor = cursor;
      const page answered = real.answer(asked, now);
      const page expected = plain.answer(asked);
      demand(same(answered, expected), "a page is that of the plain store");
      demand(!answered.description.empty(), "a status has a text");
      cursor = answered.cursor;
      demand(++pages <= plain.size() + 1, "pages come to an end");
    } while (!cursor.empty());
  }
  [[nodiscard]] std::int64_t clock() const { return now.wall.time_since_epoch().count(); }

  wr::instant now{wr::steady_time(std::chrono::hours(1)), wr::wall_time(std::chrono::hours(500'000))};
  service real;
  plain_store plain;
  wr::duration age_max;
};

}  // namespace

// Profile and limits; then messages, questions and steps of time.
void fuzz::store_service(byte_span bytes) {
  input from(bytes);
  ws::profile own = from.one_in(2) ? ws::specified_store_profile() : ws::nwaku_profile();
  own.lookup_batch = 0;  // the foreign rows of full batches are tested by themselves
  own.page_usual = 3;
  own.page_max = 4;
  own.cursor_topics_max = 2;
  own.legacy_store = from.one_in(2);
  own.archive_age_max = std::chrono::seconds(8);
  ws::archive_limits limits;
  limits.count = 1 + from.below(64);
  limits.bytes = 1 + 64 * from.below(256);
  limits.age = std::chrono::seconds(20);
  bench both(own, limits);
  while (!from.empty()) {
    switch (from.below(4)) {
      case 0:
      case 1: both.take_in(from); break;
      case 2: both.ask(from); break;
      default:
        both.now = both.now + std::chrono::seconds(from.below(8));
        both.real.expire(both.now.wall);
        both.plain.expire(both.now.wall);
        break;
    }
    const auto& archive = both.real.archive();
    demand(archive.size() == both.plain.size() && archive.bytes() == both.plain.bytes(),
           "the archive holds what the plain store holds");
    demand(archive.size() <= limits.count && archive.bytes() <= limits.bytes,
           "the archive is within its limits");
  }
}
