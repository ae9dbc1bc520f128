// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <waku/reliability/adapter/asio/alarm.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability {

/// Calls a function once at a time that may change, such as a service's next deadline, on an executor that runs one
/// thing at a time. Never from inside at(), and not after its end, which may come from within the function.
class asio_wake_up {
 public:
  asio_wake_up(const asio::any_io_executor& executor, std::function<void()> wakes)
      : state_(std::make_shared<state>(executor, std::move(wakes))) {}
  asio_wake_up(const asio_wake_up&) = delete;
  asio_wake_up& operator=(const asio_wake_up&) = delete;
  ~asio_wake_up() {
    state_->wakes = nullptr;
    state_->clock.stop();
  }

  /// Replaces the time; none: not at all.
  void at(std::optional<steady_time> time) {
    state_->clock.forget();
    if (time) state_->clock.wish(*time);
    state_->clock.plan(state_);
  }

 private:
  // What a wake-up on its way keeps.
  struct state : std::enable_shared_from_this<state> {
    state(const asio::any_io_executor& executor, std::function<void()> told)
        : clock(executor), wakes(std::move(told)) {}
    asio_alarm<state, asio::any_io_executor>& alarm() noexcept { return clock; }
    void woken() {
      if (wakes == nullptr || !clock.has_wish()) return;
      if (!clock.is_due()) return clock.plan(shared_from_this());
      clock.forget();
      const auto told = wakes;
      told();
    }

    asio_alarm<state, asio::any_io_executor> clock;
    std::function<void()> wakes;
  };

  std::shared_ptr<state> state_;
};

}  // namespace waku::reliability
