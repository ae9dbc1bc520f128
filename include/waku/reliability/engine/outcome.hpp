// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/policy/observer/notice.hpp>

namespace waku::reliability {

/// What confirmed a message.
enum class confirmed_by : std::uint8_t { store, echo, store_and_echo };

/// A message arrived beyond the nodes it was handed to: a store holds it, or filter nodes pushed it back.
struct confirmed {
  confirmed_by by = confirmed_by::store;
  std::uint32_t transmissions = 0;  ///< how often it was sent, each to all targets at once
  duration latency{};               ///< from publish() to the confirmation

  friend bool operator==(const confirmed&, const confirmed&) = default;
};

/// Why a message that may well have arrived was not confirmed.
enum class unconfirmed_why : std::uint8_t {
  deadline,          ///< options.confirmation.deadline passed
  not_stored,        ///< so many complete store replies lacked it as were allowed (S1.8, S3.13)
  no_echo,           ///< so many transmissions brought no echo as were allowed (L4.6)
  attempts_used_up,  ///< the allowed transmissions ended without a known end of any (L3.5)
  too_old,           ///< its end stayed unknown, and its bytes are too old to be sent again (R7)
  evicted,           ///< it made room for a newer message (R17)
  ephemeral,         ///< stores do not keep it, so none was asked (R15)
  not_asked,         ///< a node accepted it, and the policies ask no further
};

/// A node accepted the message, or an attempt ended unknown; whether it arrived is not known.
struct unconfirmed {
  unconfirmed_why why = unconfirmed_why::deadline;
  std::optional<peer_id>
      accepted_by;  ///< the first lightpush node that accepted; none by relay or if unknown

  friend bool operator==(const unconfirmed&, const unconfirmed&) = default;
};

/// Why a message certainly did not leave.
enum class failed_why : std::uint8_t {
  refused,           ///< every node that was asked refused it for good
  no_route,          ///< there was nobody to hand it to until the deadline
  attempts_used_up,  ///< the allowed transmissions were all refused (L3.5)
  deadline,          ///< options.confirmation.deadline passed, and every attempt had been refused
  evicted,           ///< it made room for a newer message before it left (R17)
};

/// Every attempt was definitely refused, or none was made.
struct failed {
  failed_why why = failed_why::refused;

  friend bool operator==(const failed&, const failed&) = default;
};

/// The application cancelled it, or the engine was stopped (R32).
struct cancelled {
  friend bool operator==(const cancelled&, const cancelled&) = default;
};

/// What became of one accepted publish. Each gets exactly one.
using outcome = std::variant<confirmed, unconfirmed, failed, cancelled>;

/// The name of what confirmed a message, as its enumerator is spelled.
[[nodiscard]] constexpr std::string_view name_of(confirmed_by by) noexcept {
  switch (by) {
    case confirmed_by::store: return "store";
    case confirmed_by::echo: return "echo";
    case confirmed_by::store_and_echo: return "store_and_echo";
  }
  return "unknown";
}
/// The name of a reason, as its enumerator is spelled.
[[nodiscard]] constexpr std::string_view name_of(unconfirmed_why why) noexcept {
  switch (why) {
    case unconfirmed_why::deadline: return "deadline";
    case unconfirmed_why::not_stored: return "not_stored";
    case unconfirmed_why::no_echo: return "no_echo";
    case unconfirmed_why::attempts_used_up: return "attempts_used_up";
    case unconfirmed_why::too_old: return "too_old";
    case unconfirmed_why::evicted: return "evicted";
    case unconfirmed_why::ephemeral: return "ephemeral";
    case unconfirmed_why::not_asked: return "not_asked";
  }
  return "unknown";
}
/// The name of a reason, as its enumerator is spelled.
[[nodiscard]] constexpr std::string_view name_of(failed_why why) noexcept {
  switch (why) {
    case failed_why::refused: return "refused";
    case failed_why::no_route: return "no_route";
    case failed_why::attempts_used_up: return "attempts_used_up";
    case failed_why::deadline: return "deadline";
    case failed_why::evicted: return "evicted";
  }
  return "unknown";
}
/// The name of an outcome's kind, as its type is spelled: confirmed, unconfirmed, failed or cancelled.
[[nodiscard]] constexpr std::string_view name_of(const outcome& end) noexcept {
  constexpr std::string_view kinds[] = {"confirmed", "unconfirmed", "failed", "cancelled"};
  static_assert(sizeof kinds / sizeof *kinds == std::variant_size_v<outcome>);
  return kinds[end.index()];
}
/// Why a message was not confirmed or has failed; empty for the other outcomes. All of these texts end with a zero.
[[nodiscard]] constexpr std::string_view reason_of(const outcome& end) noexcept {
  if (const auto* open = std::get_if<unconfirmed>(&end)) return name_of(open->why);
  if (const auto* lost = std::get_if<failed>(&end)) return name_of(lost->why);
  return "";
}

/// Where a pending request stands.
enum class request_phase : std::uint8_t {
  waiting,         ///< for a route, a pause or the budget: nothing has left yet
  sending,         ///< a first acceptance is awaited
  unacknowledged,  ///< accepted by a node, and not confirmed (S1.1)
};

/// What status() tells of a pending request.
struct request_status {
  request_phase phase = request_phase::waiting;
  std::uint32_t transmissions = 0;
  std::optional<message_hash> hash;  ///< none while the message has no timestamp yet
};

}  // namespace waku::reliability
