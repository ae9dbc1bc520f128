// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/framed_passage.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string_view>

#include <waku/reliability/testing/simulated_transport.hpp>

namespace framed_passage_tests {

using namespace midscale;

TEST_CASE("what crosses over has the bytes of its frame, and those of yamux and Noise around it") {
  wt::virtual_clock clock;
  wt::simulated_network<> network(clock, {.services = {wt::nwaku_profile()}});
  const std::uint32_t client = network.add_client(false);
  const wt::passage_way<wt::simulated_network<>> way{&network, client, 0};
  framed_passage framed(1, client);
  wt::direct_passage plain(1, client);
  const std::array<std::string_view, 1> topics{"/test/1/chat/proto"};

  const wr::filter_subscribe_request subscribe{{}, {}, "/waku/2/rs/1/0", topics};
  const auto around = framed.filter(way, subscribe);
  const auto bare = plain.filter(way, subscribe);
  // One yamux frame of 12 bytes before, in one Noise message of 18 around it.
  CHECK(around.bytes == bare.bytes + 30);
  const auto answer = around.work();
  CHECK(std::get<wr::filter_reply>(answer.result).status == 200);
  CHECK(answer.bytes == bare.work().bytes + 30);

  CHECK(framed.filter(way, wr::filter_ping_request{}).bytes == wt::frame_size::filter_ping + 30);
  wr::message made;
  made.payload.assign(70'000, std::byte{1});
  made.content_topic = topics[0];
  made.timestamp = 1;
  const wt::message_index large = network.intern("/waku/2/rs/1/0", made);
  // Two yamux frames, of which the first takes two Noise messages.
  CHECK(framed.push_bytes(way, large) == plain.push_bytes(way, large) + 2 * 12 + 3 * 18);
  const wr::lightpush_request<wr::message> push{{}, {}, "/waku/2/rs/1/0", made, {}};
  CHECK(framed.lightpush(way, push, large).bytes ==
        plain.lightpush(way, push, large).bytes + 2 * 12 + 3 * 18);
  CHECK(framed.store_query(way, {}).bytes == plain.store_query(way, {}).bytes + 30);
}

}  // namespace framed_passage_tests
