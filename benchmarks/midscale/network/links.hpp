// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <waku/reliability/core/random.hpp>

#include <midscale/network/link_options.hpp>

namespace midscale {

/// The lines between nodes: how long a connection is, and when a frame that waits behind others gets through.
class links {
 public:
  links(link_options options, std::vector<bandwidth> lines, std::uint64_t seed)
      : options_(std::move(options)),
        lines_(std::move(lines)),
        free_(lines_.size()),
        limited_(std::any_of(lines_.begin(), lines_.end(),
                             [](const bandwidth& each) { return each != bandwidth{}; })),
        random_(seed) {}

  /// The latency of a new connection.
  [[nodiscard]] wr::duration draw_latency(std::uint32_t dialler_region, std::uint32_t listener_region) {
    return std::min(options_.between(dialler_region, listener_region).draw(random_), link_options::longest);
  }
  /// What comes on top of it for one frame.
  [[nodiscard]] wr::duration draw_jitter() {
    if (options_.jitter <= wr::duration::zero()) return {};
    return wr::testing::draw_between(random_, {}, options_.jitter);
  }
  /// When the last byte of a frame, that a node sends now, has left it: after those that it sent before.
  [[nodiscard]] wr::duration leaves(std::uint32_t node, wr::duration now, std::uint64_t bytes) {
    return !limited_ ? now : through(lines_[node].up, free_[node].up, now, bytes);
  }
  /// When the last byte of a frame, whose last byte reaches the node's line now, is received: after those that came
  /// before. To be called in the order in which frames come.
  [[nodiscard]] wr::duration received(std::uint32_t node, wr::duration now, std::uint64_t bytes) {
    return through(lines_[node].down, free_[node].down, now, bytes);
  }
  /// Whether frames to a node wait for one another.
  [[nodiscard]] bool queues(std::uint32_t node) const noexcept { return limited_ && lines_[node].down != 0; }
  /// What waits on the lines of a node that goes is gone.
  void reset(std::uint32_t node) noexcept { free_[node] = {}; }

 private:
  struct free_from {
    wr::duration up{}, down{};
  };

  static wr::duration through(std::uint64_t bytes_per_second, wr::duration& free, wr::duration now,
                              std::uint64_t bytes) {
    if (bytes_per_second == 0) return now;
    // Up to 18 GB, which no frame has.
    free = std::max(free, now) +
           wr::duration(static_cast<std::int64_t>(bytes * 1'000'000'000 / bytes_per_second));
    return free;
  }

  link_options options_;
  std::vector<bandwidth> lines_;
  std::vector<free_from> free_;  // when each line is free again
  bool limited_;                 // any line
  wr::random_source random_;
};

}  // namespace midscale
