// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>

namespace midscale {

/// "4 s", "3 min 20 s" or "2 h 5 min".
[[nodiscard]] inline std::string length_for_people(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3'600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3'600) + " h " + std::to_string(whole % 3'600 / 60) + " min";
}

/// Seconds of a clock of the machine.
[[nodiscard]] inline double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// How far something is, and how long it will still take, on standard error: one line that changes on a terminal, else
/// a line at each tenth, and at most one a second.
class progress_line {
 public:
  /// `before`: a share that was done already, and takes no time now.
  explicit progress_line(std::string what, double before = 0, std::FILE* to = stderr,
                         std::function<double()> seconds = steady_seconds)
      : what_(std::move(what)),
        before_(before),
        to_(to),
        terminal_(isatty(fileno(to)) != 0),
        seconds_(std::move(seconds)),
        begin_(seconds_()),
        next_(begin_ + interval()),
        tenths_(static_cast<int>(before * 10)) {}
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line() { clear(); }

  /// Something new could be shown by now.
  [[nodiscard]] bool due() const { return seconds_() >= next_; }
  /// What it is that the share is of, where that changes.
  void rename(std::string what) { what_ = std::move(what); }
  /// `share`: 0 to 1, never less than before.
  void show(double share) {
    const double now = seconds_();
    if (now < next_) return;
    const std::string left =
        share > before_ ? length_for_people((now - begin_) * (1 - share) / (share - before_)) : "some time";
    const int percent = static_cast<int>(share * 100);
    if (!terminal_ && percent / 10 <= tenths_) return;
    tenths_ = percent / 10;
    next_ = now + interval();
    std::fprintf(to_, terminal_ ? "\r\033[K%s: %d %%, %s left" : "%s: %d %%, %s left\n", what_.c_str(),
                 percent, left.c_str());
    std::fflush(to_);
  }
  /// A line that stays.
  void tell(const std::string& line) {
    clear();
    std::fprintf(to_, "%s\n", line.c_str());
    std::fflush(to_);
  }

 private:
  [[nodiscard]] double interval() const noexcept { return terminal_ ? 0.1 : 1; }
  void clear() {
    if (terminal_) std::fputs("\r\033[K", to_);
  }

  std::string what_;
  double before_;
  std::FILE* to_;
  bool terminal_;
  std::function<double()> seconds_;
  double begin_;
  double next_;
  int tenths_;
};

}  // namespace midscale
