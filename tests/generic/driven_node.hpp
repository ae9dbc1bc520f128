// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/policy/policies.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>

/// A node of any policy set behind one face, so that schedules are compiled once.
namespace generic {

namespace wr = waku::reliability;

using wr::duration;
using wr::message;

/// What a schedule must know of a policy set to judge what its node does.
struct policy_facts {
  std::string_view name;
  wr::capability_set has;
  wr::capability_set publish_needs;
  wr::capability_set receive_needs;
  wr::evidence_kinds asks;
  bool audits = false;            ///< looks for losses all the time
  bool recovers_outages = false;  ///< looks for losses after an outage
  bool retransmits = false;
  bool pings = false;
  bool refreshes = false;  ///< SUBSCRIBEs again from time to time

  [[nodiscard]] bool publishes() const { return publish_needs.relay || publish_needs.lightpush; }
  [[nodiscard]] bool receives() const { return receive_needs.relay || receive_needs.filter || audits; }
};

/// The side of the network and the application: every call of a node ends here.
class surroundings {
 public:
  surroundings() = default;
  surroundings(const surroundings&) = delete;
  surroundings& operator=(const surroundings&) = delete;

  virtual void attach(wr::event_sink<message> sink) = 0;
  virtual void cancel(wr::operation_id operation) = 0;
  virtual void disconnect(wr::peer_id peer) = 0;
  virtual void relay_join(std::string_view shard) = 0;
  virtual void relay_leave(std::string_view shard) = 0;
  virtual void start(const wr::relay_request<message>& asked,
                     wr::reply_handle<message, wr::relay_reply> reply) = 0;
  virtual void start(const wr::lightpush_request<message>& asked,
                     wr::reply_handle<message, wr::lightpush_reply> reply) = 0;
  virtual void start(const wr::filter_subscribe_request& asked,
                     wr::reply_handle<message, wr::filter_reply> reply) = 0;
  virtual void start(const wr::filter_unsubscribe_request& asked,
                     wr::reply_handle<message, wr::filter_reply> reply) = 0;
  virtual void start(const wr::filter_ping_request& asked,
                     wr::reply_handle<message, wr::filter_reply> reply) = 0;
  virtual void start(const wr::store_request& asked,
                     wr::reply_handle<message, wr::store_reply<message>> reply) = 0;

  [[nodiscard]] virtual wr::instant now() const = 0;
  virtual void wake_at(wr::steady_time at) = 0;
  virtual void received(wr::deliver<message>&& delivery) = 0;
  virtual void finished(const wr::finished& end) = 0;
  virtual void propagated(const wr::propagated& first) = 0;
  virtual void persist() = 0;

  virtual void hear(const wr::notice::peer_ejected& told) = 0;
  virtual void hear(const wr::notice::degraded& told) = 0;
  virtual void hear(const wr::notice::lookup_given_up& told) = 0;
  virtual void hear(const wr::notice::seen_evicted& told) = 0;
  virtual void hear(const wr::notice::window_shortened& told) = 0;
  virtual void hear(const wr::notice::window_recovered& told) = 0;
  virtual void hear(const wr::notice::stray_reply& told) = 0;

 protected:
  ~surroundings() = default;
};

/// The observer of every node here.
struct witness {
  static constexpr wr::slot fills = wr::slot::observer;
  surroundings* around = nullptr;

  void on(const auto& notice) const requires requires(surroundings& to) { to.hear(notice); }
  { around->hear(notice); }
};

/// A transport with exactly the given protocols.
template <wr::capability_set Has>
class transport_face {
 public:
  explicit transport_face(surroundings& around) : around_(&around) {}

  void attach(wr::event_sink<message> sink) { around_->attach(std::move(sink)); }
  void cancel(wr::operation_id operation) { around_->cancel(operation); }
  void disconnect(wr::peer_id peer) { around_->disconnect(peer); }
  void relay_publish(const wr::relay_request<message>& asked,
                     wr::reply_handle<message, wr::relay_reply> reply) requires(Has.relay) {
    around_->start(asked, std::move(reply));
  }
  void relay_join(std::string_view shard) requires(Has.relay) { around_->relay_join(shard); }
  void relay_leave(std::string_view shard) requires(Has.relay) { around_->relay_leave(shard); }
  void lightpush(const wr::lightpush_request<message>& asked,
                 wr::reply_handle<message, wr::lightpush_reply> reply) requires(Has.lightpush) {
    around_->start(asked, std::move(reply));
  }
  void filter_subscribe(const wr::filter_subscribe_request& asked,
                        wr::reply_handle<message, wr::filter_reply> reply) requires(Has.filter) {
    around_->start(asked, std::move(reply));
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request& asked,
                          wr::reply_handle<message, wr::filter_reply> reply) requires(Has.filter) {
    around_->start(asked, std::move(reply));
  }
  void filter_ping(const wr::filter_ping_request& asked,
                   wr::reply_handle<message, wr::filter_reply> reply) requires(Has.filter) {
    around_->start(asked, std::move(reply));
  }
  void store_query(const wr::store_request& asked,
                   wr::reply_handle<message, wr::store_reply<message>> reply) requires(Has.store) {
    around_->start(asked, std::move(reply));
  }

