// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <midscale/simulation/run_progress.hpp>

namespace midscale {

/// Does work in a process of its own, so that its memory is counted apart and its end is not ours; it ends when we do.
/// Gives nothing where the work was done, or in a sentence why it was not: what it threw, or the signal that ended it.
/// Throws std::system_error where there can be no further process.
class apart {
 public:
  [[nodiscard]] static std::optional<std::string> run(const std::function<void(const run_progress&)>& work,
                                                      const run_progress& progress) {
    int ends[2];
    if (pipe(ends) != 0) throw trouble();
    std::fflush(nullptr);  // else both write what waits
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) {
      close(ends[0]);
      close(ends[1]);
      throw trouble();
    }
    if (child == 0) {
      close(ends[0]);
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() == parent) do_work(work, ends[1]);
      _exit(1);
    }
    close(ends[1]);
    const std::string told = listen(ends[0], progress);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
    if (WIFSIGNALED(status))
      return "its process ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
             strsignal(WTERMSIG(status)) + ")";
    return told.empty() ? "its process ended without a word" : told;
  }

 private:
  // What goes through the pipe: this and a double for progress, or other characters, which are of the sentence.
  static constexpr char share_follows = '\0';

  static std::system_error trouble() {
    return {errno, std::generic_category(), "a run needs a process of its own"};
  }
  static void do_work(const std::function<void(const run_progress&)>& work, int to) {
    try {
      work([to](double share) {
        char told[1 + sizeof share] = {share_follows};
        std::memcpy(told + 1, &share, sizeof share);
        say(to, {told, sizeof told});
      });
      _exit(0);
    } catch (const std::exception& wrong) {
      say(to, wrong.what());
    } catch (...) {
      say(to, "it threw something that is no exception");
    }
  }
  static void say(int to, std::string_view what) {
    while (!what.empty()) {
      const ssize_t wrote = write(to, what.data(), what.size());
      if (wrote < 0 && errno != EINTR) return;
      what.remove_prefix(wrote < 0 ? 0 : static_cast<std::size_t>(wrote));
    }
  }
  // Until the other end is closed. Gives the sentence.
  static std::string listen(int from, const run_progress& progress) {
    std::string waiting;
    std::string sentence;
    char part[4'096];
    for (;;) {
      const ssize_t got = read(from, part, sizeof part);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return sentence;
      waiting.append(part, static_cast<std::size_t>(got));
      std::size_t at = 0;
      double share = 0;
      while (at < waiting.size()) {
        if (waiting[at] != share_follows) {
          sentence += waiting[at++];
        } else if (waiting.size() - at > sizeof share) {
          std::memcpy(&share, waiting.data() + at + 1, sizeof share);
          at += 1 + sizeof share;
        } else {
          break;
        }
      }
      if (at > 0 && share > 0) progress(share);
      waiting.erase(0, at);
    }
  }
};

}  // namespace midscale
