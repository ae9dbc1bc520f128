// SPDX-License-Identifier: Apache-2.0 OR MIT
// A budget that takes, and does not say whether it could.
// sentence: the budget lacks what budget_policy asks for: bool take(bytes, now, numbers)
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct my_budget {
  static constexpr wr::slot fills = wr::slot::budget;
#ifdef BAD_LINE
  void take(std::size_t /*bytes*/, wr::steady_time /*now*/, const wr::budget_options& /*numbers*/) {}
#else
  bool take(std::size_t /*bytes*/, wr::steady_time /*now*/, const wr::budget_options& /*numbers*/) {
    return true;
  }
#endif
};
struct chat_client : wr::policies<my_budget> {};

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
