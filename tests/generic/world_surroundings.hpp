// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <string_view>
#include <utility>

#include <generic/driven_node.hpp>

namespace generic {

/// The surroundings of a node in a `World` that has a transport and a host: each call goes to the one or the
/// other, and what observers are told is not listened to.
template <class World>
class world_surroundings : public surroundings {
 public:
  void attach(wr::event_sink<message> sink) override { here().transport.attach(std::move(sink)); }
  void cancel(wr::operation_id operation) override { here().transport.cancel(operation); }
  void disconnect(wr::peer_id peer) override {
    if constexpr (requires(World & world) { world.transport.disconnect(peer); }) {
      here().transport.disconnect(peer);
    }
  }
  void relay_join(std::string_view shard) override { here().transport.relay_join(shard); }
  void relay_leave(std::string_view shard) override { here().transport.relay_leave(shard); }
  void start(const wr::relay_request<message>& asked,
             wr::reply_handle<message, wr::relay_reply> reply) override {
    here().transport.relay_publish(asked, std::move(reply));
  }
  void start(const wr::lightpush_request<message>& asked,
             wr::reply_handle<message, wr::lightpush_reply> reply) override {
    here().transport.lightpush(asked, std::move(reply));
  }
  void start(const wr::filter_subscribe_request& asked,
             wr::reply_handle<message, wr::filter_reply> reply) override {
    here().transport.filter_subscribe(asked, std::move(reply));
  }
  void start(const wr::filter_unsubscribe_request& asked,
             wr::reply_handle<message, wr::filter_reply> reply) override {
    here().transport.filter_unsubscribe(asked, std::move(reply));
  }
  void start(const wr::filter_ping_request& asked,
             wr::reply_handle<message, wr::filter_reply> reply) override {
    here().transport.filter_ping(asked, std::move(reply));
  }
  void start(const wr::store_request& asked,
             wr::reply_handle<message, wr::store_reply<message>> reply) override {
    here().transport.store_query(asked, std::move(reply));
  }
  [[nodiscard]] wr::instant now() const override { return static_cast<const World&>(*this).host.now(); }
  void wake_at(wr::steady_time at) override { here().host.wake_at(at); }
  void received(wr::deliver<message>&& delivery) override { here().host.received(std::move(delivery)); }
  void finished(const wr::finished& end) override { here().host.finished(end); }
  void propagated(const wr::propagated& first) override { here().host.propagated(first); }
  void persist() override { here().host.persist(); }

  void hear(const wr::notice::peer_ejected&) override {}
  void hear(const wr::notice::degraded&) override {}
  void hear(const wr::notice::lookup_given_up&) override {}
  void hear(const wr::notice::seen_evicted&) override {}
  void hear(const wr::notice::window_shortened&) override {}
  void hear(const wr::notice::window_recovered&) override {}
  void hear(const wr::notice::stray_reply&) override {}

 protected:
  ~world_surroundings() = default;

 private:
  World& here() { return static_cast<World&>(*this); }
};

}  // namespace generic
