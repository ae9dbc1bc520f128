// SPDX-License-Identifier: Apache-2.0 OR MIT
// A confirmation that reads the audit, beside a recovery that makes none.
// sentence: store_audit reads what periodic_audit lists: name periodic_audit too, or take store_presence
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
struct chat_client : wr::policies<wr::store_audit, wr::on_reconnect> {};
#else
struct chat_client : wr::policies<wr::store_presence, wr::on_reconnect> {};
#endif

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
