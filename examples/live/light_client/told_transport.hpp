// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/capability/event_sink.hpp>
#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/core/message.hpp>

#include "narration.hpp"

namespace live_light_client {

/// A transport that tells each request and its answer, and hands both on. It stands between the node and another
/// transport, must end before that and outlive the node.
template <wr::transport<wr::message> Inner>
class told_transport {
  template <class Reply>
  using handle = wr::reply_handle<wr::message, Reply>;

 public:
  told_transport(Inner& inner, narration& to)
      : inner_(&inner), narration_(&to), inbox_(new wr::inbox<wr::message>(&told_transport::woken, this)) {}
  told_transport(const told_transport&) = delete;
  told_transport& operator=(const told_transport&) = delete;
  ~told_transport() { inbox_.get()->close(); }

  /// Those that have no answer yet.
  [[nodiscard]] std::size_t requests() const noexcept { return waiting_.size(); }

  void attach(wr::event_sink<wr::message> sink) {
    sink_ = std::move(sink);
    inner_->attach(wr::event_sink<wr::message>(inbox_));
  }
  void cancel(wr::operation_id operation) {
    const auto found = waiting_.extract(operation.value());
    if (found) narration_->tell_request("given_up", found.mapped().peer, found.mapped().what + ": given up");
    inner_->cancel(operation);
    if (found && operation.kind() == wr::operation_kind::filter_unsubscribe) end_subscription(found.mapped());
  }
  /// Calls the function once, when no node is known to have a subscription.
  void when_unsubscribed(std::function<void()> told) {
    unsubscribed_ = std::move(told);
    tell_unsubscribed();
  }
  void disconnect(wr::peer_id peer) requires wr::disconnecting_transport<Inner> { inner_->disconnect(peer); }

  void lightpush(const wr::lightpush_request<wr::message>& asked, handle<wr::lightpush_reply> reply) {
    inner_->lightpush(asked, through(asked.peer, "lightpush of " + lp::brief(asked.hash), std::move(reply)));
  }
  void filter_subscribe(const wr::filter_subscribe_request& asked, handle<wr::filter_reply> reply) {
    inner_->filter_subscribe(
        asked, through(asked.peer, "subscription to " + topics(asked.content_topics.size()), std::move(reply),
                       asked.pubsub_topic));
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request& asked, handle<wr::filter_reply> reply) {
    inner_->filter_unsubscribe(
        asked, through(asked.peer, "end of the subscription", std::move(reply), asked.pubsub_topic));
  }
  void filter_ping(const wr::filter_ping_request& asked, handle<wr::filter_reply> reply) {
    inner_->filter_ping(
        asked, through(asked.peer, "ping of the subscription", std::move(reply), asked.pubsub_topic));
  }
  void store_query(const wr::store_request& asked, handle<wr::store_reply<wr::message>> reply) {
    std::string what = "store query for what there is on " + topics(asked.content_topics.size());
    if (!asked.hashes.empty()) {
      what = std::string(asked.include_data ? "store query for " : "store query whether it has ") +
             (asked.hashes.size() == 1 ? lp::brief(asked.hashes.front())
                                       : std::to_string(asked.hashes.size()) + " messages");
    }
    inner_->store_query(asked, through(asked.peer, std::move(what), std::move(reply)));
  }
  void relay_publish(const wr::relay_request<wr::message>& asked, handle<wr::relay_reply> reply) {
    inner_->relay_publish(asked, through({}, "relay of " + lp::brief(asked.hash), std::move(reply)));
  }
  void relay_join(std::string_view pubsub_topic) { inner_->relay_join(pubsub_topic); }
  void relay_leave(std::string_view pubsub_topic) { inner_->relay_leave(pubsub_topic); }

 private:
  using batch = wr::inbox<wr::message>::batch;
  /// A request that has no answer yet.
  struct waiting_request {
    wr::peer_id peer;
    std::string what;
    std::variant<handle<wr::relay_reply>, handle<wr::lightpush_reply>, handle<wr::filter_reply>,
                 handle<wr::store_reply<wr::message>>>
        reply;
    std::string pubsub_topic;  // of a filter request
  };

  template <class Reply>
  handle<Reply> through(wr::peer_id peer, std::string what, handle<Reply> reply,
                        std::string_view pubsub_topic = {}) {
    const wr::operation_id operation = reply.operation();
    if (operation.kind() != wr::operation_kind::relay_publish) what += " at " + narration_->name_of(peer);
    narration_->tell_request("asked", peer, what);
    waiting_.insert_or_assign(operation.value(), waiting_request{peer, std::move(what), std::move(reply),
                                                                 std::string(pubsub_topic)});
    return {inbox_, operation};
  }

