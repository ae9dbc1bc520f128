// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <compare>
#include <cstdint>

namespace waku::reliability {

/// What a started operation is.
enum class operation_kind : std::uint8_t {
  none,
  relay_publish,
  lightpush,
  filter_subscribe,
  filter_unsubscribe,
  filter_ping,
  store_query,
};

/// True for the two ways of sending a message.
[[nodiscard]] constexpr bool is_push(operation_kind kind) noexcept {
  return kind == operation_kind::relay_publish || kind == operation_kind::lightpush;
}

/// Names one request from its start to its end. It carries the kind and the place of the operation's
/// record, so that a reply finds it without a look-up, and a generation, so that no id is used twice.
class operation_id {
 public:
  static constexpr unsigned slot_bits = 24;
  static constexpr unsigned kind_bits = 4;
  static constexpr std::uint32_t slot_limit = 1U << slot_bits;

  constexpr operation_id() = default;
  constexpr operation_id(operation_kind kind, std::uint32_t slot, std::uint64_t generation) noexcept
      : value_((generation << (slot_bits + kind_bits)) | (static_cast<std::uint64_t>(kind) << slot_bits) |
               (slot & (slot_limit - 1))) {}

  /// The id whose value() this is.
  [[nodiscard]] static constexpr operation_id from_value(std::uint64_t value) noexcept {
    operation_id id;
    id.value_ = value;
    return id;
  }

  [[nodiscard]] constexpr operation_kind kind() const noexcept {
    return static_cast<operation_kind>((value_ >> slot_bits) & ((1U << kind_bits) - 1));
  }
  [[nodiscard]] constexpr std::uint32_t slot() const noexcept {
    return static_cast<std::uint32_t>(value_ & (slot_limit - 1));
  }
  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }

  friend constexpr bool operator==(operation_id, operation_id) = default;
  friend constexpr auto operator<=>(operation_id, operation_id) = default;

 private:
  std::uint64_t value_ = 0;
};

}  // namespace waku::reliability
