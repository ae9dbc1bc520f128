// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/capability/transport.hpp>

#include "stack.hpp"

namespace own {

/// The whole of what a stack needs to carry a node: it translates. Requests go out in the stack's words,
/// answers come back in the library's, and all that the library decides stays with the library.
class transport {
 public:
  explicit transport(stack& lower) : stack_(&lower) {
    stack_->on_peer = [this](const std::string& name, bool here) { tell_peer(name, here); };
    stack_->on_pushed = [this](const std::string& name, const std::string& topic, const wr::message& pushed) {
      sink_.filter_push(number_of(name), topic, pushed);
    };
    stack_->on_network = [this](bool online) { sink_.connectivity(online); };
  }
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  // Nothing may come from a transport that is gone.
  ~transport() {
    for (const auto& [operation, stream] : streams_) stack_->close(stream);
    stack_->on_peer = nullptr;
    stack_->on_pushed = nullptr;
    stack_->on_network = nullptr;
  }

  // Every transport: where events go, and how an operation is given up.
  void attach(wr::event_sink<wr::message> sink) {
    sink_ = std::move(sink);
    for (const std::string& name : stack_->peers()) tell_peer(name, true);
  }
  void cancel(wr::operation_id operation) {
    const auto found = streams_.find(operation.value());
    if (found == streams_.end()) return;  // it has ended already
    stack_->close(found->second);
    streams_.erase(found);
  }

  // Lightpush.
  void lightpush(const wr::lightpush_request<wr::message>& asked,
                 wr::reply_handle<wr::message, wr::lightpush_reply> reply) {
    push_request push{std::string(asked.pubsub_topic), asked.message};
    send<push_answer>(asked, std::move(push), std::move(reply), [](const push_answer& given) {
      return wr::lightpush_reply{given.code, given.relayed_to, false, given.text, {}};
    });
  }

  // Filter.
  using filter_handle = wr::reply_handle<wr::message, wr::filter_reply>;
  using verb = filter_request::verb;

  void filter_subscribe(const wr::filter_subscribe_request& asked, filter_handle reply) {
    send_filter(asked, verb::subscribe, asked.content_topics, std::move(reply));
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request& asked, filter_handle reply) {
    send_filter(asked, verb::unsubscribe, asked.content_topics, std::move(reply));
  }
  void filter_ping(const wr::filter_ping_request& asked, filter_handle reply) {
    send_filter(asked, verb::ping, {}, std::move(reply));
  }

  // Store.
  void store_query(const wr::store_request& asked,
                   wr::reply_handle<wr::message, wr::store_reply<wr::message>> reply) {
    history_request query;
    if (asked.hashes.empty()) query.topic = asked.pubsub_topic;  // a query by hash is not sent with a topic
    query.content_topics.assign(asked.content_topics.begin(), asked.content_topics.end());
    if (asked.time_start) query.from_ns = asked.time_start->time_since_epoch().count();
    if (asked.time_end) query.to_ns = asked.time_end->time_since_epoch().count();
    query.hashes.assign(asked.hashes.begin(), asked.hashes.end());
    query.cursor.assign(asked.cursor.begin(), asked.cursor.end());
    query.with_messages = asked.include_data;
    query.page = asked.limit;
    send<history_answer>(asked, std::move(query), std::move(reply), [](const history_answer& given) {
      wr::store_reply<wr::message> told;
      told.status = given.code;
      for (const history_row& row : given.rows) told.entries.push_back({row.hash, row.message});
      told.cursor = given.cursor;
      return told;
    });
  }

  /// The number by which the library knows a peer. A name keeps its number for good.
  wr::peer_id number_of(const std::string& name) {
    const auto place = std::find(names_.begin(), names_.end(), name);
    const auto number = static_cast<std::uint32_t>(place - names_.begin());
    if (place == names_.end()) names_.push_back(name);
    return static_cast<wr::peer_id>(number);
  }

 private:
  void tell_peer(const std::string& name, bool here) {
    if (!here) return sink_.peer_left(number_of(name));
    sink_.peer_appeared(number_of(name), {.lightpush = true, .filter = true, .store = true});
  }

  // Content topics are lent for the call alone, so they are copied here and now.
  template <class Asked>
  void send_filter(const Asked& asked, verb what, std::span<const std::string_view> topics,
                   filter_handle reply) {
    filter_request copied{what, std::string(asked.pubsub_topic), {topics.begin(), topics.end()}};
    send<filter_answer>(asked, std::move(copied), std::move(reply), [](const filter_answer& given) {
      return wr::filter_reply{given.code, {}};
    });
  }
  // Opens a stream, and when it ends tells the handle, once.
  template <class Answer, class Asked, class Handle, class Translate>
  void send(const Asked& asked, request what, Handle reply, Translate translate) {
    const auto operation = asked.operation.value();
    const std::string& name = names_[static_cast<std::size_t>(asked.peer)];
    streams_[operation] = stack_->open(name, std::move(what), [=, this](const answer& given) {
      streams_.erase(operation);
      if (const auto* error = std::get_if<stream_error>(&given)) return reply.fail(meaning_of(*error));
      reply(translate(std::get<Answer>(given)));
    });
  }
  static wr::transport_error meaning_of(stream_error error) {
    switch (error) {
      case stream_error::no_route: return wr::transport_error::dial_failed;
      case stream_error::no_such_protocol: return wr::transport_error::unsupported_protocol;
      case stream_error::closed: return wr::transport_error::empty_reply;
      case stream_error::reset: return wr::transport_error::connection_lost;
      case stream_error::not_understood: return wr::transport_error::undecodable_reply;
    }
    return wr::transport_error::connection_lost;
  }

  stack* stack_;
  wr::event_sink<wr::message> sink_;
  std::vector<std::string> names_;                  // by peer_id
  std::map<std::uint64_t, stack::stream> streams_;  // by operation
};

}  // namespace own
