// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <waku/reliability/testing/conformance/trial.hpp>

/// Checks of store.
namespace waku::reliability::testing::conformance {

/// A content query over a range whose ends are no multiples of a microsecond.
[[nodiscard]] inline store_request content_query() {
  store_request asked;
  asked.time_start = wall_time(duration(1'717'200'000'123'456'789));
  asked.time_end = *asked.time_start + std::chrono::minutes(5) + duration(1);
  return asked;
}

/// Different hashes, the first of which begins with `mark`.
[[nodiscard]] inline std::vector<message_hash> sample_hashes(std::uint32_t mark, std::size_t count) {
  std::vector<message_hash> hashes(count);
  for (std::size_t each = 0; each < count; ++each) {
    for (std::size_t byte = 0; byte < message_hash::size; ++byte) {
      hashes[each].bytes[byte] = static_cast<std::byte>(mark + each + 7 * byte);
    }
  }
  return hashes;
}

struct store_content_query {
  static constexpr check_description about{
      "store.content_query",
      "a content query carries pubsub topic, up to 10 content topics, both times to the nanosecond, "
      "include_data, and the page limit, oldest first"};

  template <class Trial>
  static void run(Trial& it) {
    store_request asked = content_query();
    for (const bool bodies : {true, false}) {
      asked.include_data = bodies;
      asked.limit = bodies ? 100 : 7;
      const auto number = it.arrival(it.store_query(asked, 1, bodies ? 10 : 1, 0, 1));
      if (!number) return;
      const auto& got = it.arrivals()[*number];
      if (got.pubsub_topic != it.topic(1)) return it.fail("the pubsub topic was " + got.pubsub_topic);
      if (got.content_topics.size() != (bodies ? 10 : 1) || got.content_topics[0] != it.content_topic(1)) {
        return it.fail(std::to_string(got.content_topics.size()) + " content topics arrived, or others");
      }
      if (got.time_start != asked.time_start) return it.fail("time_start was changed or lost");
      if (got.time_end != asked.time_end) return it.fail("time_end was changed or lost");
      if (got.include_data != bodies) return it.fail("include_data was changed");
      if (got.limit != asked.limit) return it.fail("the page limit was changed or left out");
      if (!got.forward) return it.fail("the query did not ask for the oldest first");
      if (!got.hashes.empty()) return it.fail("the query had hashes");
      if (!got.cursor.empty()) return it.fail("the first page was asked with a cursor");
      if (got.legacy) return it.fail("the query was asked by the legacy protocol");
    }
  }
};

struct store_hash_query {
  static constexpr check_description about{
      "store.hash_query",
      "a query by hash carries all of up to 50 hashes, include_data and the limit, and no topic or time"};

  template <class Trial>
  static void run(Trial& it) {
    for (const bool bodies : {false, true}) {
      const std::vector<message_hash> hashes = sample_hashes(3, bodies ? 1 : 50);
      store_request asked;
      asked.hashes = hashes;
      asked.include_data = bodies;
      asked.limit = 50;
      const auto number = it.arrival(it.store_query(asked, 3, 0));
      if (!number) return;
      const auto& got = it.arrivals()[*number];
      if (got.hashes != hashes) return it.fail("the hashes were changed or not all there");
      if (got.include_data != bodies) return it.fail("include_data was changed");
      if (got.limit != asked.limit) return it.fail("the page limit was changed or left out");
      if (!got.pubsub_topic.empty()) return it.fail("the pubsub topic was sent, which slows the store down");
      if (!got.content_topics.empty()) return it.fail("content topics were sent with hashes");
      if (got.time_start || got.time_end) return it.fail("times were sent with hashes");
    }
  }
};

/// A page that lists these messages, with or without bodies.
template <class Trial>
[[nodiscard]] store_reply<typename Trial::message_type> page_of(Trial& it,
                                                                const std::vector<message>& messages,
                                                                bool bodies) {
  store_reply<typename Trial::message_type> page;
  page.status = 200;
  const auto hashes = sample_hashes(1, messages.size());
  for (std::size_t each = 0; each < messages.size(); ++each) {
    auto& entry = page.entries.emplace_back();
    entry.hash = hashes[each];
    if (bodies) entry.body.emplace(it.carried(messages[each]));
  }
  return page;
}

/// Fails unless a page was told as the store gave it.
template <class Trial>
bool same_entries(Trial& it, const std::vector<message>& messages, bool hashes, bool bodies,
                  const store_reply<typename Trial::message_type>& got) {
  const auto wanted = page_of(it, messages, bodies);
  if (got.entries.size() != wanted.entries.size()) {
    it.fail("of " + std::to_string(wanted.entries.size()) + " entries " + std::to_string(got.entries.size()) +
            " were told");
    return false;
  }
  for (std::size_t each = 0; each < messages.size(); ++each) {
    const std::string entry = "entry " + std::to_string(each) + ": ";
    if (hashes && got.entries[each].hash != wanted.entries[each].hash) it.fail(entry + "another hash");
    if (got.entries[each].body.has_value() != bodies)
      it.fail(entry + (bodies ? "no body" : "a body from nowhere"));
    if (!got.entries[each].body) continue;
    const std::string changed = changed_fields(messages[each], *got.entries[each].body);
    if (!changed.empty()) it.fail(entry + "changed on the way: " + changed);
  }
  return it.undecided();
}

struct store_page_with_bodies {
  static constexpr check_description about{
      "store.page_with_bodies",
      "a page with bodies is told entry by entry, each body with its hash, unchanged"};

