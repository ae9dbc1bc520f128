// SPDX-License-Identifier: Apache-2.0 OR MIT
// A Waku client in a terminal, over libp2p: each line of the input is published and gets a verdict. It ends with its
// input, once all verdicts are there, or at SIGINT or SIGTERM.
#include <asio/io_context.hpp>

#include <exception>
#include <iostream>

#include "chat.hpp"
#include "command_line.hpp"
#include "settings.hpp"

namespace {

template <class Policies>
int run(const live_light_client::settings& chosen) {
  asio::io_context context{1};
  live_light_client::chat<Policies> chat(context, chosen);
  return chat.run();
}

}  // namespace

int main(int count, char** words) {
  namespace light = live_light_client;
  try {
    light::settings chosen;
    const int code = light::read_command_line(count, words, chosen);
    if (code >= 0) return code;
    return chosen.relay ? run<light::relay_policies>(chosen) : run<light::light_policies>(chosen);
  } catch (const std::exception& error) {  // the command line, the topics, the key file
    std::cerr << error.what() << std::endl;
    return 2;
  }
}
