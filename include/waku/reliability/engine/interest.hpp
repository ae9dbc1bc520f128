// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/sorted_list.hpp>

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
template <class Interest>
class basic_interest_list {
 public:
  [[nodiscard]] Interest& put(std::string_view content_topic) { return interests_.put(content_topic); }
  [[nodiscard]] Interest* find(std::string_view content_topic) { return interests_.find(content_topic); }
  [[nodiscard]] bool subscribed(std::string_view content_topic) {
    const Interest* found = find(content_topic);
    return found != nullptr && found->subscribed;
  }
  [[nodiscard]] std::size_t subscribed_count() const noexcept {
    std::size_t count = 0;
    for (const Interest& each : interests_) count += each.subscribed ? 1U : 0U;
    return count;
  }

  void remove(std::string_view content_topic) { interests_.remove(content_topic); }
  /// Drops what nobody needs any more.
  void tidy(steady_time now) {
    interests_.remove_if([now](const Interest& each) {
      return !each.subscribed && each.publications == 0 && each.echo_until <= now;
    });
  }

  [[nodiscard]] bool empty() const noexcept { return interests_.empty(); }
  [[nodiscard]] Interest* begin() noexcept { return interests_.begin(); }
  [[nodiscard]] Interest* end() noexcept { return interests_.end(); }
  [[nodiscard]] const Interest* begin() const noexcept { return interests_.begin(); }
  [[nodiscard]] const Interest* end() const noexcept { return interests_.end(); }

 private:
  sorted_list<Interest, &Interest::content_topic> interests_;
};
using interest_list = basic_interest_list<interest>;

}  // namespace waku::reliability
