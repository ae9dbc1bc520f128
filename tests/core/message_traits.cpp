// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/core/message_traits.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <waku/reliability/core/message.hpp>

namespace message_traits_tests {

namespace wr = waku::reliability;

namespace {

// A message that names its parts in its own way.
struct envelope {
  std::string body;
  std::string about;
  std::int64_t sent_at = 0;
};

// The members fit, and the payload is text.
struct text_message {
  std::string payload;
  std::string content_topic;
  std::vector<unsigned char> meta;
  std::int64_t timestamp = 0;
  bool ephemeral = false;
};

struct without_meta {
  std::vector<std::byte> payload;
  std::string content_topic;
  std::int64_t timestamp = 0;
  bool ephemeral = false;
};

struct fixed_in_place : wr::message {
  fixed_in_place() = default;
  fixed_in_place(const fixed_in_place&) = delete;
  fixed_in_place& operator=(const fixed_in_place&) = delete;
};

struct made_of_a_topic : wr::message {
  explicit made_of_a_topic(std::string topic) { content_topic = std::move(topic); }
};

std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  for (; value >= 128; value >>= 7U) ++size;
  return size;
}

// What Protobuf makes of a message: payload 1, content topic 2, version 3, timestamp 10 (zigzag), meta 11,
// ephemeral 31.
std::size_t protobuf_size(const wr::message& m) {
  const auto zigzag =
      (static_cast<std::uint64_t>(m.timestamp) << 1U) ^ static_cast<std::uint64_t>(m.timestamp >> 63);
  return 1 + varint_size(m.payload.size()) + m.payload.size() + 1 + varint_size(m.content_topic.size()) +
         m.content_topic.size() + 2 + 1 + varint_size(zigzag) + 1 + varint_size(m.meta.size()) +
         m.meta.size() + 3;
}

}  // namespace
}  // namespace message_traits_tests

template <>
struct waku::reliability::message_traits<message_traits_tests::envelope> {
  using envelope = message_traits_tests::envelope;
  static std::span<const std::byte> payload(const envelope& m) { return std::as_bytes(std::span(m.body)); }
  static std::string_view content_topic(const envelope& m) { return m.about; }
  static std::span<const std::byte> meta(const envelope&) { return {}; }
  static std::int64_t timestamp(const envelope& m) { return m.sent_at; }
  static void set_timestamp(envelope& m, std::int64_t unix_ns) { m.sent_at = unix_ns; }
  static bool ephemeral(const envelope&) { return false; }
  static std::size_t encoded_size(const envelope& m) { return m.body.size() + m.about.size() + 32; }
};

namespace message_traits_tests {

TEST_CASE("a type with the members of message needs no traits of its own") {
  CHECK(wr::waku_message<wr::message>);
  CHECK(wr::waku_message<text_message>);
}

TEST_CASE("any other type is described by specialising message_traits") {
  CHECK(wr::waku_message<envelope>);
  envelope sent{"hello", "/app/1/chat/proto", 0};
  using traits = wr::message_traits<envelope>;
  traits::set_timestamp(sent, 12);
  CHECK(traits::timestamp(sent) == 12);
  CHECK(traits::payload(sent).size() == 5);
  CHECK(traits::content_topic(sent) == "/app/1/chat/proto");
}

TEST_CASE("a type that lacks a part, cannot be moved or has no default is no message") {
  CHECK_FALSE(wr::waku_message<without_meta>);
  CHECK_FALSE(wr::waku_message<fixed_in_place>);
  CHECK_FALSE(wr::waku_message<made_of_a_topic>);
  CHECK_FALSE(wr::waku_message<int>);
}

TEST_CASE("the default traits read and stamp the members") {
  text_message sent{"abc", "/topic", {1, 2}, 7, true};
  using traits = wr::message_traits<text_message>;
  REQUIRE(traits::payload(sent).size() == 3);
  CHECK(traits::payload(sent)[2] == std::byte{'c'});
  CHECK(traits::content_topic(sent) == "/topic");
  REQUIRE(traits::meta(sent).size() == 2);
  CHECK(traits::meta(sent)[0] == std::byte{1});
  CHECK(traits::timestamp(sent) == 7);
  CHECK(traits::ephemeral(sent));
  traits::set_timestamp(sent, -8);
  CHECK(sent.timestamp == -8);
}

TEST_CASE("a message is made of parts, without those that its type has no place for") {
  const std::vector<std::byte> payload{std::byte{'a'}, std::byte{'b'}};
  const std::vector<std::byte> meta{std::byte{9}};
  const std::vector<std::byte> proof{std::byte{7}, std::byte{8}};
  const wr::message_parts parts{payload, "/topic", meta, -5, true, 2, proof};
  const auto whole = wr::message_traits<wr::message>::make(parts);
  CHECK(whole.payload == payload);
  CHECK(whole.content_topic == "/topic");
  CHECK(whole.meta == meta);
  CHECK(whole.timestamp == -5);
  CHECK(whole.ephemeral);
  CHECK(wr::message_traits<wr::message>::version(whole) == 2);
  CHECK(wr::message_traits<wr::message>::rate_limit_proof(whole).size() == 2);

  const auto text = wr::message_traits<text_message>::make(parts);
  CHECK(text.payload == "ab");
  CHECK(text.meta.size() == 1);
  CHECK(wr::buildable_message<text_message>);
  CHECK_FALSE(wr::buildable_message<envelope>);
  CHECK(wr::message_traits<wr::message>::make({}) == wr::message{});
}

TEST_CASE("a proof adds to the encoded size, an absent one does not") {
  using traits = wr::message_traits<wr::message>;
  wr::message m;
  m.payload.resize(10);
  const std::size_t without = traits::encoded_size(m);
  m.rate_limit_proof.resize(300);
  CHECK(traits::encoded_size(m) == without + 300 + 5);
}

TEST_CASE("the encoded size is never less than what Protobuf needs, and at most 32 bytes over the parts") {
  for (const std::size_t payload : {0U, 1U, 127U, 128U, 16'384U, 153'600U, 3'000'000U}) {
    for (const std::size_t topic : {1U, 127U, 128U, 500U}) {
      for (const std::size_t meta : {0U, 64U}) {
        for (const std::int64_t stamp :
             {std::int64_t{0}, std::int64_t{1'700'000'000'000'000'000}, INT64_MIN}) {
          wr::message m{.payload = std::vector<std::byte>(payload),
                        .content_topic = std::string(topic, 't'),
                        .meta = std::vector<std::byte>(meta),
                        .timestamp = stamp,
                        .ephemeral = true};
          CAPTURE(payload);
          CAPTURE(topic);
          CHECK(wr::message_traits<wr::message>::encoded_size(m) >= protobuf_size(m));
          CHECK(wr::message_traits<wr::message>::encoded_size(m) == payload + topic + meta + 32);
        }
      }
    }
  }
}

}  // namespace message_traits_tests
