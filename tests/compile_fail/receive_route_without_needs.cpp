// SPDX-License-Identifier: Apache-2.0 OR MIT
// A receive route that does not say which protocols it needs.
// sentence: the receive route lacks what receive_route_policy asks for: needs, bool filter_wanted(situation)
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_route {
  static constexpr wr::slot fills = wr::slot::receive_route;
#ifndef BAD_LINE
  static constexpr wr::capability_set needs{.filter = true};
#endif
  bool filter_wanted(const wr::receive_situation& /*now*/) const { return true; }
};
struct chat_client : wr::policies<my_route> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
