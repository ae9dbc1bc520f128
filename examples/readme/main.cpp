// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <asio/io_context.hpp>
#include <iostream>
#include <waku/reliability/adapter/asio.hpp>
#include <waku/reliability/adapter/openssl.hpp>

#include "my_transport.hpp"  // yours; here a stand-in, and namespace wr = waku::reliability

struct chat_client : wr::policies<wr::redundant, wr::exponential_backoff, wr::filter_echo> {};

int main() {
  asio::io_context context;
  my_transport transport;
  using client = wr::asio_node<chat_client, my_transport, wr::message, wr::openssl_hasher>;
  client node(context.get_executor(), transport);
  node.async_publish("/waku/2/rs/1/0", chat("hello"), [&](std::error_code error, wr::finished end) {
    std::cout << (error ? error.message() : std::string(name_of(end.outcome))) << '\n';  // "confirmed"
    node.async_stop([](std::error_code) {});
  });
  context.run();
}
