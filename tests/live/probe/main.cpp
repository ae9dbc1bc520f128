// SPDX-License-Identifier: Apache-2.0 OR MIT
// The transport and the services of examples/live without an engine, driven line by line as tests/live/README.md says.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/read_until.hpp>

#include <cstddef>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

#include "probe.hpp"
#include "settings.hpp"

namespace {

/// Hands on each line of the standard input, and stops the context at its end.
class line_reader {
 public:
  line_reader(asio::io_context& context, std::function<void(std::string_view)> line)
      : context_(&context), input_(context, ::dup(STDIN_FILENO)), line_(std::move(line)) {
    wait();
  }

 private:
  void wait() {
    asio::async_read_until(input_, asio::dynamic_buffer(text_), '\n',
                           [this](std::error_code error, std::size_t size) {
                             if (error) return context_->stop();
                             const std::string line = text_.substr(0, size - 1);
                             text_.erase(0, size);
                             if (!line.empty()) line_(line);
                             wait();
                           });
  }

  asio::io_context* context_;
  asio::posix::stream_descriptor input_;
  std::string text_;
  std::function<void(std::string_view)> line_;
};

}  // namespace

int main(int count, char** words) {
  try {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const live_probe::settings chosen = live_probe::parse_settings(count > 1 ? words[1] : "{}");
    asio::io_context context{1};
    live_probe::probe probe(context, chosen);
    const line_reader reader(context, [&](std::string_view line) { probe.run(line); });
    context.run();
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {  // the argument, the address, the file
    std::cerr << error.what() << std::endl;
    return 2;
  }
}