 private:
  surroundings* around_;
};

/// The host of every node here.
class host_face {
 public:
  explicit host_face(surroundings& around) : around_(&around) {}

  [[nodiscard]] wr::instant now() const { return around_->now(); }
  void wake_at(wr::steady_time at) { around_->wake_at(at); }
  [[nodiscard]] wr::testing::fast_hasher& hasher() { return hasher_; }
  void received(wr::deliver<message>&& delivery) { around_->received(std::move(delivery)); }
  void finished(const wr::finished& end) { around_->finished(end); }
  void propagated(const wr::propagated& first) { around_->propagated(first); }
  void persist() { around_->persist(); }

 private:
  surroundings* around_;
  wr::testing::fast_hasher hasher_;
};

class driven_node {
 public:
  driven_node() = default;
  driven_node(const driven_node&) = delete;
  driven_node& operator=(const driven_node&) = delete;
  virtual ~driven_node() = default;

  virtual wr::result<wr::request_id> publish(std::string_view shard, message what) = 0;
  virtual wr::result<void> subscribe(std::string_view shard, std::span<const std::string_view> topics) = 0;
  virtual wr::result<void> unsubscribe(std::string_view shard, std::span<const std::string_view> topics) = 0;
  virtual wr::result<void> cancel(wr::request_id request) = 0;
  virtual void pause() = 0;
  virtual void resume() = 0;
  virtual void stop() = 0;
  virtual std::vector<wr::option_error> reconfigure(const wr::options& chosen) = 0;
  [[nodiscard]] virtual std::optional<wr::request_status> status(wr::request_id request) const = 0;
  [[nodiscard]] virtual wr::snapshot<message> snapshot() const = 0;
  virtual wr::result<void> restore(wr::snapshot<message> given) = 0;
  virtual void wake() = 0;
  [[nodiscard]] virtual std::size_t pending() const = 0;
  [[nodiscard]] virtual std::size_t operations() const = 0;
};

template <class List>
struct with_witness;
template <class... Listed>
struct with_witness<wr::policies<Listed...>> : wr::policies<Listed..., witness> {};

template <class Set>
class node_of final : public driven_node {
 public:
  node_of(surroundings& around, const wr::options& chosen)
      : transport_(around), host_(around), node_(transport_, host_, chosen, witness{&around}) {}

  wr::result<wr::request_id> publish(std::string_view shard, message what) override {
    return node_.publish(shard, std::move(what));
  }
  wr::result<void> subscribe(std::string_view shard, std::span<const std::string_view> topics) override {
    return node_.subscribe(shard, topics);
  }
  wr::result<void> unsubscribe(std::string_view shard, std::span<const std::string_view> topics) override {
    return node_.unsubscribe(shard, topics);
  }
  wr::result<void> cancel(wr::request_id request) override { return node_.cancel(request); }
  void pause() override { node_.pause(); }
  void resume() override { node_.resume(); }
  void stop() override { node_.stop(); }
  std::vector<wr::option_error> reconfigure(const wr::options& chosen) override {
    return node_.reconfigure(chosen);
  }
  [[nodiscard]] std::optional<wr::request_status> status(wr::request_id request) const override {
    return node_.status(request);
  }
  [[nodiscard]] wr::snapshot<message> snapshot() const override { return node_.snapshot(); }
  wr::result<void> restore(wr::snapshot<message> given) override { return node_.restore(std::move(given)); }
  void wake() override { node_.wake(); }
  [[nodiscard]] std::size_t pending() const override { return node_.pending(); }
  [[nodiscard]] std::size_t operations() const override { return node_.operations(); }

 private:
  using transport_type = transport_face<Set::on>;
  using node_type = wr::node<with_witness<typename Set::policy_list>, transport_type, message, host_face>;

  transport_type transport_;
  host_face host_;
  node_type node_;
};

/// A policy set that schedules are run with.
struct policy_case {
  policy_facts facts;
  std::unique_ptr<driven_node> (*make)(surroundings& around, const wr::options& chosen);
};

template <class Set>
policy_case case_of(std::string_view name) {
  using chosen = wr::checked_policies<Set, Set::on>;
  const wr::options usual;
  wr::random_source random;
  const wr::capability_set publish = chosen::publish_route::needs;
  return {{name, Set::on, publish, chosen::receive_route::needs, chosen::confirmation::asks,
           chosen::recovery::periodic, chosen::recovery::after_outage,
           typename chosen::retransmit{}.delay(1, usual.retransmit, random).has_value(),
           typename chosen::subscription{}.ping_interval(usual.subscription).has_value(),
           typename chosen::subscription{}.refresh_interval(usual.subscription).has_value()},
          [](surroundings& around, const wr::options& numbers) -> std::unique_ptr<driven_node> {
            return std::make_unique<node_of<Set>>(around, numbers);
          }};
}

}  // namespace generic
