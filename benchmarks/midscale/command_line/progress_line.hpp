// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace midscale {

/// "4 s", "3 min 20 s" or "2 h 5 min".
[[nodiscard]] inline std::string length_for_people(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3'600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3'600) + " h " + std::to_string(whole % 3'600 / 60) + " min";
}

/// How far something is, and how long it will still take, on standard error: one line that changes on a terminal, else
/// a line at each tenth, and at most one a second.
class progress_line {
 public:
  explicit progress_line(std::string what)
      : what_(std::move(what)), terminal_(isatty(STDERR_FILENO) != 0), begin_(clock::now()), shown_(begin_) {}
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line() {
    if (terminal_) std::fputs("\r\033[K", stderr);
  }

  /// `share`: 0 to 1, never less than before.
  void show(double share) {
    const auto now = clock::now();
    const double passed = std::chrono::duration<double>(now - begin_).count();
    const std::string left = share > 0 ? length_for_people(passed * (1 - share) / share) : "some time";
    const int percent = static_cast<int>(share * 100);
    if (now - shown_ < (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(1'000)))
      return;
    if (terminal_) {
      shown_ = now;
      std::fprintf(stderr, "\r\033[K%s: %d %%, %s left", what_.c_str(), percent, left.c_str());
      std::fflush(stderr);
    } else if (percent / 10 > tenths_) {
      tenths_ = percent / 10;
      shown_ = now;
      std::fprintf(stderr, "%s: %d %%, %s left\n", what_.c_str(), percent, left.c_str());
    }
  }

 private:
  using clock = std::chrono::steady_clock;

  std::string what_;
  bool terminal_;
  clock::time_point begin_;
  clock::time_point shown_;
  int tenths_ = 0;
};

}  // namespace midscale
