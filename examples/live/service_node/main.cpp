// SPDX-License-Identifier: Apache-2.0 OR MIT
// A Waku service node over libp2p. It ends at SIGINT or SIGTERM.
#include <asio/io_context.hpp>

#include <exception>
#include <iostream>

#include "command_line.hpp"
#include "program.hpp"
#include "settings.hpp"

int main(int count, char** words) {
  try {
    live_service_node::settings chosen;
    const int code = live_service_node::read_command_line(count, words, chosen);
    if (code >= 0) return code;
    asio::io_context context{1};
    live_service_node::program program(context, chosen);
    return program.run();
  } catch (const std::exception& error) {  // the command line, the address, the files
    std::cerr << error.what() << std::endl;
    return 2;
  }
}
