// SPDX-License-Identifier: Apache-2.0 OR MIT
// A copy of a node: the transport refers to it, so there is only one.
// sentence: deleted
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<wr::light_client, parts::full_transport, wr::message, parts::host> node(transport, host);
#ifdef BAD_LINE
  auto other = node;
#else
  auto& other = node;
#endif
  other.wake();
}
