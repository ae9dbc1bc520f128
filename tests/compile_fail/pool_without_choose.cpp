// SPDX-License-Identifier: Apache-2.0 OR MIT
// A pool of the user's own that cannot choose.
// sentence: the pool lacks what pool_policy asks for: charges, add, remove, fail, succeed, hold, forgive
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_pool : wr::plain_pool {
#ifdef BAD_LINE
  void choose() {}
#endif
};
struct chat_client : wr::policies<my_pool> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
