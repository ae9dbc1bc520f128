// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/peer_exchange_frame.hpp>

#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

namespace peer_exchange_frame_tests {

using namespace midscale;

namespace services = waku::reliability::services;

// Around a frame: yamux 12, Noise 2 + 16.
constexpr std::size_t around = 30;

TEST_CASE("a stream costs each side two lines of multistream-select and a closing frame") {
  CHECK(peer_exchange_frame::stream() == (1 + 19 + around) + (1 + 37 + around) + around);
}

TEST_CASE("a request and an answer have the sizes that their fields make") {
  // length 1, query 2, num_peers 2
  CHECK(peer_exchange_frame::request(5) == peer_exchange_frame::stream() + 5 + around);
  services::peer_exchange_reply answer;
  // query 2, response 2
  CHECK(peer_exchange_frame::reply(answer) == peer_exchange_frame::stream() + 1 + 4 + around);
  answer.status = 200;
  answer.enrs.assign(5, std::vector<std::byte>(169));
  // length 2, query 2, response 3, five of peer_infos 3 and enr 3, status 3
  CHECK(peer_exchange_frame::reply(answer) ==
        peer_exchange_frame::stream() + 2 + 2 + 3 + 5 * (3 + 3 + 169) + 3 + around);
}

}  // namespace peer_exchange_frame_tests
