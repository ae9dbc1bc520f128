// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <csignal>

#include <asio/any_io_executor.hpp>
#include <asio/signal_set.hpp>

#include <functional>
#include <system_error>
#include <utility>

#include "signal_stack.hpp"

namespace live_program {

/// Calls `end` at the first SIGINT or SIGTERM. A second one ends the program as it always would.
class end_signals {
 public:
  end_signals(const asio::any_io_executor& executor, std::function<void()> end)
      : signals_(executor, SIGINT, SIGTERM) {
    for (const int number : {SIGINT, SIGTERM}) handle_on_signal_stack(number);
    signals_.async_wait([this, told = std::move(end)](std::error_code error, int) {
      if (error) return;
      signals_.clear();
      told();
    });
  }

 private:
  asio::signal_set signals_;
};

}  // namespace live_program
