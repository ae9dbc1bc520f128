// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/testing/simulated_transport.hpp>

#include <midscale/light/engine_node.hpp>
#include <midscale/light/framed_passage.hpp>

/// The node behind engine_node. It compiles the whole engine: only the files that make strategies include this.
namespace midscale {

/// The host of an engine on the network's clock.
class engine_host {
 public:
  engine_host(service_network& network, std::uint32_t client, std::uint32_t number, engine_listener& listener)
      : network_(&network), client_(client), number_(number), listener_(&listener) {}
  engine_host(const engine_host&) = delete;
  engine_host& operator=(const engine_host&) = delete;
  ~engine_host() { network_->clock().cancel(timer_); }

  template <class Node>
  void drive(Node& node) {
    node_ = &node;
    wake_ = [](void* it) { static_cast<Node*>(it)->wake(); };
  }
  void sleep(bool asleep) {
    asleep_ = asleep;
    if (asleep) {
      network_->clock().cancel(timer_);
    } else if (due_) {
      wake_at(*due_);
    }
  }

  [[nodiscard]] wr::instant now() const { return network_->client_now(client_); }
  void wake_at(wr::steady_time at) {
    due_ = at;
    if (asleep_) return;
    network_->clock().cancel(timer_);
    timer_ = network_->clock().schedule_at(at, [this] {
      due_.reset();
      wake_(node_);
    });
  }
  [[nodiscard]] wt::fast_hasher& hasher() noexcept { return hasher_; }
  void received(wr::deliver<shared_message>&& delivery) { listener_->received(number_, delivery); }
  void propagated(const wr::propagated& first) { listener_->propagated(number_, first); }
  void finished(const wr::finished& end) { listener_->finished(number_, end); }

 private:
  service_network* network_;
  std::uint32_t client_;
  std::uint32_t number_;
  engine_listener* listener_;
  wt::fast_hasher hasher_;
  void* node_ = nullptr;
  void (*wake_)(void*) = nullptr;
  wt::timer_id timer_;
  std::optional<wr::steady_time> due_;  // when the engine is to be woken
  bool asleep_ = false;
};

/// A node with the given policies on a transport of the given capabilities.
template <class Policies, wr::capability_set Capabilities>
class policy_node final : public engine_node {
 public:
  policy_node(service_network& network, std::uint32_t number, const wr::options& numbers,
              engine_listener& listener)
      : transport_(network),
        host_(network, transport_.client(), number, listener),
        node_(transport_, host_, numbers) {
    host_.drive(node_);
  }

  [[nodiscard]] std::uint32_t client() const override { return transport_.client(); }
  void subscribe(std::string_view pubsub_topic) override {
    [[maybe_unused]] const auto done = node_.subscribe(pubsub_topic, {shared_message::content_topic});
    assert(done);
  }
  std::optional<wr::request_id> publish(std::string_view pubsub_topic,
                                        const shared_message& message) override {
    const auto request = node_.publish(pubsub_topic, message);
    return request ? std::optional(*request) : std::nullopt;
  }
  void sleep(bool asleep) override { host_.sleep(asleep); }

 private:
  using transport_type =
      wt::simulated_transport<shared_message, Capabilities, wt::fast_hasher, framed_passage, gossip_layer>;

  transport_type transport_;
  engine_host host_;
  wr::node<Policies, transport_type, shared_message, engine_host> node_;
};

/// What a strategy makes.
template <class Policies, wr::capability_set Capabilities>
std::unique_ptr<engine_node> make_policy_node(service_network& network, std::uint32_t number,
                                              wr::options numbers, std::uint64_t seed,
                                              engine_listener& listener) {
  numbers.seed = seed;
  return std::make_unique<policy_node<Policies, Capabilities>>(network, number, numbers, listener);
}

/// A light node with the library's usual numbers.
template <class Policies>
std::unique_ptr<engine_node> light_node(service_network& network, std::uint32_t number, std::uint64_t seed,
                                        engine_listener& listener) {
  return make_policy_node<Policies, wt::light_capabilities>(network, number, {}, seed, listener);
}

}  // namespace midscale