  template <class Trial>
  static void run(Trial& it) {
    const auto messages = awkward_messages(it.content_topic(1), it.options().payload_bytes);
    store_request asked = content_query();
    asked.include_data = true;
    const auto got = it.template reply_to<store_reply<typename Trial::message_type>>(
        it.store_query(asked, 1, 1), page_of(it, messages, true));
    if (got) static_cast<void>(same_entries(it, messages, true, true, *got));
  }
};

struct store_page_of_hashes {
  static constexpr check_description about{
      "store.page_of_hashes", "a page of 100 hashes without bodies is told as that, none with a body"};

  template <class Trial>
  static void run(Trial& it) {
    const std::vector<message> messages(100, it.sample(1));
    const auto got = it.template reply_to<store_reply<typename Trial::message_type>>(
        it.store_query(content_query(), 1, 1), page_of(it, messages, false));
    if (got) static_cast<void>(same_entries(it, messages, true, false, *got));
  }
};

struct store_cursor_is_kept {
  static constexpr check_description about{
      "store.cursor", "a page's cursor is told, and sent back with the next request, byte for byte"};

  template <class Trial>
  static void run(Trial& it) {
    store_cursor cursor;
    for (unsigned byte = 0; byte < message_hash::size; ++byte)
      cursor.push_back(static_cast<std::byte>(251 * byte));
    auto page = page_of(it, {it.sample(1)}, false);
    page.cursor = cursor;
    const auto got = it.template reply_to<store_reply<typename Trial::message_type>>(
        it.store_query(content_query(), 1, 1), page);
    if (!got) return;
    if (got->cursor != cursor) return it.fail("the page's cursor was told with other bytes");
    store_request next = content_query();
    next.cursor = cursor;
    const auto number = it.arrival(it.store_query(next, 2, 1));
    if (number && it.arrivals()[*number].cursor != cursor)
      it.fail("the cursor was sent back with other bytes");
  }
};

struct store_last_page {
  static constexpr check_description about{
      "store.last_page", "a good reply without entries is told as that: its status, no entry, no cursor"};

  template <class Trial>
  static void run(Trial& it) {
    const auto got = it.template reply_to<store_reply<typename Trial::message_type>>(
        it.store_query(content_query(), 1, 1), page_of(it, {}, false));
    if (!got) return;
    if (!is_success(got->status)) it.fail("told with status " + std::to_string(got->status));
    if (!got->entries.empty()) it.fail("told with " + std::to_string(got->entries.size()) + " entries");
    if (!got->cursor.empty()) it.fail("told with a cursor, as if more pages followed");
  }
};

struct store_legacy_query {
  static constexpr check_description about{
      "store.legacy",
      "a legacy query goes by the legacy protocol, and its page is told with bodies and the cursor as it is"};

  template <class Trial>
  static void run(Trial& it) {
    if (!it.set_peer(1, peer_state::legacy)) return;
    const bool told = it.wait([&] {
      const auto* news = it.heard().latest(it.fixture().peer(1));
      return news != nullptr && news->protocols.legacy_store;
    });
    if (!told) return it.skip("the transport told of no legacy store, so it will not be asked");
    const std::vector<message> messages(3, it.sample(1));
    auto page = page_of(it, messages, true);
    // An encoded Index with a digest of 48 bytes, since some stacks look inside.
    page.cursor.assign(50, std::byte{0x42});
    page.cursor[0] = std::byte{0x0a};
    page.cursor[1] = std::byte{48};
    store_request asked = content_query();
    asked.include_data = true;
    asked.legacy = true;
    const operation_id operation = it.store_query(asked, 1, 1, 1);
    const auto number = it.arrival(operation);
    if (!number) return;
    if (!it.arrivals()[*number].legacy) return it.fail("the query did not go by the legacy protocol");
    if (!it.answer(*number, page)) return;
    const auto how = it.end_of(operation);
    if (!how) return;
    const auto* got = std::get_if<store_reply<typename Trial::message_type>>(&*how);
    if (got == nullptr) return it.fail("ended with " + describe(*how));
    if (same_entries(it, messages, false, true, *got) && got->cursor != page.cursor) {
      it.fail("the page's cursor was told with other bytes");
    }
  }
};

}  // namespace waku::reliability::testing::conformance
