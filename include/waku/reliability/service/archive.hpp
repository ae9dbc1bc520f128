// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>

/// Archives: what a store keeps messages in. An archive knows order, bounds and pages; what is taken in at all,
/// and how requests are answered, is the store service's.
namespace waku::reliability::services {

/// What an archive knows about a message besides its body. The views are copied.
struct archive_record {
  message_hash hash;
  std::int64_t timestamp = 0;  ///< the sender's, Unix time in ns
  std::string_view pubsub_topic;
  std::string_view content_topic;
  std::size_t bytes = 0;  ///< the body's, encoded

  /// What the message counts towards the bound of bytes. Topics count with each, although archives keep them once,
  /// so that many long ones are bounded too. What an archive needs besides is bounded by the count.
  [[nodiscard]] constexpr std::size_t weight() const noexcept {
    const std::size_t topics = pubsub_topic.size() + content_topic.size();
    return bytes > std::numeric_limits<std::size_t>::max() - topics ? std::numeric_limits<std::size_t>::max()
                                                                    : bytes + topics;
  }
};

/// Where a message stands in an archive: by timestamp, then by the bytes of the hash.
struct archive_place {
  std::int64_t timestamp = 0;
  message_hash hash;

  friend constexpr bool operator==(const archive_place&, const archive_place&) = default;
  friend constexpr auto operator<=>(const archive_place&, const archive_place&) = default;
};

/// How much an archive keeps. When one of the bounds is crossed, the oldest by place leave first.
struct archive_limits {
  std::size_t count = 1'000'000;             ///< messages, at most 100 million
  std::size_t bytes = std::size_t{1} << 30;  ///< the sum of archive_record::weight()
  duration age = std::chrono::hours(48);     ///< by timestamp, against the time that calls hand in

  /// Bounds that only the memory sets.
  [[nodiscard]] static constexpr archive_limits none() noexcept {
    return {100'000'000, std::numeric_limits<std::size_t>::max(), duration::max()};
  }
};

/// What is asked of an archive. Criteria that are absent restrict nothing; those that are there must all fit.
struct archive_query {
  std::optional<std::string_view> pubsub_topic{};
  std::span<const std::string_view> content_topics{};  ///< one of them must fit; empty: any
  std::optional<std::int64_t> start{};                 ///< Unix ns, inclusive
  std::optional<std::int64_t> end{};                   ///< Unix ns, exclusive
  std::span<const message_hash> hashes{};              ///< one of them must fit; empty: any
  std::optional<archive_place> after{};  ///< only what follows this place in the direction of reading
  bool forward = true;                   ///< from the oldest on; false: from the newest back
  std::uint32_t limit = 20;              ///< entries of the page
  bool include_data = true;              ///< with bodies
};

/// One message of a page.
template <class Body>
struct archive_entry {
  message_hash hash;
  std::int64_t timestamp = 0;
  std::string_view pubsub_topic;  ///< valid until the archive changes
  std::optional<Body> body{};     ///< where it was asked for

  [[nodiscard]] archive_place place() const { return {timestamp, hash}; }
};

/// Why an archive could not answer.
enum class [[nodiscard]] archive_error : std::uint8_t{
    none,
    busy,         ///< another program holds the file
    full,         ///< the disk or the memory is full
    damaged,      ///< the file is no archive, or its content contradicts itself
    unavailable,  ///< the file cannot be opened, read or written
};

/// The error in a word, for a log.
[[nodiscard]] constexpr std::string_view name_of(archive_error error) noexcept {
  switch (error) {
    case archive_error::none: return "none";
    case archive_error::busy: return "busy";
    case archive_error::full: return "full";
    case archive_error::damaged: return "damaged";
    case archive_error::unavailable: return "unavailable";
  }
  return "unknown";
}

/// A page, or the reason why there is none.
template <class Body>
struct archive_page {
  std::vector<archive_entry<Body>> entries{};  ///< oldest first, whichever the direction
  bool more = false;                           ///< entries follow beyond the page
  archive_error error = archive_error::none;
};

/// What became of an insertion.
enum class archive_insertion : std::uint8_t {
  stored,
  duplicate,  ///< the hash was there already
  refused,    ///< it would be the first to leave again, by a bound
  failed,     ///< the archive has an error
};

/// Keeps messages in the order of their places. A page costs the same wherever it begins.
///
/// insert(record, body, now) takes a message in and drops what is beyond the bounds then; place(hash) tells
/// whether and where a message stands; list(query) gives a page; expire(now) drops what is over age and tells
/// how many; clear() drops everything; size() and bytes() tell what is there.
template <class Archive>
concept archive = requires(Archive& a, const Archive& seen, const archive_record& record,
                           typename Archive::body_type body, const archive_query& query,
                           const message_hash& hash, wall_time now) {
  { a.insert(record, body, now) } -> std::same_as<archive_insertion>;
  { a.place(hash) } -> std::same_as<std::optional<archive_place>>;
  { a.list(query) } -> std::same_as<archive_page<typename Archive::body_type>>;
  { a.expire(now) } -> std::same_as<std::size_t>;
  { a.clear() } -> std::same_as<archive_error>;
  { seen.size() } -> std::same_as<std::size_t>;
  { seen.bytes() } -> std::same_as<std::size_t>;
};

/// The first timestamp that is not over age at `now`.
[[nodiscard]] constexpr std::int64_t oldest_allowed(const archive_limits& limits, wall_time now) noexcept {
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const std::int64_t at = now.time_since_epoch().count();
  if (limits.age == duration::max() || at < least + limits.age.count()) return least;
  return at - limits.age.count();
}

}  // namespace waku::reliability::services
