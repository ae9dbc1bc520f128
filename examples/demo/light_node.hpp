// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <functional>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/testing/simulated_transport.hpp>
#if defined(DEMO_OVER_BYTES)
#include <waku/reliability/testing/over_bytes.hpp>
#endif

#include "line_message.hpp"
#include "strategies.hpp"

namespace demo {

namespace wt = waku::reliability::testing;

using line_network = wt::simulated_network<line_message, wr::openssl_hasher>;
#if defined(DEMO_OVER_BYTES)
using passage = wt::over_bytes<line_message>;
#else
using passage = wt::direct_passage;
#endif
using light_transport =
    wt::simulated_transport<line_message, wt::light_capabilities, wr::openssl_hasher, passage>;

/// A host in virtual time. What the application is told goes to functions.
class participant {
 public:
  participant(line_network& in, std::uint32_t client) : network_(&in), client_(client) {}

  template <class Node>
  void drive(Node& node) {
    wake_ = [&node] { node.wake(); };
  }

  [[nodiscard]] wr::instant now() const { return network_->client_now(client_); }
  void wake_at(wr::steady_time at) {
    network_->clock().cancel(timer_);
    timer_ = network_->clock().schedule_at(at, [this] { wake_(); });
  }
  [[nodiscard]] wr::openssl_hasher& hasher() noexcept { return hasher_; }
  void received(wr::deliver<line_message>&& delivery) { on_received(delivery.message); }
  void finished(const wr::finished& end) { on_finished(end); }
  void propagated(const wr::propagated&) {}

  std::function<void(const line_message&)> on_received = [](const line_message&) {};
  std::function<void(const wr::finished&)> on_finished = [](const wr::finished&) {};

 private:
  line_network* network_;
  std::uint32_t client_;
  wr::openssl_hasher hasher_;
  std::function<void()> wake_;
  wt::timer_id timer_;
};

/// One light client.
template <class Policies>
struct light_node {
  light_node(line_network& in, const wr::options& numbers, policy_acts& acts)
      : transport(in), host(in, transport.client()), node(transport, host, numbers, acts_observer{&acts}) {
    host.drive(node);
  }

  light_transport transport;
  participant host;
  wr::node<observed<Policies>, light_transport, line_message, participant> node;
};

}  // namespace demo
