// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/algorithm.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/service/archive.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/service/request_meter.hpp>

namespace waku::reliability::services {

/// A store's answer to one request.
template <class Body>
struct store_answer {
  std::uint32_t status = status_code::ok;
  std::string_view description = "OK";
  std::vector<archive_entry<Body>> entries{};
  store_cursor cursor{};  ///< where the next page begins: the 32 bytes of a hash; empty: there is none
};

/// What became of a message that was offered to a store.
enum class store_intake : std::uint8_t {
  stored,
  duplicate,
  ephemeral,  ///< its sender does not want it stored
  off_clock,  ///< its timestamp is too far from the node's clock, before or after
  refused,    ///< the archive is full of newer messages
  failed,     ///< the archive has an error
};

/// The server's side of the store protocols: 13/WAKU2-STORE and the legacy store, over one archive, with the
/// limits and oddities of a profile.
///
///     if (service.take_in(record, ephemeral, body, now) == store_intake::stored) { ... }
///     store_answer<Body> answer = service.answer(request, now);  // request.peer is the client
///
/// Entries come oldest first whichever way the pages go; only look-ups by hash may come newest first, where the
/// profile says so. A cursor is the hash of the last entry in the direction of reading, for both protocols. The
/// legacy store always gives bodies. No memory is kept for clients but their rates.
template <archive Archive>
class store_service {
 public:
  using body_type = typename Archive::body_type;
  using answer_type = store_answer<body_type>;

  store_service(profile own, Archive keeps) : profile_(std::move(own)), archive_(std::move(keeps)) {}

  /// Answers one page. Errors come as statuses: 429 over the rate, 503 for a protocol that is not served, 400
  /// for criteria that the profile does not take together, and the profile's archive_error_status for unknown
  /// cursors, too many content topics and an archive that fails. As costly as the archive's page.
  [[nodiscard]] answer_type answer(const store_request& request, instant now) {
    if (!(request.legacy ? profile_.legacy_store : profile_.store)) {
      return refusal(status_code::service_not_available, "SERVICE_NOT_AVAILABLE");
    }
    if (!meter_.allow(request.peer, profile_.store_rate, now.steady)) {
      return refusal(status_code::too_many_requests, "TOO_MANY_REQUESTS");
    }
    if (!request.legacy && profile_.criteria_in_pairs && !in_pairs(request)) {
      return refusal(status_code::bad_request, "BAD_REQUEST: criteria that do not go together");
    }
    const bool checked = !request.cursor.empty() || !profile_.first_page_unchecked;
    if (checked && request.content_topics.size() > profile_.cursor_topics_max) {
      return refusal(profile_.archive_error_status, "BAD_RESPONSE: too many content topics");
    }
    archive_query query = query_of(request);
    if (!request.cursor.empty()) {
      query.after = place_of(request.cursor);
      if (!query.after) return refusal(profile_.archive_error_status, "BAD_RESPONSE: cursor not found");
    }
    return by_hash_alone(request) ? look_up(query) : page(query);
  }

  /// Whether a request of the client would be over its rate, so that a host need not read it. It is not counted:
  /// answer() does that.
  [[nodiscard]] bool over_rate(peer_id client, steady_time now) {
    return meter_.is_over(client, profile_.store_rate, now);
  }
  /// A request of the client could not be read, and counts like any other.
  void count_unread(peer_id client, steady_time now) {
    static_cast<void>(meter_.allow(client, profile_.store_rate, now));
  }

  /// Takes in a valid message that the relay delivered, if it is to be stored at all. `record.weight()` counts
  /// towards the archive's bound. What comes from other stores goes to archive().insert(), at any age.
  store_intake take_in(const archive_record& record, bool ephemeral, body_type body, wall_time now) {
    if (ephemeral) return store_intake::ephemeral;
    if (off_clock(record.timestamp, now)) return store_intake::off_clock;
    switch (archive_.insert(record, std::move(body), now)) {
      case archive_insertion::stored: return store_intake::stored;
      case archive_insertion::duplicate: return store_intake::duplicate;
      case archive_insertion::refused: return store_intake::refused;
      case archive_insertion::failed: break;
    }
    return store_intake::failed;
  }
  /// Whether a timestamp is too far from the node's clock to be stored.
  [[nodiscard]] bool off_clock(std::int64_t timestamp, wall_time now) const {
    return apart_by_more_than(profile_.archive_age_max, wall_time(duration(timestamp)), now);
  }

  /// Drops what is over age, which take_in() does too.
  std::size_t expire(wall_time now) { return archive_.expire(now); }

