// SPDX-License-Identifier: Apache-2.0 OR MIT
// Upkeep that does not say what follows a failed ping.
// sentence: the subscription lacks what subscription_policy asks for: ping_interval, refresh_interval
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_subscription : wr::pinged_subscription {
#ifdef BAD_LINE
  void after_failed_ping() const {}
#endif
};
struct chat_client : wr::policies<my_subscription> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
