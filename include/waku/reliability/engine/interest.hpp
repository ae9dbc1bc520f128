// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/instant.hpp>

namespace waku::reliability {

/// One content topic that matters on a pubsub topic: because the application subscribed to it, or because
/// buffered messages were published on it (R14).
struct interest {
  std::string content_topic;
  bool subscribed = false;
  std::uint32_t publications = 0;               ///< buffered messages on it
  steady_time echo_until = steady_time::min();  ///< stays subscribed at filter nodes for echoes until then
  wall_time subscribed_at{};
  std::optional<wall_time> audited_until;  ///< end of the last range audited with full success (R12)
};

/// The interests on one pubsub topic, sorted by content topic.
class interest_list {
 public:
  [[nodiscard]] interest& put(std::string_view content_topic) {
    const std::size_t at = position(content_topic);
    if (at == interests_.size() || interests_[at].content_topic != content_topic) {
      interest fresh;
      fresh.content_topic = content_topic;
      interests_.insert(interests_.begin() + static_cast<std::ptrdiff_t>(at), std::move(fresh));
    }
    return interests_[at];
  }
  [[nodiscard]] interest* find(std::string_view content_topic) {
    const std::size_t at = position(content_topic);
    return at < interests_.size() && interests_[at].content_topic == content_topic ? &interests_[at]
                                                                                   : nullptr;
  }
  [[nodiscard]] bool subscribed(std::string_view content_topic) {
    const interest* found = find(content_topic);
    return found != nullptr && found->subscribed;
  }
  [[nodiscard]] std::size_t subscribed_count() const noexcept {
    std::size_t count = 0;
    for (const interest& each : interests_) count += each.subscribed ? 1U : 0U;
    return count;
  }

  /// Drops what nobody needs any more.
  void tidy(steady_time now) {
    std::erase_if(interests_, [now](const interest& each) {
      return !each.subscribed && each.publications == 0 && each.echo_until <= now;
    });
  }

  [[nodiscard]] bool empty() const noexcept { return interests_.empty(); }
  [[nodiscard]] auto begin() noexcept { return interests_.begin(); }
  [[nodiscard]] auto end() noexcept { return interests_.end(); }
  [[nodiscard]] auto begin() const noexcept { return interests_.begin(); }
  [[nodiscard]] auto end() const noexcept { return interests_.end(); }

 private:
  [[nodiscard]] std::size_t position(std::string_view content_topic) const {
    std::size_t low = 0;
    std::size_t high = interests_.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (interests_[middle].content_topic < content_topic) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  std::vector<interest> interests_;
};

}  // namespace waku::reliability
