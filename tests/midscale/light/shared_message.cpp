// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/shared_message.hpp>

#include <doctest/doctest.h>

#include <waku/reliability/core/message_hasher.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>

#include <midscale/network/frame.hpp>
#include <midscale/network/relay_options.hpp>

namespace shared_message_tests {

using namespace midscale;
using traits = wr::message_traits<shared_message>;

static_assert(wr::waku_message<shared_message>);

TEST_CASE("a shared message has the size that the relay network counts with") {
  const shared_message sent{7, 1'000, 1'717'200'000'000'000'000};
  CHECK(shared_message::content_topic.size() == relay_options{}.content_topic);
  CHECK(traits::payload(sent).size() == 1'000);
  CHECK(traits::encoded_size(sent) == frame::waku_message(1'000, relay_options{}.content_topic));
  CHECK(traits::encoded_size(sent) == wr::testing::frame_size::message(sent));
}

TEST_CASE("messages of one moment and size differ by their publication") {
  const auto hash_of = [](std::uint32_t publication) {
    const shared_message sent{publication, 100, 5};
    return wr::testing::fast_hasher()(wr::hashed_parts("shard", sent));
  };
  CHECK(hash_of(1) != hash_of(2));
  CHECK(hash_of(1) == hash_of(1));
  const shared_message largest{65'535, 150'000, 5};
  CHECK(traits::payload(largest).size() == 150'000);
}

}  // namespace shared_message_tests
