// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/instant.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// What a page costs an archive of some size, in nanoseconds.
struct page_cost {
  std::int64_t messages;  ///< in the archive
  std::int64_t first;     ///< a page of one entry
  std::int64_t each;      ///< each further entry, with its body
  std::int64_t by_hash;   ///< each entry of those that were asked for by hash
};

/// Medians of 400 pages, of 1 and of 100 entries and of 50 hashes drawn at random, from adapter/sqlite_archive.hpp with
/// its usual cache of 64 MiB, messages of 1 kB on one topic at one a second, on a Linux machine of two cores.
constexpr std::array<page_cost, 4> measured_pages{{{1'000, 5'600, 1'660, 2'600},
                                                   {10'000, 4'200, 1'270, 2'900},
                                                   {100'000, 11'600, 1'570, 7'000},
                                                   {1'000'000, 17'200, 4'480, 32'900}}};

/// How long a store works on a page of so many entries: between the sizes that were measured in proportion, and beyond
/// the largest as from the one before to it.
[[nodiscard]] constexpr wr::duration page_work(std::size_t archive, std::size_t entries, bool by_hash) {
  const auto count = static_cast<std::int64_t>(entries);
  const auto cost_at = [&](const page_cost& at) {
    return at.first + (by_hash ? count * at.by_hash : std::max<std::int64_t>(0, count - 1) * at.each);
  };
  const std::int64_t size = std::max(static_cast<std::int64_t>(archive), measured_pages.front().messages);
  std::size_t next = 1;
  while (next + 1 < measured_pages.size() && measured_pages[next].messages < size) ++next;
  const page_cost &low = measured_pages[next - 1], &high = measured_pages[next];
  return wr::duration(cost_at(low) + (cost_at(high) - cost_at(low)) * (size - low.messages) /
                                         (high.messages - low.messages));
}

/// Stores that answer one request after the other.
class store_queues {
 public:
  explicit store_queues(std::uint32_t stores) : free_(stores), busy_(stores) {}

  /// A request comes to a store: how long it takes until the answer leaves, after those that came before.
  wr::duration answer(std::uint32_t store, wr::duration now, wr::duration work) {
    free_[store] = std::max(free_[store], now) + work;
    busy_[store] += work;
    return free_[store] - now;
  }
  /// How long each has worked.
  [[nodiscard]] const std::vector<wr::duration>& busy() const noexcept { return busy_; }

 private:
  std::vector<wr::duration> free_;  // when each has done what has come
  std::vector<wr::duration> busy_;
};

}  // namespace midscale
