// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <waku/reliability.hpp>

namespace wr = waku::reliability;

/// Stands for the transport over your own stack: three service nodes that live in this process, take every
/// message, and push it to whoever subscribed. See docs/guide/fit-your-stack.md for a real one.
class my_transport {
 public:
  template <class Reply>
  using reply_to = wr::reply_handle<wr::message, Reply>;

  void attach(wr::event_sink<wr::message> sink) {
    sink_ = sink;
    for (std::uint32_t node = 0; node < nodes; ++node) {
      sink_.peer_appeared(wr::peer_id{node}, {.lightpush = true, .filter = true});
    }
  }
  void cancel(wr::operation_id) {}  // every request is answered at once

  void lightpush(const wr::lightpush_request<wr::message>& request, reply_to<wr::lightpush_reply> reply) {
    reply({.status = 200, .relay_peer_count = 4});
    for (std::uint32_t node = 0; node < nodes; ++node) {
      if (subscribed_[node]) sink_.filter_push(wr::peer_id{node}, request.pubsub_topic, request.message);
    }
  }
  void filter_subscribe(const wr::filter_subscribe_request& request, reply_to<wr::filter_reply> reply) {
    subscribed_[static_cast<std::uint32_t>(request.peer)] = true;
    reply({.status = 200});
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request& request, reply_to<wr::filter_reply> reply) {
    subscribed_[static_cast<std::uint32_t>(request.peer)] = false;
    reply({.status = 200});
  }
  void filter_ping(const wr::filter_ping_request&, reply_to<wr::filter_reply> reply) {
    reply({.status = 200});
  }

 private:
  static constexpr std::uint32_t nodes = 3;

  wr::event_sink<wr::message> sink_;
  bool subscribed_[nodes] = {};
};

/// A chat message with the bytes of a text.
inline wr::message chat(const char* text) {
  wr::message made;
  for (; *text != '\0'; ++text) made.payload.push_back(static_cast<std::byte>(*text));
  made.content_topic = "/chat/1/room/proto";
  return made;
}
inline std::string text_of(const wr::message& given) {
  std::string text;
  for (const std::byte letter : given.payload) text += static_cast<char>(letter);
  return text;
}
