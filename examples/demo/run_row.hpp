// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string_view>
#include <variant>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/testing/fault_script.hpp>
#include <waku/reliability/testing/simulated_transport.hpp>

#include "record.hpp"
#include "rows.hpp"

namespace demo {

using network = wt::simulated_network<line_message, wr::openssl_hasher>;
using light_transport = wt::simulated_transport<line_message, wt::light_capabilities, wr::openssl_hasher>;

inline constexpr wr::duration faulty_time = std::chrono::minutes(8);
inline constexpr wr::duration healed_time = std::chrono::minutes(2);

/// A host in virtual time. What the application is told goes to functions.
class participant {
 public:
  participant(network& in, std::uint32_t client) : network_(&in), client_(client) {}

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
  network* network_;
  std::uint32_t client_;
  wr::openssl_hasher hasher_;
  std::function<void()> wake_;
  wt::timer_id timer_;
};

/// One light client.
template <class Policies>
struct light_node {
  light_node(network& in, const wr::options& numbers, policy_acts& acts)
      : transport(in), host(in, transport.client()), node(transport, host, numbers, acts_observer{&acts}) {
    host.drive(node);
  }

  light_transport transport;
  participant host;
  wr::node<observed<Policies>, light_transport, line_message, participant> node;
};

/// Hands the lines to the sender's node evenly over the faulty time; when its buffer is full, the next waits.
template <class Node>
class feeder {
 public:
  feeder(network& in, const experiment& setting, Node& node, record& kept)
      : network_(&in), setting_(&setting), node_(&node), record_(&kept), begin_(in.clock().steady()) {}

  void start() { plan(); }

 private:
  static constexpr wr::duration retry = std::chrono::milliseconds(100);

  [[nodiscard]] wr::steady_time due() const {
    const auto lines = static_cast<wr::duration::rep>(setting_->lines.size());
    const auto line = static_cast<wr::duration::rep>(next_);
    return begin_ + faulty_time / (2 * lines) * (2 * line + 1);
  }
  void plan() {
    if (next_ == setting_->lines.size()) return;
    network_->clock().schedule_at(due(), [this] { feed(); });
  }
  void feed() {
    const auto request = node_->publish(pubsub_topic, setting_->lines[next_]);
    if (!request) {
      network_->clock().schedule_after(retry, [this] { feed(); });
      return;
    }
    record_->published(next_, *request, network_->clock().steady());
    ++next_;
    plan();
  }

  network* network_;
  const experiment* setting_;
  Node* node_;
  record* record_;
  wr::steady_time begin_;
  std::size_t next_ = 0;
};

/// Sends all lines through a network where the sender and all receivers use `Policies`. The faults depend on
/// the seed alone, so that every row meets the same.
template <class Policies>
row run_row(const experiment& setting, const wr::options& numbers, const progress& report) {
  wt::virtual_clock clock;
  wt::network_options make;
  make.seed = setting.seed;
  network net(clock, make);
  record kept(setting, net.ledger());
  policy_acts acts;

  std::deque<light_node<Policies>> clients;
  for (std::uint32_t client = 0; client <= setting.receivers; ++client) {
    wr::options own = numbers;
    own.seed = setting.seed * 1'000'003 + client;
    clients.emplace_back(net, own, acts);
  }
  light_node<Policies>& sender = clients.front();
  sender.host.on_finished = [&](const wr::finished& end) {
    acts.confirmed += std::holds_alternative<wr::confirmed>(end.outcome) ? 1 : 0;
    kept.finished(end);
  };
  for (std::uint32_t receiver = 0; receiver < setting.receivers; ++receiver) {
    light_node<Policies>& own = clients[receiver + 1];
    own.host.on_received = [&kept, &clock, receiver](const line_message& message) {
      kept.received(receiver, message, clock.steady());
    };
    static_cast<void>(own.node.subscribe(pubsub_topic, {lines_topic}));
  }
  line_message noise = make_line_message(0, "what nobody asked for");
  noise.content_topic = noise_topic;
  noise.timestamp = clock.wall().time_since_epoch().count();
  net.add_decoy(pubsub_topic, noise);

  const wt::fault_script script(wt::faults_of(setting.faults), setting.seed, net, faulty_time);
  script.play(net);
  feeder feed(net, setting, sender.node, kept);
  feed.start();

  constexpr int steps = 50;
  constexpr wr::duration all = faulty_time + healed_time;
  const wr::steady_time begin = clock.steady();
  bool healed = false;
  for (int step = 1; step <= steps; ++step) {
    clock.run_until(begin + all / steps * step);
    if (!healed && clock.steady() >= begin + faulty_time) {
      healed = true;
      kept.faults_end(net);
    }
    report(static_cast<double>(step) / steps);
  }
  row result = kept.judge(net);
  const auto pushes = net.traffic_of(sender.transport.client()).count(wr::operation_kind::lightpush);
  const std::uint64_t transmissions = setting.lines.size() + acts.retransmitted;
  if (pushes > transmissions) acts.extra_copies += pushes - transmissions;
  result.acts = acts;
  return result;
}

}  // namespace demo
