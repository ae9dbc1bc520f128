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
  bool retired = false;                    ///< matters to nobody; only its name is kept
};

/// The interests on one pubsub topic, sorted by content topic.
template <class Interest>
class basic_interest_list {
 public:
  [[nodiscard]] Interest& put(std::string_view content_topic) {
    Interest& each = interests_.put(content_topic);
    each.retired = false;
    return each;
  }
  [[nodiscard]] Interest* find(std::string_view content_topic) {
    if (found_ < interests_.size() && interests_[found_].content_topic == content_topic) {
      return interests_[found_].retired ? nullptr : begin() + found_;
    }
    return search(content_topic);
  }
  [[nodiscard]] bool subscribed(std::string_view content_topic) {
    const Interest* found = find(content_topic);
    return found != nullptr && found->subscribed;
  }
  [[nodiscard]] std::size_t subscribed_count() const noexcept {
    std::size_t count = 0;
    for (const Interest& each : interests_) count += each.subscribed ? 1U : 0U;
    return count;
  }

  /// Drops an interest that nobody needs any more. The names of a few are kept, so that an application that
  /// goes on publishing on the same content topics takes no memory for it.
  void retire(Interest& gone) {
    gone.retired = true;
    gone.audited_until.reset();
    std::size_t count = 0;
    for (const Interest& each : interests_) count += each.retired ? 1U : 0U;
    if (count > retired_max) interests_.remove_if([](const Interest& each) { return each.retired; });
  }
  /// Drops what nobody needs any more.
  void tidy(steady_time now) {
    interests_.remove_if([now](const Interest& each) {
      return !each.subscribed && each.publications == 0 && each.echo_until <= now;
    });
  }

  /// True when there is none, not even a retired one.
  [[nodiscard]] bool empty() const noexcept { return interests_.empty(); }
  [[nodiscard]] Interest* begin() noexcept { return interests_.begin(); }
  [[nodiscard]] Interest* end() noexcept { return interests_.end(); }
  [[nodiscard]] const Interest* begin() const noexcept { return interests_.begin(); }
  [[nodiscard]] const Interest* end() const noexcept { return interests_.end(); }

 private:
  static constexpr std::size_t retired_max = 16;

  Interest* search(std::string_view content_topic) {
    Interest* found = interests_.find(content_topic);
    if (found != nullptr) found_ = static_cast<std::size_t>(found - begin());
    return found != nullptr && !found->retired ? found : nullptr;
  }

  sorted_list<Interest, &Interest::content_topic> interests_;
  std::size_t found_ = 0;  ///< by the last find(), and often by the next
};
using interest_list = basic_interest_list<interest>;

}  // namespace waku::reliability
