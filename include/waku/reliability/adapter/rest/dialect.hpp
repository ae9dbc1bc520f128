// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/adapter/rest/text.hpp>
#include <waku/reliability/core/hex.hpp>

/// In what the REST interfaces of nodes differ. Both take the same requests otherwise, and what both may leave
/// out or write as null is read alike.
namespace waku::reliability::rest {

/// nwaku, and logos-delivery, which it became: lightpush v3, and v1 where v3 is not there; hashes as hex; filter
/// messages by content topic alone.
struct nwaku {
  /// Answers with 2xx once the node serves.
  static constexpr std::string_view health_route = "/health";
  static constexpr bool has_lightpush_v3 = true;
  /// A store query without a store's address goes to the node's own store, or to one that it knows.
  static constexpr bool needs_store_address = false;
  /// Messages of a filter are read by pubsub topic too, so that the same content topic may be on several.
  static constexpr bool reads_by_pubsub_topic = false;
  /// So many topics are read from one node at once, at most.
  static constexpr std::size_t reads_at_once = SIZE_MAX;

  // Keys of a store's page.
  static constexpr const char* status_code_key = "statusCode";
  static constexpr const char* message_hash_key = "messageHash";
  static constexpr const char* cursor_key = "paginationCursor";

  /// A hash or cursor as a query has it.
  [[nodiscard]] static std::string asked_hash(std::span<const std::byte> bytes) {
    return "0x" + to_hex(bytes);
  }
  /// A hash or cursor of an answer.
  [[nodiscard]] static std::optional<std::vector<std::byte>> told_hash(std::string_view text) {
    return from_hex(text);
  }
};

/// go-waku: lightpush v1 only, which hands on by lightpush v2; a store query needs the address of a store; hashes
/// in URL-safe base64 when asked and in standard base64 when told.
struct go_waku {
  /// Its health route answers only for RLN.
  static constexpr std::string_view health_route = "/debug/v1/info";
  static constexpr bool has_lightpush_v3 = false;
  static constexpr bool needs_store_address = true;
  static constexpr bool reads_by_pubsub_topic = true;
  /// Two at once end the program: go-waku 0.10 changes one map from both ("concurrent map writes").
  static constexpr std::size_t reads_at_once = 1;

  static constexpr const char* status_code_key = "status_code";
  static constexpr const char* message_hash_key = "message_hash";
  static constexpr const char* cursor_key = "pagination_cursor";

  [[nodiscard]] static std::string asked_hash(std::span<const std::byte> bytes) {
    return to_base64(bytes, base64_alphabet::url_safe);
  }
  [[nodiscard]] static std::optional<std::vector<std::byte>> told_hash(std::string_view text) {
    return from_base64(text);
  }
};

/// A type with the members of `nwaku`.
template <class Dialect>
concept dialect = requires(std::span<const std::byte> bytes, std::string_view text) {
  { Dialect::health_route } -> std::convertible_to<std::string_view>;
  { Dialect::has_lightpush_v3 } -> std::convertible_to<bool>;
  { Dialect::needs_store_address } -> std::convertible_to<bool>;
  { Dialect::reads_by_pubsub_topic } -> std::convertible_to<bool>;
  { Dialect::reads_at_once } -> std::convertible_to<std::size_t>;
  { Dialect::status_code_key } -> std::convertible_to<const char*>;
  { Dialect::message_hash_key } -> std::convertible_to<const char*>;
  { Dialect::cursor_key } -> std::convertible_to<const char*>;
  { Dialect::asked_hash(bytes) } -> std::convertible_to<std::string>;
  { Dialect::told_hash(text) } -> std::same_as<std::optional<std::vector<std::byte>>>;
};

}  // namespace waku::reliability::rest
