// SPDX-License-Identifier: Apache-2.0 OR MIT
/// A program that uses one node, for the compile-time budget: the preset with every strategy over archetypes.
#include <waku/reliability.hpp>

#include "../archetypes/host.hpp"
#include "../archetypes/transports.hpp"

int main() {
  using transport = archetypes::light_transport<archetypes::message>;
  transport network;
  archetypes::host program;
  archetypes::wr::node<archetypes::wr::light_client, transport, archetypes::message, archetypes::host> node(
      network, program);
  node.wake();
  return static_cast<int>(node.pending());
}
