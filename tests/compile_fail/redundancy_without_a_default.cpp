// SPDX-License-Identifier: Apache-2.0 OR MIT
// A redundancy that cannot be made without an argument.
// sentence: the redundancy lacks what redundancy_policy asks for: publish_targets, subscribe_targets
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_redundancy : wr::redundant {
#ifdef BAD_LINE
  explicit my_redundancy(int /*nodes*/) {}
#endif
};
struct chat_client : wr::policies<my_redundancy> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
