// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>

namespace two_processes {

/// A service node that runs in a process of its own. It ends with this.
class node_process {
 public:
  /// Starts `program` as a node, at a port or, with 0, at a free one.
  node_process(const char* program, std::uint16_t port, const std::string& file) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0) throw std::runtime_error("no pipe");
    const std::string port_text = std::to_string(port);
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no process");
    if (process_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      // Nothing else is passed on: a node that outlives another must not keep that one's pipes and sockets.
      for (int each = 3; each < 256; ++each) ::close(each);
      ::execl(program, program, "node", port_text.c_str(), file.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    std::istringstream told(read_line());
    if (!(told >> port_ >> held_)) throw std::runtime_error("a node did not start");
  }
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;
  ~node_process() { kill(); }

  void add_neighbours(std::uint16_t first, std::uint16_t second) const {
    const std::string line = std::to_string(first) + ' ' + std::to_string(second) + '\n';
    if (::write(to_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      throw std::runtime_error("a node does not listen");
  }
  /// As kill -9 does.
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
    ::close(to_);
    ::close(from_);
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// How many messages it held when it started.
  [[nodiscard]] std::size_t held() const noexcept { return held_; }

 private:
  [[nodiscard]] std::string read_line() const {
    std::string line;
    for (char letter = 0; ::read(from_, &letter, 1) == 1 && letter != '\n';) line += letter;
    return line;
  }

  pid_t process_ = 0;
  int to_ = -1;
  int from_ = -1;
  std::uint16_t port_ = 0;
  std::size_t held_ = 0;
};

}  // namespace two_processes
