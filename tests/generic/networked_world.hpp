// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include <waku/reliability/testing/simulated_transport.hpp>
#include <waku/reliability/testing/test_host.hpp>

#include <generic/driven_node.hpp>

/// A node of any policy set as a client of a simulated network: what scripted_world is over a script.
namespace generic {

namespace wt = waku::reliability::testing;

class networked_world final : public surroundings {
 public:
  networked_world(wt::simulated_network<>& network, const policy_case& tried, std::uint64_t seed)
      : host(network.clock()), network_(&network), transport_(network) {
    wr::options numbers;
    numbers.seed = seed;
    node_ = tried.make(*this, numbers);
    host.drive(*node_);
  }
  ~networked_world() { host.release(); }

  [[nodiscard]] driven_node& node() { return *node_; }

  wt::test_host<> host;
  bool weak_echoes =
      false;  ///< it said that all filter nodes that could echo a message were handed it before

  // What the node asks for.

  void attach(wr::event_sink<message> sink) override { transport_.attach(std::move(sink)); }
  void cancel(wr::operation_id operation) override { transport_.cancel(operation); }
  void disconnect(wr::peer_id) override {}
  void relay_join(std::string_view shard) override { transport_.relay_join(shard); }
  void relay_leave(std::string_view shard) override { transport_.relay_leave(shard); }
  void start(const wr::relay_request<message>& asked,
             wr::reply_handle<message, wr::relay_reply> reply) override {
    transport_.relay_publish(asked, std::move(reply));
  }
  void start(const wr::lightpush_request<message>& asked,
             wr::reply_handle<message, wr::lightpush_reply> reply) override {
    transport_.lightpush(asked, std::move(reply));
  }
  void start(const wr::filter_subscribe_request& asked,
             wr::reply_handle<message, wr::filter_reply> reply) override {
    transport_.filter_subscribe(asked, std::move(reply));
  }
  void start(const wr::filter_unsubscribe_request& asked,
             wr::reply_handle<message, wr::filter_reply> reply) override {
    transport_.filter_unsubscribe(asked, std::move(reply));
  }
  void start(const wr::filter_ping_request& asked,
             wr::reply_handle<message, wr::filter_reply> reply) override {
    transport_.filter_ping(asked, std::move(reply));
  }
  void start(const wr::store_request& asked,
             wr::reply_handle<message, wr::store_reply<message>> reply) override {
    transport_.store_query(asked, std::move(reply));
  }
  [[nodiscard]] wr::instant now() const override { return network_->client_now(transport_.client()); }
  void wake_at(wr::steady_time at) override { host.wake_at(at); }
  void received(wr::deliver<message>&& delivery) override { host.received(std::move(delivery)); }
  void finished(const wr::finished& end) override { host.finished(end); }
  void propagated(const wr::propagated& first) override { host.propagated(first); }
  void persist() override { host.persist(); }

  void hear(const wr::notice::peer_ejected&) override {}
  void hear(const wr::notice::degraded& told) override {
    weak_echoes = weak_echoes || (told.of == wr::service::filter && told.have == 0 && told.want == 1);
  }
  void hear(const wr::notice::lookup_given_up&) override {}
  void hear(const wr::notice::seen_evicted&) override {}
  void hear(const wr::notice::window_shortened&) override {}
  void hear(const wr::notice::window_recovered&) override {}
  void hear(const wr::notice::stray_reply&) override {}

 private:
  wt::simulated_network<>* network_;
  wt::simulated_transport<message, wr::all_capabilities> transport_;
  std::unique_ptr<driven_node> node_;
};

}  // namespace generic
