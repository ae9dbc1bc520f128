// SPDX-License-Identifier: Apache-2.0 OR MIT
// A hash for simulations on a transport that reaches real nodes.
// sentence: a live transport needs the deterministic message hash, and this hasher is a stand-in for
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct live_transport : parts::full_transport {
  static constexpr bool live_network = true;
};
struct my_hasher : parts::hasher {
#ifdef BAD_LINE
  static constexpr bool deterministic_message_hash = false;
#endif
};
struct my_host : parts::host {
  my_hasher& hasher() { return hashing; }
  my_hasher hashing;
};

int main() {
  live_transport transport;
  my_host host;
  wr::node<wr::light_client, live_transport, wr::message, my_host> node(transport, host);
  node.wake();
}
