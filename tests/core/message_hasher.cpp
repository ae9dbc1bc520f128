// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/message_hasher.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <waku/reliability/core/message.hpp>

namespace message_hasher_tests {

namespace wr = waku::reliability;

namespace {

struct first_byte_hasher {
  static constexpr bool deterministic_message_hash = false;
  wr::message_hash operator()(const wr::hash_input& input) const {
    wr::message_hash hash;
    if (!input.payload.empty()) hash.bytes[0] = input.payload[0];
    return hash;
  }
};

// A context that is reused, as real hashers have one, is not const.
struct counting_hasher {
  static constexpr bool deterministic_message_hash = true;
  wr::message_hash operator()(const wr::hash_input& /*input*/) {
    ++calls;
    return {};
  }
  int calls = 0;
};

struct silent_about_its_kind {
  wr::message_hash operator()(const wr::hash_input& /*input*/) const { return {}; }
};

struct gives_bytes {
  [[maybe_unused]] static constexpr bool deterministic_message_hash = true;
  std::vector<std::byte> operator()(const wr::hash_input& /*input*/) const { return {}; }
};

}  // namespace

TEST_CASE("a hasher takes the parts of a message, gives a hash, and says whether it is the network's") {
  CHECK(wr::message_hasher<first_byte_hasher>);
  CHECK(wr::message_hasher<counting_hasher>);
  CHECK_FALSE(wr::message_hasher<silent_about_its_kind>);
  CHECK_FALSE(wr::message_hasher<gives_bytes>);
  CHECK_FALSE(wr::message_hasher<int>);
}

TEST_CASE("the hashed parts are the topic's and the message's own bytes, without a copy") {
  const wr::message sent{.payload = {std::byte{5}, std::byte{6}},
                         .content_topic = "/app/1/chat/proto",
                         .meta = {std::byte{7}},
                         .timestamp = -3,
                         .ephemeral = true};
  const std::string_view topic = "/waku/2/rs/1/0";
  const wr::hash_input parts = wr::hashed_parts(topic, sent);
  CHECK(parts.pubsub_topic.data() == topic.data());
  CHECK(parts.pubsub_topic.size() == topic.size());
  CHECK(parts.payload.data() == sent.payload.data());
  CHECK(parts.payload.size() == 2);
  CHECK(parts.content_topic.data() == sent.content_topic.data());
  CHECK(parts.content_topic == sent.content_topic);
  CHECK(parts.meta.data() == sent.meta.data());
  CHECK(parts.meta.size() == 1);
  CHECK(parts.timestamp_ns == -3);
}

TEST_CASE("an absent meta and timestamp count as empty and 0") {
  const wr::hash_input parts = wr::hashed_parts("/t", wr::message{});
  CHECK(parts.meta.empty());
  CHECK(parts.timestamp_ns == 0);
}

}  // namespace message_hasher_tests
