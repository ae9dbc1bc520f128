// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/message.hpp>

#include <cstddef>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace message_tests {

namespace wr = waku::reliability;

static_assert(wr::waku_message<wr::message>);
static_assert(wr::buildable_message<wr::message>);

namespace {

wr::message sample() {
  return {.payload = {std::byte{1}, std::byte{2}},
          .content_topic = "/app/1/chat/proto",
          .meta = {std::byte{9}},
          .timestamp = 1'700'000'000'000'000'000,
          .ephemeral = true};
}

}  // namespace

TEST_CASE("a fresh message is not ephemeral and waits for its timestamp") {
  const wr::message fresh;
  CHECK(fresh.timestamp == 0);
  CHECK_FALSE(fresh.ephemeral);
  CHECK(fresh.payload.empty());
  CHECK(fresh.meta.empty());
  CHECK(fresh.version == 0);
  CHECK(fresh.rate_limit_proof.empty());
}

TEST_CASE("messages are equal only if every field is") {
  CHECK(sample() == sample());
  wr::message other = sample();
  other.payload.push_back(std::byte{3});
  CHECK(other != sample());
  other = sample();
  other.content_topic += "2";
  CHECK(other != sample());
  other = sample();
  other.meta.clear();
  CHECK(other != sample());
  other = sample();
  other.timestamp += 1;
  CHECK(other != sample());
  other = sample();
  other.ephemeral = false;
  CHECK(other != sample());
  other = sample();
  other.version = 1;
  CHECK(other != sample());
  other = sample();
  other.rate_limit_proof = {std::byte{1}};
  CHECK(other != sample());
}

TEST_CASE("a moved message keeps its payload at one address") {
  wr::message from = sample();
  const std::byte* address = from.payload.data();
  const wr::message to = std::move(from);
  CHECK(to.payload.data() == address);
}

}  // namespace message_tests
