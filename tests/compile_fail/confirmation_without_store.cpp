// SPDX-License-Identifier: Apache-2.0 OR MIT
// Presence wanted of a transport that has no store.
// sentence: the confirmation needs store, and the transport has no store_query(request, reply): add it or
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
struct chat_client : wr::policies<wr::store_presence> {};
#else
struct chat_client : wr::policies<wr::filter_echo> {};
#endif

int main() {
  parts::with_lightpush<parts::with_filter<parts::bare_transport>> transport;
  parts::host host;
  wr::node<chat_client, parts::with_lightpush<parts::with_filter<parts::bare_transport>>, wr::message,
           parts::host>
      node(transport, host);
  node.wake();
}
