// SPDX-License-Identifier: Apache-2.0 OR MIT
// A relay that publishes, but can neither join nor leave a topic.
// sentence: the publish route needs relay, and the transport has no relay_publish(request, reply), relay_join
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_relay : parts::bare_transport {
  void relay_publish(const wr::relay_request<wr::message>& /*request*/,
                     wr::reply_handle<wr::message, wr::relay_reply> /*reply*/) {}
#ifndef BAD_LINE
  void relay_join(std::string_view /*pubsub_topic*/) {}
  void relay_leave(std::string_view /*pubsub_topic*/) {}
#endif
};

int main() {
  my_relay transport;
  parts::host host;
  wr::node<wr::relay_node, my_relay, wr::message, parts::host> node(transport, host);
  node.wake();
}
