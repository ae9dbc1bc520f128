// SPDX-License-Identifier: Apache-2.0 OR MIT
// A retransmit policy that cannot say never.
// sentence: the retransmit policy lacks what retransmit_policy asks for: optional<duration>
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct every_second {
  static constexpr wr::slot fills = wr::slot::retransmit;
#ifdef BAD_LINE
  using wait = wr::duration;
#else
  using wait = std::optional<wr::duration>;
#endif
  wait delay(std::uint32_t /*transmissions*/, const wr::retransmit_options& /*numbers*/,
             wr::random_source& /*random*/) const {
    return std::chrono::seconds(1);
  }
};
struct chat_client : wr::policies<every_second> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
