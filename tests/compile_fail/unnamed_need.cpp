// SPDX-License-Identifier: Apache-2.0 OR MIT
// A confirmation of the user's own that asks stores and does not name them.
// sentence: a policy has stores or filter nodes asked and does not say so: a confirmation that asks for presence or
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct in_two_stores {
  static constexpr wr::slot fills = wr::slot::confirmation;
#ifdef BAD_LINE
  static constexpr wr::capability_set needs{};
#else
  static constexpr wr::capability_set needs{.store = true};
#endif
  static constexpr wr::evidence_kinds asks{.presence = true};
  bool enough(const wr::evidence& seen, const wr::confirmation_options&) const { return seen.stores >= 2; }
};
struct chat_client : wr::policies<in_two_stores> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
