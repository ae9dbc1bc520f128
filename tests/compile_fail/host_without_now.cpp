// SPDX-License-Identifier: Apache-2.0 OR MIT
// A host that does not tell the time.
// sentence: the host lacks now(), wake_at(steady_time), received(deliver), finished(const finished&) or
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_host {
#ifndef BAD_LINE
  wr::instant now() { return {}; }
#endif
  void wake_at(wr::steady_time /*at*/) {}
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
