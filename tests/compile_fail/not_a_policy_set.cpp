// SPDX-License-Identifier: Apache-2.0 OR MIT
// A policy where a set of policies is wanted.
// sentence: a policy set is policies<...>, or a struct derived from it
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
using chat_client = wr::redundant;
#else
using chat_client = wr::policies<wr::redundant>;
#endif

int main() {
  parts::full_transport transport;
  parts::host host;
  wr::node<chat_client, parts::full_transport, wr::message, parts::host> node(transport, host);
  node.wake();
}
