// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/policy/observer/notice.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

namespace notice_tests {

namespace wr = waku::reliability;

TEST_CASE("a request's number is not taken for another number") {
  CHECK(sizeof(wr::request_id) == 8);
  CHECK_FALSE(std::is_convertible_v<std::uint64_t, wr::request_id>);
  CHECK_FALSE(std::is_convertible_v<wr::request_id, std::uint64_t>);
  CHECK(wr::request_id{1} != wr::request_id{2});
}

TEST_CASE("a notice lends the topic: telling it costs no copy") {
  const std::string topic = "/waku/2/rs/1/0";
  const wr::notice::peer_ejected ejected{topic, wr::service::filter, wr::peer_id{3}};
  CHECK(ejected.pubsub_topic.data() == topic.data());
  CHECK(std::is_trivially_copyable_v<wr::notice::peer_ejected>);
  CHECK(std::is_trivially_copyable_v<wr::notice::window_recovered>);
  CHECK(std::is_trivially_copyable_v<wr::notice::restamped>);
}

}  // namespace notice_tests
