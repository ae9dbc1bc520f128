// SPDX-License-Identifier: Apache-2.0 OR MIT
// A policy set that names two policies for one slot.
// sentence: the policy set names two policies for one slot: keep one of each slot
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
struct chat_client : wr::policies<wr::redundant, wr::store_presence, wr::single> {};
#else
struct chat_client : wr::policies<wr::redundant, wr::store_presence> {};
#endif

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
