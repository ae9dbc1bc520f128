// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/testing/conformance.hpp>

#include "transport.hpp"

/// The world in which the conformance kit tries the transport: three peers whose answers the kit chooses.
/// They stand on the other side of the stack and translate the other way round.
namespace own {

namespace wt = waku::reliability::testing;

class fixture {
 public:
  using message_type = wr::message;
  using transport_type = own::transport;

  fixture() {
    for (std::size_t index = 0; index < wt::conformance_peers; ++index)
      set_peer(index, wt::peer_state::serving);
    transport_.emplace(stack_);
  }

  // The transport and its time.

  transport_type& transport() { return *transport_; }
  void destroy_transport() { transport_.reset(); }
  wr::steady_time now() const { return clock_.steady(); }
  bool run_until(const std::function<bool()>& condition, wr::duration limit) {
    return wt::run_until(clock_, condition, limit);
  }

  // The peers.

  wr::peer_id peer(std::size_t index) {
    if (transport_) known_as_[index] = transport_->number_of(name_of(index));
    return known_as_[index];
  }
  wt::peer_desk<wr::message>& desk() { return desk_; }
  void push(std::size_t index, std::string_view pubsub_topic, std::span<const wr::message> messages) {
    stack_.push(name_of(index), std::string(pubsub_topic), {messages.begin(), messages.end()});
  }
  bool set_peer(std::size_t index, wt::peer_state state) {
    if (state == wt::peer_state::legacy) return false;  // this stack knows the new protocols only
    own::peer node;
    node.here = state != wt::peer_state::gone;
    node.reachable = state != wt::peer_state::unreachable;
    node.speaks = state != wt::peer_state::speechless;
    node.serve = [this, index](const request& asked, std::function<void(answer)> respond) {
      desk_.arrived(as_asked(index, asked), [respond = std::move(respond)](const kit_answer& with) {
        respond(as_answered(with));
        return true;
      });
    };
    stack_.set_peer(name_of(index), std::move(node));
    return true;
  }
  void set_online(bool online) { stack_.set_online(online); }

 private:
  using kit_request = wt::peer_request<wr::message>;
  using kit_answer = wt::peer_answer<wr::message>;

  static std::string name_of(std::size_t index) { return "peer " + std::to_string(index); }

  // What a peer reads, as the kit wants to see it.
  static kit_request as_asked(std::size_t index, const request& asked) {
    kit_request seen;
    seen.peer = index;
    std::visit([&seen](const auto& each) { read(each, seen); }, asked);
    return seen;
  }
  static void read(const push_request& asked, kit_request& seen) {
    seen.kind = wr::operation_kind::lightpush;
    seen.pubsub_topic = asked.topic;
    seen.message = asked.message;
  }
  static void read(const filter_request& asked, kit_request& seen) {
    switch (asked.what) {
      case filter_request::verb::subscribe: seen.kind = wr::operation_kind::filter_subscribe; break;
      case filter_request::verb::unsubscribe: seen.kind = wr::operation_kind::filter_unsubscribe; break;
      case filter_request::verb::ping: seen.kind = wr::operation_kind::filter_ping; break;
    }
    seen.pubsub_topic = asked.topic;
    seen.content_topics = asked.content_topics;
  }
  static void read(const history_request& asked, kit_request& seen) {
    seen.kind = wr::operation_kind::store_query;
    seen.pubsub_topic = asked.topic;
    seen.content_topics = asked.content_topics;
    if (asked.from_ns) seen.time_start = wr::wall_time(wr::duration(*asked.from_ns));
    if (asked.to_ns) seen.time_end = wr::wall_time(wr::duration(*asked.to_ns));
    seen.hashes = asked.hashes;
    seen.cursor = asked.cursor;
    seen.include_data = asked.with_messages;
    seen.limit = asked.page;
    seen.forward = asked.oldest_first;
  }

  // What the kit has a peer answer, in the stack's words.
  static answer as_answered(const kit_answer& with) {
    return std::visit([](const auto& each) { return write(each); }, with);
  }
  static answer write(const wr::lightpush_reply& with) {
    return push_answer{with.status, with.relay_peer_count, with.description};
  }
  static answer write(const wr::filter_reply& with) { return filter_answer{with.status}; }
  static answer write(const wr::store_reply<wr::message>& with) {
    history_answer given{with.status, {}, with.cursor};
    for (const auto& entry : with.entries) given.rows.push_back({entry.hash, entry.body});
    return given;
  }
  static answer write(wt::peer_trouble trouble) {
    switch (trouble) {
      case wt::peer_trouble::close: return stream_error::closed;
      case wt::peer_trouble::reset: return stream_error::reset;
      case wt::peer_trouble::garbage: return stream_error::not_understood;
    }
    return stream_error::reset;
  }

  wt::virtual_clock clock_;
  stack stack_{clock_};
  wt::peer_desk<wr::message> desk_;
  wr::peer_id known_as_[wt::conformance_peers]{};
  std::optional<transport_type> transport_;
};

}  // namespace own
