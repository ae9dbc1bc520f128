// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <string_view>

#include <waku/reliability.hpp>

/// A transport for every protocol and a host, as short as they can be: the programs of this folder take them
/// apart one line at a time.
namespace parts {

namespace wr = waku::reliability;

struct bare_transport {
  void attach(wr::event_sink<wr::message> /*sink*/) {}
  void cancel(wr::operation_id /*operation*/) {}
};

template <class Base>
struct with_relay : Base {
  void relay_publish(const wr::relay_request<wr::message>& /*request*/,
                     wr::reply_handle<wr::message, wr::relay_reply> /*reply*/) {}
  void relay_join(std::string_view /*pubsub_topic*/) {}
  void relay_leave(std::string_view /*pubsub_topic*/) {}
};

template <class Base>
struct with_lightpush : Base {
  void lightpush(const wr::lightpush_request<wr::message>& /*request*/,
                 wr::reply_handle<wr::message, wr::lightpush_reply> /*reply*/) {}
};

template <class Base>
struct with_filter : Base {
  void filter_subscribe(const wr::filter_subscribe_request& /*request*/,
                        wr::reply_handle<wr::message, wr::filter_reply> /*reply*/) {}
  void filter_unsubscribe(const wr::filter_unsubscribe_request& /*request*/,
                          wr::reply_handle<wr::message, wr::filter_reply> /*reply*/) {}
  void filter_ping(const wr::filter_ping_request& /*request*/,
                   wr::reply_handle<wr::message, wr::filter_reply> /*reply*/) {}
};

template <class Base>
struct with_store : Base {
  void store_query(const wr::store_request& /*request*/,
                   wr::reply_handle<wr::message, wr::store_reply<wr::message>> /*reply*/) {}
};

using relay_transport = with_relay<bare_transport>;
using light_transport = with_lightpush<with_filter<with_store<bare_transport>>>;
using full_transport = with_relay<light_transport>;

struct hasher {
  static constexpr bool deterministic_message_hash = true;
  wr::message_hash operator()(const wr::hash_input& /*input*/) { return {}; }
};

struct host {
  wr::instant now() { return {}; }
  void wake_at(wr::steady_time /*at*/) {}
  parts::hasher& hasher() { return hashing; }
  void received(wr::deliver<wr::message> /*delivery*/) {}
  void finished(const wr::finished& /*end*/) {}
  void propagated(const wr::propagated& /*first*/) {}

  parts::hasher hashing;
};

}  // namespace parts
