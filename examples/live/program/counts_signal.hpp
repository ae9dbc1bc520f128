// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <malloc.h>

#include <csignal>

#include <asio/any_io_executor.hpp>
#include <asio/signal_set.hpp>

#include <functional>
#include <string>
#include <system_error>
#include <utility>

#include <host.hpp>

#include "console.hpp"
#include "signal_stack.hpp"

namespace live_program {

/// At each SIGUSR1 tells what the program has at the moment: what `own` counts, the host's counts, and the bytes that
/// C++ has on the heap.
class counts_signal {
 public:
  counts_signal(const asio::any_io_executor& executor, console& to, const waku_live::host& of,
                std::function<json()> own)
      : signals_(executor, SIGUSR1), console_(&to), host_(&of), own_(std::move(own)) {
    handle_on_signal_stack(SIGUSR1);
    wait();
  }

 private:
  void wait() {
    signals_.async_wait([this](std::error_code error, int) {
      if (error) return;
      tell();
      wait();
    });
  }
  void tell() {
    json object = {{"event", "counts"}};
    object.update(own_());
    object.update(json::parse(host_->counts()));
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    const struct mallinfo2 heap = ::mallinfo2();
    object["heap_bytes"] = heap.uordblks + heap.hblkhd;
#endif
    std::string sentence;
    for (const auto& [name, value] : object.items())
      if (name != "event") sentence += (sentence.empty() ? "" : ", ") + name + ' ' + value.dump();
    console_->note(object, sentence);
  }

  asio::signal_set signals_;
  console* console_;
  const waku_live::host* host_;
  std::function<json()> own_;
};

}  // namespace live_program
