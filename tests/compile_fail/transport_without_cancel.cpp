// SPDX-License-Identifier: Apache-2.0 OR MIT
// A transport that cannot end an operation early.
// sentence: the transport lacks attach(event_sink<Message>) or cancel(operation_id) for this message type
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_transport {
  void attach(wr::event_sink<wr::message> /*sink*/) {}
#ifndef BAD_LINE
  void cancel(wr::operation_id /*operation*/) {}
#endif
  void lightpush(const wr::lightpush_request<wr::message>& /*request*/,
                 wr::reply_handle<wr::message, wr::lightpush_reply> /*reply*/) {}
};

int main() {
  my_transport transport;
  parts::host host;
  wr::node<wr::minimal, my_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
