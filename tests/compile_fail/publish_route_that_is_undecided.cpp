// SPDX-License-Identifier: Apache-2.0 OR MIT
// A publish route whose choice is not const.
// sentence: the publish route lacks what publish_route_policy asks for: needs, publish_via choose(situation)
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_route {
  static constexpr wr::slot fills = wr::slot::publish_route;
  static constexpr wr::capability_set needs{.relay = true};
#ifdef BAD_LINE
  wr::publish_via choose(const wr::publish_situation& /*now*/) { return wr::publish_via::relay; }
#else
  wr::publish_via choose(const wr::publish_situation& /*now*/) const { return wr::publish_via::relay; }
#endif
};
struct chat_client : wr::policies<my_route> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
