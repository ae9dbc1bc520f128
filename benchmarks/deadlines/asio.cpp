// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "workload.hpp"

#include <asio/basic_waitable_timer.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <system_error>
#include <type_traits>
#include <vector>

namespace {

using deadlines::key_type;
namespace wr = waku::reliability;

/// The clock of a timer that fires in virtual time.
struct virtual_clock {
  using duration = wr::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<virtual_clock, duration>;
  static constexpr bool is_steady = true;

  static time_point now() noexcept { return current; }
  static inline time_point current{};
};
/// Nobody has to wait for virtual time, so the reactor looks at the timers whenever it is polled.
struct no_wait {
  static wr::duration to_wait_duration(virtual_clock::duration) { return {}; }
  static wr::duration to_wait_duration(virtual_clock::time_point) { return {}; }
};
using virtual_timer = asio::basic_waitable_timer<virtual_clock, no_wait>;

/// A timer for each key, waited for by a handler, as in programs on Asio: expires_after() reads the clock, which ours
/// and the other contenders are spared, since they are told the time.
template <class Timer>
class contender {
 public:
  explicit contender(std::size_t keys) {
    timers_.reserve(keys);
    while (timers_.size() < keys) timers_.emplace_back(context_);
  }

  void arm(key_type key, wr::steady_time at) {
    if constexpr (std::is_same_v<Timer, virtual_timer>) {
      timers_[key].expires_at(typename Timer::time_point(at.time_since_epoch()));
    } else {
      timers_[key].expires_after(std::chrono::hours(24) + at.time_since_epoch());
    }
    timers_[key].async_wait([this, key](const std::error_code& error) {
      if (!error) fired_.push_back(key);
    });
  }
  void cancel(key_type key) { timers_[key].cancel(); }

  template <class F>
  void advance(wr::steady_time now, F&& fired) {
    virtual_clock::current = virtual_clock::time_point(now.time_since_epoch());
    context_.poll();
    for (const key_type key : fired_) fired(key);
    fired_.clear();
  }

 private:
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> working_{context_.get_executor()};
  std::vector<Timer> timers_;
  std::vector<key_type> fired_;
};

// Where nothing has to fire, the timer of users' programs on the true clock, for which all deadlines lie a day ahead.
const deadlines::entry<contender<virtual_timer>, contender<asio::steady_timer>> entered("asio");

}  // namespace
