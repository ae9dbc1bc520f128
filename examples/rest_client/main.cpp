// SPDX-License-Identifier: Apache-2.0 OR MIT
// Says hello through nwaku nodes with a REST interface, and shows what comes until that has its outcome:
//   rest_client http://127.0.0.1:8645 http://127.0.0.1:8646
#include <asio/io_context.hpp>
#include <asio/strand.hpp>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include <waku/reliability.hpp>
#include <waku/reliability/adapter/asio.hpp>
#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/adapter/rest.hpp>

#include "../readme/my_transport.hpp"  // chat() and text_of()

int main(int count, char** arguments) {
  std::vector<std::string> urls(arguments + 1, arguments + count);
  if (urls.empty()) urls.emplace_back("http://127.0.0.1:8645");

  asio::io_context context;
  const auto strand = asio::make_strand(context);
  wr::rest_transport<wr::rest::nwaku> transport(strand);
  for (const std::string& url : urls) {
    if (!transport.add_node({.url = url})) {
      std::cerr << "one of the arguments is not the URL of a node\n";
      return EXIT_FAILURE;
    }
  }

  wr::options numbers;
  numbers.confirmation.deadline = std::chrono::seconds(5);  // a program that does not stay long
  using client = wr::asio_node<wr::light_client, decltype(transport), wr::message, wr::openssl_hasher>;
  client node(strand, transport, numbers);

  const std::string shard = "/waku/2/rs/1/0";
  node.async_subscribe(shard, {"/chat/1/room/proto"}, [](std::error_code) {});
  std::function<void(std::error_code, client::received_type)> show = [&](std::error_code error,
                                                                         const auto& got) {
    if (error) return;  // the node was stopped
    std::cout << "received: " << text_of(got.message) << '\n';
    node.async_receive(std::ref(show));
  };
  node.async_receive(std::ref(show));
  node.async_publish(shard, chat("hello"), [&](std::error_code, const wr::finished& end) {
    std::cout << "hello: " << name_of(end.outcome) << ' ' << reason_of(end.outcome) << '\n';
    node.async_stop([&](std::error_code) { context.stop(); });
  });
  context.run();
  for (std::size_t each = 0; each < urls.size(); ++each) {
    const auto& trouble = transport.trouble_of(static_cast<wr::peer_id>(each));
    if (trouble) std::cerr << urls[each] << ": " << trouble->why << '\n';
  }
}
