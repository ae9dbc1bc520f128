// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <string_view>

#include <waku/reliability/capability/transport.hpp>

/// Transports that have what their concept asks for and nothing more: what the library does with them it may
/// do with any. They are neither copied nor moved, and never answer.
namespace archetypes {

namespace wr = waku::reliability;

/// transport alone.
template <class Message>
class bare_transport {
 public:
  bare_transport() = default;
  bare_transport(const bare_transport&) = delete;
  bare_transport& operator=(const bare_transport&) = delete;

  void attach(wr::event_sink<Message> /*sink*/) {}
  void cancel(wr::operation_id /*operation*/) {}
};

/// relay_transport alone.
template <class Message>
class relay_transport : public bare_transport<Message> {
 public:
  void relay_publish(const wr::relay_request<Message>& /*request*/,
                     wr::reply_handle<Message, wr::relay_reply> /*reply*/) {}
  void relay_join(std::string_view /*pubsub_topic*/) {}
  void relay_leave(std::string_view /*pubsub_topic*/) {}
};

/// lightpush_transport alone.
template <class Message>
class lightpush_transport : public bare_transport<Message> {
 public:
  void lightpush(const wr::lightpush_request<Message>& /*request*/,
                 wr::reply_handle<Message, wr::lightpush_reply> /*reply*/) {}
};

/// filter_transport alone.
template <class Message>
class filter_transport : public bare_transport<Message> {
 public:
  using reply_type = wr::reply_handle<Message, wr::filter_reply>;

  void filter_subscribe(const wr::filter_subscribe_request& /*request*/, reply_type /*reply*/) {}
  void filter_unsubscribe(const wr::filter_unsubscribe_request& /*request*/, reply_type /*reply*/) {}
  void filter_ping(const wr::filter_ping_request& /*request*/, reply_type /*reply*/) {}
};

/// store_transport alone.
template <class Message>
class store_transport : public bare_transport<Message> {
 public:
  void store_query(const wr::store_request& /*request*/,
                   wr::reply_handle<Message, wr::store_reply<Message>> /*reply*/) {}
};

/// What a light client has: lightpush, filter and store.
template <class Message>
class light_transport : public filter_transport<Message> {
 public:
  void lightpush(const wr::lightpush_request<Message>& /*request*/,
                 wr::reply_handle<Message, wr::lightpush_reply> /*reply*/) {}
  void store_query(const wr::store_request& /*request*/,
                   wr::reply_handle<Message, wr::store_reply<Message>> /*reply*/) {}
};

/// What a relay node that asks stores has.
template <class Message>
class relay_and_store_transport : public relay_transport<Message> {
 public:
  void store_query(const wr::store_request& /*request*/,
                   wr::reply_handle<Message, wr::store_reply<Message>> /*reply*/) {}
};

}  // namespace archetypes
