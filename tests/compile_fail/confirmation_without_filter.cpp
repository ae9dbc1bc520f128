// SPDX-License-Identifier: Apache-2.0 OR MIT
// Echoes wanted of a transport that has no filter.
// sentence: the confirmation needs filter, and the transport has no filter_subscribe(request, reply)
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
struct chat_client : wr::policies<wr::relay_only, wr::filter_echo> {};
#else
struct chat_client : wr::policies<wr::relay_only, wr::accepted_is_enough> {};
#endif

int main() {
  parts::relay_transport transport;
  parts::host host;
  wr::node<chat_client, parts::relay_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
