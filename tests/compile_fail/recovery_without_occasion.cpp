// SPDX-License-Identifier: Apache-2.0 OR MIT
// A recovery that does not say when it asks.
// sentence: the recovery lacks what recovery_policy asks for: needs, periodic, after_outage, wall_time
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_recovery {
  static constexpr wr::slot fills = wr::slot::recovery;
  static constexpr wr::capability_set needs{.store = true};
  static constexpr bool periodic = true;
#ifndef BAD_LINE
  static constexpr bool after_outage = false;
#endif
  wr::wall_time range_start(const wr::recovery_situation& situation,
                            const wr::recovery_options& /*numbers*/) const {
    return situation.now - std::chrono::hours(1);
  }
};
struct chat_client : wr::policies<my_recovery> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
