// SPDX-License-Identifier: Apache-2.0 OR MIT
// A route of the user's own that needs a protocol in an unusual place.
// sentence: a policy needs a protocol that the transport does not have: compare its needs with
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct careful_route : wr::lightpush_only {
#ifdef BAD_LINE
  static constexpr wr::capability_set needs{.lightpush = true, .store = true};
#endif
};
struct chat_client : wr::policies<careful_route> {};

int main() {
  parts::with_lightpush<parts::with_filter<parts::bare_transport>> transport;
  parts::host host;
  wr::node<chat_client, parts::with_lightpush<parts::with_filter<parts::bare_transport>>, wr::message,
           parts::host>
      node(transport, host);
  node.wake();
}
