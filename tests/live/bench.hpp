// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <host.hpp>
#include <network.hpp>
#include <service.hpp>
#include <stream.hpp>
#include <transport.hpp>
#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/service/memory_archive.hpp>

#include <testing/real_time.hpp>
#include <testing/scratch_folder.hpp>

/// Nodes and clients on libp2p hosts of one process. Time is real here.
namespace live_bench {

namespace wl = waku_live;
namespace wr = waku::reliability;
namespace ww = wr::wire;
namespace ws = wr::services;
using namespace std::chrono_literals;
using real_time::patience;
using real_time::run_context;
using scratch::scratch_folder;

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view content_topic = "/test/1/chat/proto";

/// A host that is quick to find its neighbours.
inline wl::host_options quick_host(bool relay = false) {
  wl::host_options made;
  made.relay = relay;
  made.heartbeat = 100ms;
  return made;
}
/// A network whose lost peers are dialled again at once.
inline wl::network_options quick_network(std::vector<std::string> peers = {}) {
  wl::network_options made;
  made.cluster = 1;
  made.shards = {0};
  made.peers = std::move(peers);
  made.first_redial = 10ms;
  made.redial_max = 100ms;
  return made;
}

inline wr::message message_of(std::size_t bytes, std::byte filled = std::byte{7}) {
  wr::message m;
  m.payload.assign(bytes, filled);
  m.content_topic = content_topic;
  m.timestamp = wr::read_clocks().wall.time_since_epoch().count();
  return m;
}
inline wr::message_hash hash_of(const wr::message& m) {
  return wr::openssl_hasher()(wr::hashed_parts(shard, m));
}

/// A node with a store, a filter and lightpush.
struct small_node {
  explicit small_node(const ws::profile& own)
      : store(own, ws::memory_archive<wr::message>()), filter(own, 1), lightpush(own) {}

  wr::relay_reply relay(std::string_view topic, const wr::message& m) {
    relayed(topic, m);
    return {forward ? forward(topic, m) : 1};
  }
  void relayed(std::string_view topic, const wr::message& m) {
    const wr::message_hash hash = wr::openssl_hasher()(wr::hashed_parts(topic, m));
    const ws::archive_record record{hash, m.timestamp, topic, m.content_topic, m.payload.size()};
    if (store.archive().insert(record, m, wr::read_clocks().wall) != ws::archive_insertion::stored) return;
    filter.relayed(topic, m.content_topic, hash, m, wr::read_clocks().steady);
  }

  ws::store_service<ws::memory_archive<wr::message>> store;
  ws::filter_service<wr::message> filter;
  ws::lightpush_service lightpush;
  std::function<std::uint32_t(std::string_view, const wr::message&)> forward;
};

struct served_node {
  explicit served_node(asio::io_context& context, const ws::profile& own = {},
                       const wl::host_options& hosted = quick_host(),
                       const wl::network_options& options = quick_network())
      : host(context.get_executor(), hosted), network(host, options), node(own), service(network, node, own) {
    network.start();
    if (hosted.relay) {
      node.forward = [this](std::string_view topic, const wr::message& m) {
        return service.forward(topic, m);
      };
    }
  }
  [[nodiscard]] std::string address() const { return host.addresses().front(); }

  wl::host host;
  wl::network network;
  small_node node;
  wl::libp2p_service<small_node> service;
};

/// A client without a node: what its transport tells is taken from an inbox by hand.
struct bare_client : private wl::peer_watcher {
  using inbox_type = wr::inbox<wr::message>;

  explicit bare_client(asio::io_context& in, const wl::network_options& options,
                       const wl::host_options& hosted = quick_host(), const wl::transport_options& asked = {})
      : context(&in), host(in.get_executor(), hosted), network(host, options), transport(network, asked) {
    transport.attach(wr::event_sink<wr::message>(inbox));
    network.watch(*this);
    network.start();
  }
  template <class Reply>
  wr::reply_handle<wr::message, Reply> handle(wr::operation_id operation) {
    return {inbox, operation};
  }
  /// The first entry of a kind that comes. The others wait.
  template <class Entry>
  std::optional<Entry> wait() {
    std::optional<Entry> found;
    run_context(*context, [&] { return (found = take<Entry>()).has_value(); });
    return found;
  }
  template <class Entry>
  std::optional<Entry> take() {
    gather();
    for (auto each = entries.begin(); each != entries.end(); ++each) {
      auto* wanted = std::get_if<Entry>(&*each);
      if (wanted == nullptr) continue;
      Entry found = std::move(*wanted);
      entries.erase(each);
      return found;
    }
    return std::nullopt;
  }
  /// Whether so many peers are here.
  bool meets(std::size_t count) {
    return run_context(*context, [&] {
      std::size_t present = 0;
      network.for_each_present([&](const wl::network_peer&) { ++present; });
      return present == count;
    });
  }
  std::optional<wr::reply_or_error<wr::lightpush_reply>> push(wr::peer_id to, const wr::message& m) {
    const wr::operation_id operation(wr::operation_kind::lightpush, 1, ++operations);
    const wr::message_hash hash = hash_of(m);
    transport.lightpush({operation, to, shard, m, hash}, handle<wr::lightpush_reply>(operation));
    const auto ended = wait<wr::operation_ended<wr::lightpush_reply>>();
    if (!ended) return std::nullopt;
    return ended->result;
  }
  std::optional<wr::reply_or_error<wr::filter_reply>> subscribe(wr::peer_id to) {
    const wr::operation_id operation(wr::operation_kind::filter_subscribe, 1, ++operations);
    const std::string_view topics[] = {content_topic};
    transport.filter_subscribe({operation, to, shard, topics}, handle<wr::filter_reply>(operation));
    const auto ended = wait<wr::operation_ended<wr::filter_reply>>();
    if (!ended) return std::nullopt;
    return ended->result;
  }
  std::optional<wr::reply_or_error<wr::store_reply<wr::message>>> query(wr::store_request asked) {
    asked.operation = wr::operation_id(wr::operation_kind::store_query, 1, ++operations);
    transport.store_query(asked, handle<wr::store_reply<wr::message>>(asked.operation));
    const auto ended = wait<wr::operation_ended<wr::store_reply<wr::message>>>();
    if (!ended) return std::nullopt;
    return ended->result;
  }

  struct told_trouble {
    wl::peer_trouble what;
    std::optional<std::uint32_t> cluster;
  };

  asio::io_context* context;
  wr::inbox_reference<wr::message> inbox{new inbox_type([](void*) {}, nullptr)};
  std::vector<inbox_type::entry> entries;
  std::vector<told_trouble> troubles;
  std::uint64_t operations = 0;
  wl::host host;
  wl::network network;
  wl::libp2p_transport<> transport;

 private:
  void trouble(const wl::peer_notice& notice) override {
    troubles.push_back({notice.trouble, notice.cluster});
  }
  void gather() {
    inbox_type::batch taken;
    inbox.get()->take(taken);
    for (auto& each : taken.entries) entries.push_back(std::move(each));
  }
};

}  // namespace live_bench
