// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <unistd.h>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <functional>
#include <iostream>
#include <string_view>
#include <system_error>
#include <utility>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/testing/tcp_link.hpp>

#include "kept_messages.hpp"

namespace two_processes {

/// The services of a node, as wire::basic_server finds them. What is new is stored, pushed and forwarded.
struct services_of_node {
  services_of_node(const ws::profile& own, archive keeps)
      : store(own, std::move(keeps)), filter(own, 1), lightpush(own) {}

  wr::relay_reply relay(std::string_view topic, const wr::message& m) { return {take_in(topic, m)}; }
  void relayed(std::string_view topic, const wr::message& m) { take_in(topic, m); }
  wr::message message_of(const kept_bytes& kept) {
    wr::message m;
    if (codec.decode(kept, m)) m = {};
    return m;
  }
  void look_at(ws::lightpush_facts& facts, const wr::message& m) {
    facts.seen =
        store.archive().place(hasher(wr::hashed_parts(facts.pubsub_topic.value_or(""), m))).has_value();
  }

  std::function<std::uint32_t(std::string_view, const wr::message&)> forward;
  ws::store_service<archive> store;
  ws::filter_service<wr::message> filter;
  ws::lightpush_service lightpush;
  wr::openssl_hasher hasher;
  ww::message_codec codec;

 private:
  std::uint32_t take_in(std::string_view topic, const wr::message& m) {
    const wr::instant now = wr::read_clocks();
    const wr::message_hash hash = hasher(wr::hashed_parts(topic, m));
    kept_bytes bytes;
    codec.encode(m, bytes);
    const ws::archive_record record{hash, m.timestamp, topic, m.content_topic, bytes.size()};
    if (store.take_in(record, m.ephemeral, std::move(bytes), now.wall) != ws::store_intake::stored) return 0;
    filter.relayed(topic, m.content_topic, hash, m, now.steady);
    return forward(topic, m);
  }
};

/// A process that is one service node: says its port and how many messages it holds, reads the ports of its
/// neighbours, and serves until its input ends. Where the file is no archive it says so, and gives 1.
inline int run_node(std::uint16_t port, const char* file) {
  ws::profile own;
  own.repeat_is_success = true;
  auto keeps = open_archive(file);
  if (!keeps) return 1;
  services_of_node services(own, std::move(*keeps));
  asio::io_context context;
  wt::tcp_service<services_of_node> service(context.get_executor(), services, own, port);
  services.forward = [&](std::string_view topic, const wr::message& m) { return service.forward(topic, m); };
  std::cout << service.port() << ' ' << services.store.archive().size() << std::endl;
  for (int each = 0; each < 2; ++each) {
    std::uint16_t neighbour = 0;
    if (!(std::cin >> neighbour)) return 1;
    service.add_neighbour(neighbour);
  }
  asio::posix::stream_descriptor input(context, ::dup(STDIN_FILENO));
  char byte = 0;
  const std::function<void()> wait = [&] {
    input.async_read_some(asio::buffer(&byte, 1),
                          [&](std::error_code error, std::size_t) { error ? context.stop() : wait(); });
  };
  wait();
  context.run();
  return 0;
}

}  // namespace two_processes
