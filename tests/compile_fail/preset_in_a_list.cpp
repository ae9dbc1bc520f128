// SPDX-License-Identifier: Apache-2.0 OR MIT
// A preset listed beside policies, to change one of its own.
// sentence: the policy set lists a preset or another set, which is whole: to change a policy of it, write
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
struct chat_client : wr::policies<wr::light_client, wr::filter_echo> {};
#else
struct chat_client : wr::changed<wr::light_client, wr::filter_echo> {};
#endif

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
