// SPDX-License-Identifier: Apache-2.0 OR MIT
// Receiving by relay on the transport of a light client.
// sentence: the receive route needs relay, and the transport has no relay_publish(request, reply), relay_join
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
struct chat_client : wr::policies<wr::lightpush_only, wr::relay_then_filter> {};
#else
struct chat_client : wr::policies<wr::lightpush_only, wr::filter_only> {};
#endif

int main() {
  parts::light_transport transport;
  parts::host host;
  wr::node<chat_client, parts::light_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
