// SPDX-License-Identifier: Apache-2.0 OR MIT
// The light client of examples/live over go-waku's REST interface instead of libp2p, for tests: lines in, lines out.
#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <string>

#include <light_client/command_line.hpp>

#include "chat.hpp"

namespace {

template <class Policies>
int run(const live_rest_client::settings& chosen) {
  asio::io_context context{1};
  live_rest_client::chat<Policies> chat(context, chosen);
  return chat.run();
}

}  // namespace

int main(int count, char** words) {
  namespace light = live_light_client;
  try {
    live_rest_client::settings chosen;
    std::string shards;
    CLI::App app("The light client over the REST interfaces of go-waku nodes.");
    app.add_option("--peer", chosen.peers, "URL of a node, repeatable")->required();
    app.add_option("--store", chosen.stores,
                   "multiaddr of a store that the nodes are to ask, repeatable: they take them in turns")
        ->required();
    app.add_flag("--send-only", chosen.send_only,
                 "receive nothing: what a node gives out to one client another does not get");
    light::add_client_options(app, chosen, shards);
    const int code = light::parse_words(app, count, words, chosen, shards);
    if (code >= 0) return code;
    return chosen.relay ? run<light::relay_policies>(chosen) : run<light::light_policies>(chosen);
  } catch (const std::exception& error) {  // the command line, the topics, the URLs
    std::cerr << error.what() << std::endl;
    return 2;
  }
}
