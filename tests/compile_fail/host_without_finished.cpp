// SPDX-License-Identifier: Apache-2.0 OR MIT
// A host that does not want to hear of outcomes.
// sentence: the host lacks now(), wake_at(steady_time), received(deliver), finished(const finished&) or
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_host {
  wr::instant now() { return {}; }
  void wake_at(wr::steady_time /*at*/) {}
  void received(wr::deliver<wr::message> /*delivery*/) {}
#ifndef BAD_LINE
  void finished(const wr::finished& /*end*/) {}
#endif
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
