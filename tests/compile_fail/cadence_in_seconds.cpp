// SPDX-License-Identifier: Apache-2.0 OR MIT
// A cadence that answers with a plain number.
// sentence: the cadence lacks what cadence_policy asks for: duration next(previous, loss_found, numbers)
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_cadence {
  static constexpr wr::slot fills = wr::slot::cadence;
#ifdef BAD_LINE
  int next(wr::duration /*previous*/, bool /*loss_found*/, const wr::cadence_options& /*numbers*/) const {
    return 60;
  }
#else
  wr::duration next(wr::duration /*previous*/, bool /*loss_found*/,
                    const wr::cadence_options& /*numbers*/) const {
    return std::chrono::seconds(60);
  }
#endif
};
struct chat_client : wr::policies<my_cadence> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
