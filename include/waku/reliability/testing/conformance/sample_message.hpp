// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/core/message_traits.hpp>

namespace waku::reliability::testing {

/// A message told from others by its number: the payload ends with it, and the timestamp differs.
[[nodiscard]] inline message sample_message(std::uint32_t number, std::string_view content_topic) {
  // Not a multiple of a microsecond, so that a transport which counts in anything but nanoseconds shows.
  constexpr std::int64_t first_timestamp = 1'717'200'000'123'456'789;
  message made;
  for (const char letter : std::string_view("conformance ")) {
    made.payload.push_back(static_cast<std::byte>(letter));
  }
  for (unsigned shift = 0; shift < 32; shift += 8) {
    made.payload.push_back(static_cast<std::byte>(number >> shift));
  }
  made.content_topic = content_topic;
  made.meta.assign(3, std::byte{0x77});
  made.timestamp = first_timestamp + number;
  return made;
}

/// The number of a sample_message; 0 if the payload is too short to hold one.
[[nodiscard]] inline std::uint32_t sample_number(std::span<const std::byte> payload) {
  std::uint32_t number = 0;
  if (payload.size() < sizeof number) return number;
  for (const std::byte each : {payload.end()[-1], payload.end()[-2], payload.end()[-3], payload.end()[-4]}) {
    number = (number << 8U) | std::to_integer<std::uint32_t>(each);
  }
  return number;
}

/// Messages that a careless encoding changes: all bytes, long fields, empty fields, flags, odd times.
[[nodiscard]] inline std::vector<message> awkward_messages(std::string_view content_topic,
                                                           std::size_t payload_bytes) {
  std::vector<message> all;
  const auto add = [&]() -> message& {
    return all.emplace_back(sample_message(static_cast<std::uint32_t>(all.size() + 1), content_topic));
  };
  add();
  add().meta.clear();
  message& every_byte = add();
  for (unsigned byte = 0; byte < 256; ++byte) {
    every_byte.payload.insert(every_byte.payload.begin(), static_cast<std::byte>(byte));
  }
  every_byte.meta.assign(64, std::byte{0});
  add().ephemeral = true;
  message& single = add();
  single.payload.assign(1, std::byte{0});
  single.timestamp = 1;
  message& large = add();
  large.payload.insert(large.payload.begin(), payload_bytes - large.payload.size(), std::byte{0xa5});
  return all;
}

/// What of a message is not as it was: the names of the fields, or nothing.
template <waku_message Message>
[[nodiscard]] std::string changed_fields(const message& wanted, const Message& got) {
  using traits = message_traits<Message>;
  std::string names;
  const auto check = [&names](bool same, std::string_view name) {
    if (!same) names += (names.empty() ? "" : ", ") + std::string(name);
  };
  const auto equal = [](std::span<const std::byte> a, std::span<const std::byte> b) {
    return std::vector<std::byte>(a.begin(), a.end()) == std::vector<std::byte>(b.begin(), b.end());
  };
  check(equal(wanted.payload, traits::payload(got)), "payload");
  check(std::string_view(wanted.content_topic) == traits::content_topic(got), "content topic");
  check(equal(wanted.meta, traits::meta(got)), "meta");
  check(wanted.timestamp == traits::timestamp(got), "timestamp");
  check(wanted.ephemeral == static_cast<bool>(traits::ephemeral(got)), "ephemeral flag");
  return names;
}

}  // namespace waku::reliability::testing
