// SPDX-License-Identifier: Apache-2.0 OR MIT
// A policy set that lists something else: a transport.
// sentence: the policy set lists a type that is no policy: give it a `static constexpr slot fills`
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
struct chat_client : wr::policies<parts::full_transport, wr::single> {};
#else
struct chat_client : wr::policies<wr::single> {};
#endif

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
