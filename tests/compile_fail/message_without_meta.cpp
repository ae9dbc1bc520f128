// SPDX-License-Identifier: Apache-2.0 OR MIT
// A message type that lacks a member, and no message_traits for it.
// sentence: the message type is no waku_message: give it the members of wr::message, or specialise
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_message {
  std::vector<std::byte> payload;
  std::string content_topic;
#ifndef BAD_LINE
  std::vector<std::byte> meta;
#endif
  std::int64_t timestamp = 0;
  bool ephemeral = false;
};
struct my_transport {
  void attach(auto /*sink*/) {}
  void cancel(wr::operation_id /*operation*/) {}
  void lightpush(const auto& /*request*/, auto /*reply*/) {}
};
struct my_host : parts::host {
  void received(auto /*delivery*/) {}
};

int main() {
  my_transport transport;
  my_host host;
  wr::node<wr::minimal, my_transport, my_message, my_host> node(transport, host);
  node.wake();
}