  static void woken(void* context) {
    auto& self = *static_cast<told_transport*>(context);
    batch taken;
    self.inbox_.get()->take(taken);
    for (auto& each : taken.entries) std::visit([&](auto& told) { self.pass(told, taken); }, each);
  }
  template <class Reply>
  void pass(wr::operation_ended<Reply>& ended, const batch&) {
    const auto found = waiting_.extract(ended.operation.value());
    if (!found) return;
    const auto& reply = std::get<handle<Reply>>(found.mapped().reply);
    const auto* const error = std::get_if<wr::transport_error>(&ended.result);
    const std::string answer = error != nullptr ? words_of(*error) : words_of(std::get<Reply>(ended.result));
    narration_->tell_request("answered", found.mapped().peer, found.mapped().what + ": " + answer);
    if constexpr (std::is_same_v<Reply, wr::filter_reply>)
      note_subscription(ended.operation.kind(), found.mapped(), std::get_if<Reply>(&ended.result));
    if (error != nullptr) return reply.fail(*error);
    reply(std::move(std::get<Reply>(ended.result)));
  }
  void pass(wr::inbox<wr::message>::pushed& told, const batch& taken) {
    sink_.filter_push(told.peer, taken.view(told.pubsub_topic), std::move(told.message));
  }
  void pass(wr::inbox<wr::message>::relayed& told, const batch& taken) {
    sink_.relay_message(taken.view(told.pubsub_topic), std::move(told.message));
  }
  void pass(const wr::inbox<wr::message>::appeared& told, const batch& taken) {
    std::vector<std::string_view> topics;
    for (const auto range : told.pubsub_topics) topics.push_back(taken.view(range));
    sink_.peer_appeared(told.peer, told.protocols, topics);
  }
  void pass(const wr::peer_left& told, const batch&) {
    std::erase_if(subscriptions_, [&](const auto& each) { return each.first == told.peer; });
    sink_.peer_left(told.peer);
    tell_unsubscribed();
  }
  void pass(const wr::connectivity_changed& told, const batch&) { sink_.connectivity(told.online); }
  void pass(const wr::inbox<wr::message>::relay_peers& told, const batch& taken) {
    sink_.relay_peers(taken.view(told.pubsub_topic), told.peers);
  }

  void note_subscription(wr::operation_kind kind, const waiting_request& ended,
                         const wr::filter_reply* reply) {
    const bool accepted = reply != nullptr && reply->status == wr::status_code::ok;
    if (kind == wr::operation_kind::filter_subscribe && accepted)
      subscriptions_.emplace(ended.peer, ended.pubsub_topic);
    if (kind == wr::operation_kind::filter_unsubscribe ||
        (kind == wr::operation_kind::filter_ping && !accepted))
      end_subscription(ended);
  }
  void end_subscription(const waiting_request& ended) {
    subscriptions_.erase({ended.peer, ended.pubsub_topic});
    tell_unsubscribed();
  }
  void tell_unsubscribed() {
    if (subscriptions_.empty() && unsubscribed_) std::exchange(unsubscribed_, nullptr)();
  }

  static std::string topics(std::size_t count) { return counted(count, "content topic", "content topics"); }
  static std::string counted(std::size_t count, std::string_view one, std::string_view several) {
    return std::to_string(count) + ' ' + std::string(count == 1 ? one : several);
  }
  static std::string words_of(wr::transport_error error) {
    switch (error) {
      case wr::transport_error::timeout: return "no answer in time";
      case wr::transport_error::connection_lost: return "the connection was lost";
      case wr::transport_error::dial_failed: return "it is not connected";
      case wr::transport_error::empty_reply: return "it ended the stream without an answer";
      case wr::transport_error::undecodable_reply: return "its answer cannot be read";
      case wr::transport_error::unsupported_protocol: return "it does not speak the protocol";
      case wr::transport_error::transport_threw: return "the request could not be made";
    }
    return "an unknown error";
  }
  static std::string words_of(const wr::relay_reply& reply) {
    return "written to " + counted(reply.peer_count, "peer", "peers");
  }
  static std::string words_of(const wr::lightpush_reply& reply) {
    std::string said = std::to_string(reply.status);
    if (reply.relay_peer_count) said += ", relayed to " + counted(*reply.relay_peer_count, "peer", "peers");
    if (reply.legacy) said += " (by v2)";
    if (!reply.description.empty()) said += ", " + reply.description;
    return said;
  }
  static std::string words_of(const wr::filter_reply& reply) { return std::to_string(reply.status); }
  static std::string words_of(const wr::store_reply<wr::message>& reply) {
    return std::to_string(reply.status) + ", " + counted(reply.entries.size(), "entry", "entries") +
           (reply.cursor.empty() ? "" : " and more pages");
  }

  Inner* inner_;
  narration* narration_;
  wr::inbox_reference<wr::message> inbox_;
  wr::event_sink<wr::message> sink_;
  std::unordered_map<std::uint64_t, waiting_request> waiting_;   // by operation
  std::set<std::pair<wr::peer_id, std::string>> subscriptions_;  // by peer and pubsub topic
  std::function<void()> unsubscribed_;
};

}  // namespace live_light_client
