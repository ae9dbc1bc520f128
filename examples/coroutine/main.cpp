// SPDX-License-Identifier: Apache-2.0 OR MIT
// A client in coroutines: one subscribes and shows what comes, the other publishes and stops the node.
#include <asio/io_context.hpp>
#include <cstdlib>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>
#include <waku/reliability/adapter/asio.hpp>
#include <waku/reliability/adapter/openssl.hpp>

#include "../readme/my_transport.hpp"  // yours

#if defined(ASIO_HAS_CO_AWAIT)
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/use_awaitable.hpp>

namespace {

struct chat_client : wr::policies<wr::redundant, wr::exponential_backoff, wr::filter_echo> {};
using client = wr::asio_node<chat_client, my_transport, wr::message, wr::openssl_hasher>;

const std::string shard = "/waku/2/rs/1/0";

int shown = 0;
int confirmed = 0;

asio::awaitable<void> show_messages(client& node) {
  try {
    for (;;) {
      const auto received = co_await node.async_receive(asio::use_awaitable);
      std::cout << "received: " << text_of(received.message) << '\n';
      ++shown;
    }
  } catch (const std::system_error&) {
    // The node was stopped.
  }
}

asio::awaitable<void> talk(client& node) {
  const std::vector<std::string> topics{"/chat/1/room/proto"};  // g++ 12 takes no braced list inside co_await
  co_await node.async_subscribe(shard, topics, asio::use_awaitable);
  for (const char* line : {"hello", "", "good night"}) {
    try {
      const wr::finished end = co_await node.async_publish(shard, chat(line), asio::use_awaitable);
      std::cout << name_of(end.outcome) << ' ' << reason_of(end.outcome) << '\n';
      if (std::holds_alternative<wr::confirmed>(end.outcome)) ++confirmed;
    } catch (const std::system_error& refused) {
      std::cout << "refused: " << refused.code().message() << '\n';
    }
  }
  co_await node.async_stop(asio::use_awaitable);
}

}  // namespace

int main() {
  asio::io_context context;
  my_transport transport;
  wr::options numbers;
  numbers.publish.deliver_own = true;  // nobody else is in the room
  client node(context.get_executor(), transport, numbers);
  asio::co_spawn(node.get_executor(), show_messages(node), asio::detached);
  asio::co_spawn(node.get_executor(), talk(node), asio::detached);
  context.run();
  return shown == 2 && confirmed == 2 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#else

int main() { std::cout << "Asio has no coroutines with this compiler\n"; }

#endif
