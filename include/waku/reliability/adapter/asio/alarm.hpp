// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/basic_waitable_timer.hpp>
#include <asio/post.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability {

/// The one timer of an Asio node. Of all wishes only the latest counts; a wish for now is posted. Holds its
/// owner alive while a wake-up is on its way, and calls `Owner::woken()` on the strand. Not thread-safe.
///
/// The timer is moved only to an earlier time: one that fires before the wish looks at the clock and waits
/// again, so that deadlines which come and go cost nothing.
template <class Owner, class Strand>
class asio_alarm {
 public:
  explicit asio_alarm(const Strand& strand) : timer_(strand) {}

  /// Replaces the wish; plan() then sees to it.
  void wish(steady_time at) noexcept { wish_ = at; }
  /// Forgets the wish, as before a wake-up that will make a new one.
  void forget() noexcept { wish_.reset(); }
  [[nodiscard]] bool has_wish() const noexcept { return wish_.has_value(); }
  /// True once the time of the wish has come.
  [[nodiscard]] bool is_due() const { return wish_ && *wish_ <= read_clocks().steady; }

  /// Has the owner woken at the wish, or not at all where there is none.
  void plan(std::shared_ptr<Owner> owner) {
    if (!wish_) return stop();
    if (is_due()) {
      post(std::move(owner));
    } else if (!posted_ && !(armed_for_ && *armed_for_ <= *wish_)) {
      const auto since_epoch =
          std::chrono::ceil<std::chrono::steady_clock::duration>(wish_->time_since_epoch());
      timer_.expires_at(std::chrono::steady_clock::time_point(since_epoch));
      timer_.async_wait(fired{std::move(owner)});
      armed_for_ = wish_;
    }
  }
  /// Has the owner woken as soon as possible, wish or not.
  void post(std::shared_ptr<Owner> owner) {
    if (posted_) return;
    asio::post(timer_.get_executor(), posted{std::move(owner)});
    posted_ = true;
  }
  /// Cancels the timer; a wake-up that was posted still comes.
  void stop() {
    if (!armed_for_) return;
    timer_.cancel();
    armed_for_.reset();
  }

 private:
  struct posted {
    std::shared_ptr<Owner> owner;
    void operator()() const {
      owner->alarm().posted_ = false;
      owner->woken();
    }
  };
  struct fired {
    std::shared_ptr<Owner> owner;
    void operator()(std::error_code error) const {
      if (!error) owner->alarm().ring(owner);
    }
  };
  void ring(const std::shared_ptr<Owner>& owner) {
    armed_for_.reset();
    if (is_due()) return owner->woken();
    plan(owner);
  }

  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Strand>
      timer_;
  std::optional<steady_time> wish_;
  std::optional<steady_time> armed_for_;
  bool posted_ = false;
};

}  // namespace waku::reliability
