// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include <waku/reliability/service/memory_archive.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>
#include <waku/reliability/testing/tcp_link.hpp>

#include <testing/real_time.hpp>

/// Nodes and clients over sockets, and somebody who never reads. Time is real here.
namespace tcp_link_bench {

namespace wr = waku::reliability;
namespace wt = wr::testing;
namespace ww = wr::wire;
namespace ws = wr::services;
using namespace std::chrono_literals;
using real_time::run_context;

constexpr std::string_view shard = "/waku/2/rs/1/0";

/// A node with a store, a filter and lightpush, that forwards to its neighbours what is new.
struct small_node {
  explicit small_node(const ws::profile& own)
      : store(own, ws::memory_archive<wr::message>()), filter(own, 1), lightpush(own) {}

  wr::relay_reply relay(std::string_view topic, const wr::message& m) {
    relayed(topic, m);
    return {1};
  }
  void relayed(std::string_view topic, const wr::message& m) {
    wt::fast_hasher hasher;
    const wr::message_hash hash = hasher(wr::hashed_parts(topic, m));
    if (store.archive().insert({hash, m.timestamp, topic, m.content_topic, 100}, m, wr::read_clocks().wall) !=
        ws::archive_insertion::stored) {
      return;
    }
    filter.relayed(topic, m.content_topic, hash, m, wr::read_clocks().steady);
    if (forward) forward(topic, m);
  }

  ws::store_service<ws::memory_archive<wr::message>> store;
  ws::filter_service<wr::message> filter;
  ws::lightpush_service lightpush;
  std::function<void(std::string_view, const wr::message&)> forward;
};

struct served_node {
  explicit served_node(asio::io_context& context, const ws::profile& own = {}, wr::duration look = 1min)
      : node(own), service(context.get_executor(), node, own, 0, look) {
    node.forward = [this](std::string_view topic, const wr::message& m) { service.forward(topic, m); };
  }
  small_node node;
  wt::tcp_service<small_node> service;
};

/// A client without a node: what its transport tells is taken from an inbox by hand.
struct bare_client {
  explicit bare_client(asio::io_context& context) : transport(context.get_executor()) {
    transport.attach(wr::event_sink<wr::message>(inbox));
  }
  template <class Reply>
  wr::reply_handle<wr::message, Reply> handle(wr::operation_id operation) {
    return {inbox, operation};
  }
  // The first entry of a kind that comes.
  template <class Entry>
  std::optional<Entry> wait(asio::io_context& context) {
    std::optional<Entry> found;
    run_context(context, [&] {
      found = take<Entry>();
      return found.has_value();
    });
    return found;
  }
  // The first entry of a kind that is there; the others are gone then.
  template <class Entry>
  std::optional<Entry> take() {
    wr::inbox<wr::message>::batch taken;
    inbox.get()->take(taken);
    for (auto& entry : taken.entries) {
      if (auto* wanted = std::get_if<Entry>(&entry)) return std::move(*wanted);
    }
    return std::nullopt;
  }

  wr::inbox_reference<wr::message> inbox{new wr::inbox<wr::message>([](void*) {}, nullptr)};
  wt::tcp_transport<> transport;
};

/// Somebody at a port: connections are made, as the kernel does it alone, and what is sent is not read.
struct deaf_port {
  explicit deaf_port(asio::io_context& context)
      : acceptor(context, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}
  [[nodiscard]] std::uint16_t port() const { return acceptor.local_endpoint().port(); }
  // The next connection that comes; a closed socket where none does.
  asio::ip::tcp::socket next_connection(asio::io_context& context) {
    acceptor.non_blocking(true);
    asio::ip::tcp::socket next(context);
    run_context(context, [&] {
      std::error_code error;
      acceptor.accept(next, error);
      return !error;
    });
    return next;
  }

  asio::ip::tcp::acceptor acceptor;
};

/// Whether the other side closes a connection, or breaks it.
inline bool is_closed(asio::io_context& context, asio::ip::tcp::socket& socket) {
  socket.non_blocking(true);
  return run_context(context, [&] {
    std::array<std::byte, 512> chunk{};
    std::error_code error;
    while (socket.read_some(asio::buffer(chunk), error) != 0) {
    }
    return error == asio::error::eof || error == asio::error::connection_reset;
  });
}

}  // namespace tcp_link_bench