  [[nodiscard]] const profile& served() const noexcept { return profile_; }
  [[nodiscard]] Archive& archive() noexcept { return archive_; }
  [[nodiscard]] const Archive& archive() const noexcept { return archive_; }

 private:
  static answer_type refusal(std::uint32_t status, std::string_view description) {
    return {status, description, {}, {}};
  }
  static bool has_content_criteria(const store_request& request) {
    return !request.pubsub_topic.empty() || !request.content_topics.empty() || request.time_start ||
           request.time_end;
  }
  static bool in_pairs(const store_request& request) {
    if (!request.hashes.empty()) return !has_content_criteria(request);
    return request.pubsub_topic.empty() == request.content_topics.empty();
  }
  static bool by_hash_alone(const store_request& request) {
    return !request.hashes.empty() && !has_content_criteria(request) && request.cursor.empty();
  }
  // Only a hash that this very archive holds is a good cursor.
  [[nodiscard]] std::optional<archive_place> place_of(std::span<const std::byte> cursor) {
    message_hash hash;
    if (cursor.size() != hash.bytes.size()) return std::nullopt;
    std::copy(cursor.begin(), cursor.end(), hash.bytes.begin());
    return archive_.place(hash);
  }
  [[nodiscard]] archive_query query_of(const store_request& request) const {
    archive_query query;
    if (!request.pubsub_topic.empty()) query.pubsub_topic = request.pubsub_topic;
    query.content_topics = request.content_topics;
    if (request.time_start) query.start = request.time_start->time_since_epoch().count();
    if (request.time_end) query.end = request.time_end->time_since_epoch().count();
    if (query.end && profile_.end_inclusive) {
      // An end that nothing can be beyond is no end.
      constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
      query.end = *query.end == last ? std::nullopt : std::optional(*query.end + 1);
    }
    query.hashes = request.hashes;
    query.forward = request.forward;
    query.limit = min_of(request.limit == 0 ? profile_.page_usual : request.limit, profile_.page_max);
    query.include_data = request.include_data || request.legacy;
    return query;
  }

  answer_type page(const archive_query& query) {
    archive_page<body_type> found = archive_.list(query);
    if (found.error != archive_error::none) return failure(found.error);
    answer_type made;
    made.entries = std::move(found.entries);
    if (found.more && !made.entries.empty()) {
      const message_hash& last = (query.forward ? made.entries.back() : made.entries.front()).hash;
      made.cursor.assign(last.bytes.begin(), last.bytes.end());
    }
    return made;
  }
  answer_type look_up(archive_query query) {
    const bool turned = profile_.lookups_newest_first && query.forward;
    if (turned) query.forward = false;
    answer_type made = page(query);
    // Look-ups go in batches, and after a full last one comes an empty one, which finds everything.
    if (profile_.lookup_batch != 0 && query.hashes.size() % profile_.lookup_batch == 0) {
      query.hashes = {};
      query.forward = false;
      add_foreign(made, page(query), query.limit);
    }
    if (turned) std::reverse(made.entries.begin(), made.entries.end());
    return made;
  }
  // Joins the newest rows to what was found, up to the limit.
  static void add_foreign(answer_type& made, answer_type foreign, std::size_t limit) {
    if (made.status != status_code::ok || foreign.status != status_code::ok) return;
    for (std::size_t left = foreign.entries.size(); left-- > 0 && made.entries.size() < limit;) {
      archive_entry<body_type>& each = foreign.entries[left];
      const auto same = [&](const archive_entry<body_type>& other) { return other.hash == each.hash; };
      if (!any_of(made.entries, same)) made.entries.push_back(std::move(each));
    }
    std::sort(made.entries.begin(), made.entries.end(),
              [](const auto& a, const auto& b) { return a.place() < b.place(); });
    if (made.cursor.empty()) made.cursor = std::move(foreign.cursor);
  }
  answer_type failure(archive_error error) const {
    switch (error) {
      case archive_error::none: break;
      case archive_error::busy:
        return refusal(profile_.archive_error_status, "BAD_RESPONSE: archive is busy");
      case archive_error::full:
        return refusal(profile_.archive_error_status, "BAD_RESPONSE: archive is full");
      case archive_error::damaged:
        return refusal(profile_.archive_error_status, "BAD_RESPONSE: archive is damaged");
      case archive_error::unavailable: break;
    }
    return refusal(profile_.archive_error_status, "BAD_RESPONSE: archive is unavailable");
  }

  profile profile_;
  Archive archive_;
  request_meter meter_;
};

}  // namespace waku::reliability::services
