// SPDX-License-Identifier: Apache-2.0 OR MIT
// A confirmation that does not say what it asks.
// sentence: the confirmation lacks what confirmation_policy asks for: needs, asks, bool enough(seen, numbers)
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_confirmation {
  static constexpr wr::slot fills = wr::slot::confirmation;
  static constexpr wr::capability_set needs{.filter = true};
#ifndef BAD_LINE
  static constexpr wr::evidence_kinds asks{.echo = true};
#endif
  bool enough(const wr::evidence& seen, const wr::confirmation_options& /*numbers*/) const {
    return seen.echoes > 2;
  }
};
struct chat_client : wr::policies<my_confirmation> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
