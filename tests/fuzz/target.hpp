// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

/// What is fuzzed: functions that take any bytes, and end the program where a promise is broken. They know
/// nothing of what feeds them: clang's libFuzzer, or the kept corpus.
namespace fuzz {

using byte_span = std::span<const std::byte>;

/// Ends the program unless the promise was kept. Not assert(), which optimised builds leave out.
inline void demand(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

/// Bytes that are spent on decisions, from the first on. What is asked for beyond the end is 0.
class input {
 public:
  explicit input(byte_span bytes) noexcept : rest_(bytes) {}

  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
  std::uint8_t byte() noexcept {
    if (rest_.empty()) return 0;
    const auto first = std::to_integer<std::uint8_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return first;
  }
  /// Below `bound`, which is 1 to 256.
  std::uint32_t below(std::uint32_t bound) noexcept { return byte() % bound; }
  bool one_in(std::uint32_t count) noexcept { return below(count) == count - 1; }
  /// So many bytes, or fewer at the end.
  byte_span bytes(std::size_t count) noexcept {
    const byte_span taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  byte_span rest() noexcept { return bytes(rest_.size()); }

 private:
  byte_span rest_;
};

/// One thing that is fuzzed.
struct target {
  std::string_view name;
  void (*run)(byte_span bytes);
};

void message(byte_span bytes);
void relay(byte_span bytes);
void store(byte_span bytes);
void legacy_store(byte_span bytes);
void filter(byte_span bytes);
void filter_push(byte_span bytes);
void lightpush(byte_span bytes);
void legacy_lightpush(byte_span bytes);
void metadata(byte_span bytes);
void peer_exchange(byte_span bytes);
void frame(byte_span bytes);
void names(byte_span bytes);
void serve(byte_span bytes);
void filter_service(byte_span bytes);
void store_service(byte_span bytes);
void lightpush_service(byte_span bytes);

inline constexpr target targets[] = {
    {"message", message},
    {"relay", relay},
    {"store", store},
    {"legacy_store", legacy_store},
    {"filter", filter},
    {"filter_push", filter_push},
    {"lightpush", lightpush},
    {"legacy_lightpush", legacy_lightpush},
    {"metadata", metadata},
    {"peer_exchange", peer_exchange},
    {"frame", frame},
    {"names", names},
    {"serve", serve},
    {"filter_service", filter_service},
    {"store_service", store_service},
    {"lightpush_service", lightpush_service},
};

/// The target of this name, or nullptr.
[[nodiscard]] inline const target* find_target(std::string_view name) noexcept {
  for (const target& each : targets) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

}  // namespace fuzz
