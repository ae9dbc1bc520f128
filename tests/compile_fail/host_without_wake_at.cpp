// SPDX-License-Identifier: Apache-2.0 OR MIT
// A host that cannot be asked to wake the node.
// sentence: the host lacks now(), wake_at(steady_time), received(deliver), finished(const finished&) or
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_host {
  wr::instant now() { return {}; }
#ifndef BAD_LINE
  void wake_at(wr::steady_time /*at*/) {}
#endif
  void received(wr::deliver<wr::message> /*delivery*/) {}
  void finished(const wr::finished& /*end*/) {}
  void propagated(const wr::propagated& /*first*/) {}
  parts::hasher& hasher() { return hashing; }
  parts::hasher hashing;
};

int main() {
  parts::full_transport transport;
  my_host host;
  wr::node<wr::light_client, parts::full_transport, wr::message, my_host> node(transport, host);
  node.wake();
}
