// SPDX-License-Identifier: Apache-2.0 OR MIT
// A light client on a transport that has no lightpush.
// sentence: the publish route needs lightpush, and the transport has no lightpush(request, reply): add it or
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
using transport_type = parts::with_filter<parts::with_store<parts::bare_transport>>;
#else
using transport_type = parts::light_transport;
#endif

int main() {
  transport_type transport;
  parts::host host;
  wr::node<wr::light_client, transport_type, wr::message, parts::host> node(transport, host);
  node.wake();
}
