// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/core/message_traits.hpp>

namespace waku::reliability {

/// The parts that the deterministic message hash covers, in the order in which they are hashed. An absent
/// meta equals an empty one; an absent timestamp counts as 0.
struct hash_input {
  std::string_view pubsub_topic;
  std::span<const std::byte> payload;
  std::string_view content_topic;
  std::span<const std::byte> meta;
  std::int64_t timestamp_ns = 0;
};

/// What turns a message into its hash. `deterministic_message_hash` is true for SHA-256 as the network
/// computes it; a stand-in for big simulations says false, and a live transport refuses it.
template <class Hasher>
concept message_hasher = requires(Hasher& hasher, const hash_input& input) {
  { hasher(input) } -> std::same_as<message_hash>;
  { Hasher::deterministic_message_hash } -> std::convertible_to<bool>;
};

/// The parts of `m` that its hash on `pubsub_topic` covers. The views live as long as both arguments.
template <waku_message Message>
[[nodiscard]] hash_input hashed_parts(std::string_view pubsub_topic, const Message& m) {
  using traits = message_traits<Message>;
  return {pubsub_topic, traits::payload(m), traits::content_topic(m), traits::meta(m), traits::timestamp(m)};
}

}  // namespace waku::reliability
