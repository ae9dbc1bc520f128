// SPDX-License-Identifier: Apache-2.0 OR MIT
// An observer without any on().
// sentence: the observer hears nothing: give it on(const notice::...&) for at least one kind, and keep it
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_observer {
  static constexpr wr::slot fills = wr::slot::observer;
#ifndef BAD_LINE
  void on(const wr::notice::missing& /*what*/) {}
#endif
};
struct chat_client : wr::policies<my_observer> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
