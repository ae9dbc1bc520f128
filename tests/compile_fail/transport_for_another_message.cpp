// SPDX-License-Identifier: Apache-2.0 OR MIT
// A transport that carries another message type than the node.
// sentence: the transport has no protocol for this message type: see the concepts of capability/transport.hpp
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_message : wr::message {};
#ifdef BAD_LINE
using carried = wr::message;
#else
using carried = my_message;
#endif

struct my_transport {
  void attach(auto /*sink*/) {}
  void cancel(wr::operation_id /*operation*/) {}
  void lightpush(const wr::lightpush_request<carried>& /*request*/,
                 wr::reply_handle<carried, wr::lightpush_reply> /*reply*/) {}
};
struct my_host : parts::host {
  void received(wr::deliver<my_message> /*delivery*/) {}
};
struct chat_client : wr::policies<> {};

int main() {
  my_transport transport;
  my_host host;
  wr::node<chat_client, my_transport, my_message, my_host> node(transport, host);
  node.wake();
}
