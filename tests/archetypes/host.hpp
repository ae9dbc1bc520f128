// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <waku/reliability/engine/host.hpp>

/// A message, a hasher and a host that have what their concepts ask for and nothing more.
namespace archetypes {

namespace wr = waku::reliability;

/// A message that can be moved and made from nothing; the traits tell the rest.
class message {
 public:
  message() = default;
  message(message&&) = default;
  message& operator=(message&&) = default;

  std::int64_t stamp = 0;
};

/// A hasher that is neither copied nor moved.
class hasher {
 public:
  static constexpr bool deterministic_message_hash = true;

  hasher() = default;
  hasher(const hasher&) = delete;
  hasher& operator=(const hasher&) = delete;

  wr::message_hash operator()(const wr::hash_input& input) {
    wr::message_hash hash;
    hash.bytes[0] = static_cast<std::byte>(input.timestamp_ns);
    return hash;
  }
};

/// A host whose time stands still and which wakes nobody.
class host {
 public:
  host() = default;
  host(const host&) = delete;
  host& operator=(const host&) = delete;

  wr::instant now() { return {}; }
  void wake_at(wr::steady_time /*at*/) {}
  archetypes::hasher& hasher() { return hasher_; }
  void received(wr::deliver<archetypes::message>&& /*delivery*/) {}
  void finished(const wr::finished& /*end*/) {}
  void propagated(const wr::propagated& /*first*/) {}

 private:
  archetypes::hasher hasher_;
};

}  // namespace archetypes

template <>
struct waku::reliability::message_traits<archetypes::message> {
  static std::span<const std::byte> payload(const archetypes::message& m) {
    return std::as_bytes(std::span(&m.stamp, 1));
  }
  static std::string_view content_topic(const archetypes::message& /*m*/) { return "/archetype/1/a/proto"; }
  static std::span<const std::byte> meta(const archetypes::message& /*m*/) { return {}; }
  static std::int64_t timestamp(const archetypes::message& m) { return m.stamp; }
  static void set_timestamp(archetypes::message& m, std::int64_t unix_ns) { m.stamp = unix_ns; }
  static bool ephemeral(const archetypes::message& /*m*/) { return false; }
  static std::size_t encoded_size(const archetypes::message& /*m*/) { return 60; }
};
