// SPDX-License-Identifier: Apache-2.0 OR MIT
// Every vector of autosharding.json.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/wire/content_topic.hpp>
#include <waku/reliability/wire/shard.hpp>

#include "wire_vectors.hpp"

namespace autosharding_vector_tests {

namespace wr = waku::reliability;
namespace ww = wr::wire;
using nlohmann::json;

namespace {

const json& vectors() {
  static const json read_once = wire_vectors::read("autosharding.json");
  return read_once;
}

}  // namespace

TEST_CASE("every content topic belongs to the shard that the implementations say") {
  wr::openssl_hasher hasher;
  std::size_t checked = 0;
  std::size_t unlike_the_text = 0;
  for (const json& vector : vectors().at("vectors")) {
    const std::string topic = vector.at("content_topic");
    const auto count = vector.at("shard_count").get<std::uint32_t>();
    CAPTURE(topic);
    CAPTURE(count);
    const auto parsed = ww::parse_content_topic(topic);
    REQUIRE(parsed);
    CHECK(parsed->application == vector.at("application").get<std::string>());
    CHECK(parsed->version == vector.at("version").get<std::string>());
    CHECK(to_hex(hasher.hash_of_text(parsed->application, parsed->version)) ==
          vector.at("sha256_hex").get<std::string>());
    const auto index = ww::shard_index(*parsed, count, hasher);
    CHECK(index == vector.at("expected_shard").get<std::uint32_t>());
    const ww::autosharding shard_of(hasher, vector.at("cluster_id").get<std::uint16_t>(), count);
    CHECK(shard_of(topic) == vector.at("expected_pubsub_topic").get<std::string>());
    if (index != vector.at("rfc_full_256bit_modulo_shard").get<std::uint32_t>()) ++unlike_the_text;
    ++checked;
  }
  CHECK(checked == 59);
  CHECK(unlike_the_text > 0);
}

TEST_CASE("every content topic that must be refused is refused") {
  std::size_t checked = 0;
  for (const json& vector : vectors().at("invalid_content_topics")) {
    CAPTURE(vector.at("content_topic").get<std::string>());
    CHECK(vector.at("required") == "reject");
    CHECK_FALSE(ww::parse_content_topic(vector.at("content_topic").get<std::string>()));
    ++checked;
  }
  CHECK(checked == 24);
}

TEST_CASE("every pubsub topic is read as the shard that it names, or as none") {
  std::size_t checked = 0;
  for (const json& vector : vectors().at("pubsub_topic_parsing")) {
    const std::string topic = vector.at("pubsub_topic");
    CAPTURE(topic);
    const auto read = ww::parse_shard(topic);
    REQUIRE(read.has_value() == vector.at("valid").get<bool>());
    if (read) {
      CHECK(read->cluster == vector.at("cluster_id").get<std::uint32_t>());
      CHECK(read->index == vector.at("shard").get<std::uint32_t>());
      CHECK(read->to_string() == topic);
    }
    ++checked;
  }
  CHECK(checked == 18);
}

}  // namespace autosharding_vector_tests
