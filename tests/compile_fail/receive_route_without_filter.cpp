// SPDX-License-Identifier: Apache-2.0 OR MIT
// Receiving by filter on a transport that has none.
// sentence: the receive route needs filter, and the transport has no filter_subscribe(request, reply)
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct chat_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::store_presence> {};
#ifdef BAD_LINE
using transport_type = parts::with_lightpush<parts::with_store<parts::bare_transport>>;
#else
using transport_type = parts::light_transport;
#endif

int main() {
  transport_type transport;
  parts::host host;
  wr::node<chat_client, transport_type, wr::message, parts::host> node(transport, host);
  node.wake();
}
