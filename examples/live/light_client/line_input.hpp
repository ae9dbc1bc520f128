// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <asio/any_io_executor.hpp>
#include <asio/post.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace live_light_client {

/// The lines of the standard input, which may be a terminal, a pipe or a file. A thread reads them, since files cannot
/// be waited for and a terminal is shared with whoever else reads it. What was read is handed over on the executor, and
/// nothing more is read before more() is called. Lines of nothing are among them.
class line_input {
 public:
  /// Of a line. What is beyond is dropped: nobody takes such a line.
  static constexpr std::size_t line_bytes_max = std::size_t{1} << 20U;

  using lines_function = std::function<void(std::vector<std::string> lines, bool over)>;

  line_input(asio::any_io_executor executor, lines_function told)
      : executor_(std::move(executor)), told_(std::move(told)), stop_(::eventfd(0, EFD_CLOEXEC)) {
    if (stop_ < 0) throw std::runtime_error("there is no file descriptor left");
    thread_ = std::thread([this] { read_all(); });
  }
  line_input(const line_input&) = delete;
  line_input& operator=(const line_input&) = delete;
  ~line_input() {
    stopping_ = true;
    const std::uint64_t one = 1;
    if (::write(stop_, &one, sizeof one) < 0) std::abort();  // It would never end.
    go_on_.release();
    thread_.join();
    ::close(stop_);
  }

  /// Once for each call of the function that was given.
  void more() { go_on_.release(); }

 private:
  void read_all() {
    std::array<char, 65'536> bytes;
    while (wait()) {
      const ::ssize_t size = ::read(STDIN_FILENO, bytes.data(), bytes.size());
      if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (size > 0) split({bytes.data(), static_cast<std::size_t>(size)});
      const bool over = size <= 0;
      if (over && !line_.empty()) lines_.push_back(std::exchange(line_, {}));
      if (lines_.empty() && !over) continue;
      asio::post(executor_, [this, lines = std::exchange(lines_, {}), over]() mutable {
        told_(std::move(lines), over);
      });
      if (over) return;
      go_on_.acquire();
    }
  }
  // False once nothing more is wanted.
  bool wait() {
    std::array<::pollfd, 2> waited{{{STDIN_FILENO, POLLIN, 0}, {stop_, POLLIN, 0}}};
    while (!stopping_) {
      if (::poll(waited.data(), waited.size(), -1) > 0) return !stopping_;
    }
    return false;
  }
  void split(std::string_view bytes) {
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      add(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
      if (line_.ends_with('\r')) line_.pop_back();
      lines_.push_back(std::exchange(line_, {}));
    }
    add(bytes);
  }
  void add(std::string_view part) { line_ += part.substr(0, line_bytes_max - line_.size()); }

  asio::any_io_executor executor_;
  lines_function told_;
  int stop_;
  std::atomic<bool> stopping_ = false;
  std::counting_semaphore<> go_on_{0};
  std::string line_;  // what has come of it
  std::vector<std::string> lines_;
  std::thread thread_;
};

}  // namespace live_light_client
