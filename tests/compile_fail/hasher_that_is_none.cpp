// SPDX-License-Identifier: Apache-2.0 OR MIT
// A hasher that does not say whether its hash is the network's.
// sentence: the host's hasher() must give a reference to a message_hasher: message_hash operator()(const
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_hasher {
#ifndef BAD_LINE
  static constexpr bool deterministic_message_hash = true;
#endif
  wr::message_hash operator()(const wr::hash_input& /*input*/) const { return {}; }
};
struct my_host : parts::host {
  my_hasher& hasher() { return hashing; }
  my_hasher hashing;
};

int main() {
  parts::full_transport transport;
  my_host host;
  wr::node<wr::minimal, parts::full_transport, wr::message, my_host> node(transport, host);
  node.wake();
}
