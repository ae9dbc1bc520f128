// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/discv5_packet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

namespace discv5_packet_tests {

using namespace midscale;

using distances = std::array<std::uint16_t, 3>;

TEST_CASE("messages have the sizes that their fields make") {
  // kind 1, list 1, request id 1 + 8, then
  CHECK(discv5_packet::ping(1) == 11 + 1);
  CHECK(discv5_packet::ping(1'700'000'000'000) == 11 + 7);
  CHECK(discv5_packet::pong(1, 9'000) == 11 + 1 + 5 + 3);
  CHECK(discv5_packet::find_node(distances{256, 255, 254}) == 11 + 1 + 3 + 2 + 2);
  CHECK(discv5_packet::find_node(distances{100, 101, 99}) == 11 + 1 + 3);
  CHECK(discv5_packet::nodes(0) == 11 + 1 + 1);
  CHECK(discv5_packet::nodes(169) == 11 + 1 + 1 + 2 + 169);
  CHECK(discv5_packet::nodes(3 * 169) == 11 + 2 + 1 + 3 + 3 * 169);
}

TEST_CASE("packets have the sizes of the specification") {
  CHECK(discv5_packet::challenge() == 63);
  CHECK(discv5_packet::without_session() == 91);
  // The specification's own vectors: a PING with a request id of four bytes is eight bytes long, its packet 95; a
  // handshake with that message 194, and 321 with a record of 127 bytes.
  CHECK(discv5_packet::ordinary(8) == 95);
  CHECK(discv5_packet::handshake(0, 8) == 194);
  CHECK(discv5_packet::handshake(127, 8) == 321);
  CHECK(discv5_packet::ordinary(discv5_packet::nodes(3 * 169)) == 611);
}

TEST_CASE("a look-up asks for the distances next to the target's, within bounds") {
  CHECK(discv5_packet::asked_distances(256) == distances{256, 255, 254});
  CHECK(discv5_packet::asked_distances(255) == distances{255, 256, 254});
  CHECK(discv5_packet::asked_distances(250) == distances{250, 251, 249});
  CHECK(discv5_packet::asked_distances(1) == distances{1, 2, 3});
}

}  // namespace discv5_packet_tests
