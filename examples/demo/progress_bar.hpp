// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace demo {

/// Whether standard error is a terminal.
[[nodiscard]] inline bool shows_progress() {
#if defined(_WIN32)
  return _isatty(_fileno(stderr)) != 0;
#else
  return isatty(STDERR_FILENO) != 0;
#endif
}

/// A bar on standard error that is wiped when it goes. Nothing unless that is a terminal.
class progress_bar {
 public:
  progress_bar() : shown_(shows_progress()) {}
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;
  ~progress_bar() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  void show(std::string_view strategy, double done) const {
    if (!shown_) return;
    constexpr int width = 40;
    const int full = static_cast<int>(done * width);
    std::string bar(static_cast<std::size_t>(full), '#');
    bar.resize(width, '.');
    std::fprintf(stderr, "\r\033[K[%s] %3.0f %%  %.*s", bar.c_str(), 100 * done,
                 static_cast<int>(strategy.size()), strategy.data());
    std::fflush(stderr);
  }

 private:
  bool shown_;
};

}  // namespace demo
