// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/message_codec.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <waku/reliability/core/message.hpp>

namespace rest_message_codec_tests {

namespace wr = waku::reliability;
namespace rest = wr::rest;

namespace {

std::optional<wr::message> read(std::string_view body) {
  return rest::message_of<wr::message>(rest::read_json(body));
}

}  // namespace

TEST_CASE("a message is the same after it was written and read, in every field") {
  wr::message m;
  m.payload = {std::byte{0}, std::byte{0xff}};
  m.content_topic = "/a/1/\xc3\xa4/proto";
  m.meta = {std::byte{7}};
  m.timestamp = 1'717'200'000'123'456'789;  // beyond what a double can hold
  m.ephemeral = true;
  m.version = 2;
  m.rate_limit_proof = {std::byte{1}, std::byte{2}};
  CHECK(read(rest::body_of(rest::json_of(m))) == m);
  m.timestamp = std::numeric_limits<std::int64_t>::min();
  CHECK(read(rest::body_of(rest::json_of(m))) == m);
  const wr::message empty;
  CHECK(read(rest::body_of(rest::json_of(empty))) == empty);
}

TEST_CASE("what is empty is left out where a node takes that for granted, else written") {
  const rest::json written = rest::json_of(wr::message{});
  CHECK_FALSE(written.contains("meta"));
  CHECK_FALSE(written.contains("proof"));
  CHECK(written.at("payload") == "");
  CHECK(written.at("ephemeral") == false);
  CHECK(written.at("timestamp") == 0);
}

TEST_CASE("what may be absent or null is empty then") {
  const auto got = read(R"({"contentTopic":"t","payload":null,"meta":null,"timestamp":null,"ephemeral":null,)"
                        R"("version":null,"proof":null})");
  REQUIRE(got);
  CHECK(*got == *read(R"({"contentTopic":"t"})"));
  CHECK(got->payload.empty());
  CHECK(got->timestamp == 0);
}

TEST_CASE("times are whole numbers, or such in a text") {
  CHECK(read(R"({"contentTopic":"t","timestamp":-5})")->timestamp == -5);
  CHECK(read(R"({"contentTopic":"t","timestamp":"1795314514941610317"})")->timestamp ==
        1'795'314'514'941'610'317);
  for (const std::string_view wrong : {"1.5", "1e3", "true", "[]", R"("")", R"("1 ")", R"("0x1")",
                                       "9223372036854775808", R"("9223372036854775808")"}) {
    INFO(std::string(wrong));
    CHECK_FALSE(read(R"({"contentTopic":"t","timestamp":)" + std::string(wrong) + "}"));
  }
}

TEST_CASE("a field that is not what it must be makes no message") {
  for (const std::string_view body :
       {"", "no JSON", "null", "[]", "\"text\"", "{}", R"({"contentTopic":7})", R"({"contentTopic":null})",
        R"({"contentTopic":"t","payload":7})", R"({"contentTopic":"t","payload":"Z"})",
        R"({"contentTopic":"t","payload":[1,2]})", R"({"contentTopic":"t","meta":"*"})",
        R"({"contentTopic":"t","ephemeral":1})", R"({"contentTopic":"t","ephemeral":"true"})",
        R"({"contentTopic":"t","version":-1})", R"({"contentTopic":"t","version":4294967296})"}) {
    INFO(std::string(body));
    CHECK_FALSE(read(body));
  }
}

TEST_CASE("a proof that is written otherwise is left out, as the hash does not need it") {
  for (const std::string_view proof : {"7", "{}", R"("*")"}) {
    const auto got = read(R"({"contentTopic":"t","proof":)" + std::string(proof) + "}");
    REQUIRE(got);
    CHECK(got->rate_limit_proof.empty());
  }
}

TEST_CASE("bytes that are no UTF-8 are left out of a body rather than thrown for") {
  CHECK(rest::body_of(rest::json("a\xff"
                                 "b")) == "\"ab\"");
}

TEST_CASE("what is no JSON, or more than one value, is said to be none") {
  for (const std::string_view body : {"", "{", "nul", "{} {}", "404 page not found\n", "\xff\xfe"}) {
    INFO(std::string(body));
    CHECK(rest::read_json(body).is_discarded());
  }
  CHECK(rest::member_of(rest::read_json("["), "a") == nullptr);
  CHECK(rest::member_of(rest::read_json(R"({"a":null})"), "a") == nullptr);
  CHECK(rest::text_of(rest::read_json(R"({"a":1})"), "a") == nullptr);
}

TEST_CASE("a body of more values than there is memory for is not read, however they are nested") {
  const std::size_t most = rest::json_values_max;
  CHECK(rest::read_json(std::string(most + 1, '[') + std::string(most + 1, ']')).is_discarded());
  std::string many = "[0";
  for (std::size_t each = 1; each < most; ++each) many += ",0";
  CHECK(rest::read_json(many + "]").size() == most);
  CHECK(rest::read_json(many + ",0]").is_discarded());
  // Within a text nothing is a value, also after a quotation mark that is part of it.
  const std::string text = R"(["\"\\",")" + std::string(most + 1, ',') + R"("])";
  CHECK(rest::read_json(text).size() == 2);
}

}  // namespace rest_message_codec_tests
