// SPDX-License-Identifier: Apache-2.0 OR MIT
// A relay node on the transport of a light client.
// sentence: the publish route needs relay, and the transport has no relay_publish(request, reply), relay_join
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
using transport_type = parts::light_transport;
#else
using transport_type = parts::relay_transport;
#endif

int main() {
  transport_type transport;
  parts::host host;
  wr::node<wr::relay_node, transport_type, wr::message, parts::host> node(transport, host);
  node.wake();
}
