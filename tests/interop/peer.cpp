// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "peer.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <utility>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/frame.hpp>
#include <waku/reliability/wire/shard.hpp>

#include "../wire/hex.hpp"
#include "json_writer.hpp"
#include "random_fields.hpp"

namespace interop {

namespace ww = wr::wire;
using json = nlohmann::json;

namespace {

constexpr std::size_t records_of_a_kind = 5'000;

std::uint64_t seed() {
  const char* given = std::getenv("WAKU_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 0) : 20260401U;
}

// What runs the peer, and how its files begin. run.cmake has put it all into the folder that CMake names.
struct program {
  std::string command;
  std::string files;
};
program program_of(dialect peer) {
  const std::string folder = INTEROP_FOLDER;
  if (peer == dialect::js_waku)
    return {"\"" INTEROP_NODE "\" \"" + folder + "/js/peer.mjs\"", folder + "/js_waku"};
  return {"\"" + folder + "/go_peer\"", folder + "/go_waku"};
}

// The record with other fields to be expected.
std::string line_expecting(std::string_view kind_name, const record& sent, std::string_view fields) {
  json_writer to(false);
  to.open({}, '{');
  to.text("kind", kind_name);
  to.text("frame", sent.frame_hex);
  if (!sent.hash_topic.empty()) to.text("hash_topic", sent.hash_topic);
  return to.done() + ",\"fields\":" + std::string(fields) + ",\"send\":" + sent.send + "}";
}

// Something else of the same form.
json altered(const json& value) {
  if (value.is_null()) return "something";
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_number()) return value.get<std::uint64_t>() ^ 1U;
  if (value.is_string()) return value.get<std::string>() + "x";
  if (value.is_array()) {
    json made = value;
    made.push_back(nullptr);
    return made;
  }
  json made = value;
  if (value.contains("hex")) {
    made["hex"] = value["hex"].get<std::string>() + "00";
  } else if (value.contains("int")) {
    made["int"] = value["int"] == "1" ? "2" : "1";
  } else {
    made["no_such_field"] = 1;
  }
  return made;
}

// Cluster 1 is the only one of which go-waku knows shards.
std::string question(std::string_view name, std::string_view text, std::uint32_t shard_count) {
  json_writer to(false);
  to.open({}, '{');
  to.text(name, text);
  to.number("cluster", 1);
  to.number("shard_count", shard_count);
  to.close('}');
  return to.done();
}

std::string random_topic_to_shard(wr::random_source& random) {
  std::string made;
  if (random.chance(0.2)) made += random.chance(0.7) ? "/0" : "/" + std::to_string(random.below(30));
  for (std::uint64_t parts = random.chance(0.8) ? 4 : random.below(7); parts > 0; --parts) {
    made += '/';
    std::string part = random_text(random, 12);
    for (char& letter : part)
      if (letter == '/') letter = '-';
    // What is read as a generation is a number or no number at all: in between, peers differ.
    if (made == "/") part.insert(0, "a");
    made += part.empty() && random.chance(0.9) ? "x" : part;
  }
  return made;
}

}  // namespace

std::vector<answer> ask(dialect peer, const std::vector<std::string>& records) {
  const program run = program_of(peer);
  const std::string input = run.files + "_records.jsonl";
  const std::string output = run.files + "_answers.txt";
  std::ofstream written(input, std::ios::binary | std::ios::trunc);
  for (const std::string& each : records) written << each << '\n';
  written.close();
  if (!written) throw std::runtime_error("cannot write " + input);
  const std::string command = run.command + " \"" + input + "\" \"" + output + "\"";
  if (std::system(command.c_str()) != 0)
    throw std::runtime_error("failed: " + command);  // NOLINT: own command
  std::vector<answer> answers;
  std::ifstream read(output, std::ios::binary);
  for (std::string line; std::getline(read, line);) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    if (first == std::string::npos || second == std::string::npos)
      throw std::runtime_error("no answer: " + line);
    answers.push_back(
        {line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  if (answers.size() != records.size())
    throw std::runtime_error("not as many answers as records: " + std::to_string(answers.size()));
  return answers;
}

std::string line_of(std::string_view kind_name, const record& sent) {
  return line_expecting(kind_name, sent, sent.fields);
}

std::string encode_line(std::string_view kind_name, std::string_view fields) {
  return "{\"kind\":\"" + std::string(kind_name) + "\",\"send\":" + std::string(fields) + "}";
}

answer ask(dialect peer, const std::string& one) { return ask(peer, std::vector<std::string>{one}).front(); }

std::vector<std::byte> body_of(std::string_view frame_hex) {
  const std::vector<std::byte> frame = bytes_from_hex(frame_hex);
  ww::frame_reader reader(ww::protocol::message, frame.size());
  reader.feed(frame);
  const auto body = reader.next();
  if (!body) throw std::runtime_error("no frame: " + std::string(frame_hex));
  std::vector<std::byte> copy(body->begin(), body->end());
  if (reader.next() || reader.finish()) throw std::runtime_error("more than a frame");
  return copy;
}

void check_both_ways(dialect peer) {
  MESSAGE("WAKU_SEED=" << seed());
  for (const kind& each : kinds_of(peer)) {
    CAPTURE(each.name);
    wr::random_source random(seed());
    std::vector<record> sent;
    std::vector<std::string> lines;
    for (std::size_t number = 0; number < records_of_a_kind; ++number) {
      sent.push_back(each.make(random, peer));
      lines.push_back(line_of(each.name, sent.back()));
    }
    const std::vector<answer> answers = ask(peer, lines);
    std::size_t hashed = 0;
    for (std::size_t number = 0; number < sent.size(); ++number) {
      CAPTURE(number);
      CAPTURE(lines[number]);
      REQUIRE(answers[number].differences == "");
      REQUIRE(answers[number].result == sent[number].hash_hex);
      REQUIRE(sent[number].read_back(body_of(answers[number].frame_hex)) == "");
      hashed += sent[number].hash_hex.empty() ? 0 : 1;
    }
    // js-waku's hash is compared where there is a timestamp, which is in 9 of 10.
    CHECK(hashed >= (each.name == "message" ? records_of_a_kind * 8 / 10 : 0));
    if (each.name == "message" && peer == dialect::go_waku) CHECK(hashed == records_of_a_kind);
  }
}

void check_that_it_sees_wrong_fields(dialect peer) {
  INFO("WAKU_SEED=" << seed());
  for (const kind& each : kinds_of(peer)) {
    wr::random_source random(seed());
    std::vector<std::string> lines;
    std::vector<std::string> names;
    for (int samples = 0; samples < 5; ++samples) {
      const record sent = each.make(random, peer);
      const json fields = json::parse(sent.fields);
      for (const auto& [name, value] : fields.items()) {
        json wrong = fields;
        wrong[name] = altered(value);
        lines.push_back(line_expecting(each.name, sent, wrong.dump()));
        names.push_back(name);
      }
    }
    const std::vector<answer> answers = ask(peer, lines);
    for (std::size_t number = 0; number < lines.size(); ++number) {
      CAPTURE(lines[number]);
      CAPTURE(answers[number].differences);
      CHECK(answers[number].differences.starts_with(names[number]));
    }
  }
}

namespace {

void check_shard_names(dialect peer) {
  wr::random_source random(seed());
  std::vector<std::string> names;
  std::vector<std::string> lines;
  for (std::size_t number = 0; number < 1'000; ++number) {
    names.push_back("/waku/2/rs/" + std::to_string(random_number(random, 16)) + "/" +
                    std::to_string(random_number(random, 16)));
    lines.push_back(question("shard_topic", names.back(), 8));
  }
  const std::vector<answer> answers = ask(peer, lines);
  for (std::size_t number = 0; number < names.size(); ++number) {
    CAPTURE(names[number]);
    const std::optional<ww::shard> shard = ww::parse_shard(names[number]);
    REQUIRE(shard);
    REQUIRE(answers[number].result == std::to_string(shard->cluster) + " " + std::to_string(shard->index));
    REQUIRE(shard->to_string() == names[number]);
  }
}

}  // namespace

void check_shards(dialect peer) {
  MESSAGE("WAKU_SEED=" << seed());
  wr::random_source random(seed());
  std::vector<std::pair<std::string, std::uint32_t>> asked;
  std::vector<std::string> lines;
  for (std::size_t number = 0; number < records_of_a_kind; ++number) {
    asked.emplace_back(random_topic_to_shard(random), 1 + random.below(random.chance(0.5) ? 8 : 65'536));
    lines.push_back(question("content_topic", asked.back().first, asked.back().second));
  }
  const std::vector<answer> answers = ask(peer, lines);
  wr::openssl_hasher hasher;
  std::size_t refused = 0;
  for (std::size_t number = 0; number < asked.size(); ++number) {
    CAPTURE(lines[number]);
    const auto& [content_topic, shard_count] = asked[number];
    const std::optional<std::string> topic = ww::autosharding(hasher, 1, shard_count)(content_topic);
    REQUIRE(answers[number].result == topic.value_or("refused"));
    refused += topic ? 0 : 1;
  }
  CHECK(refused > asked.size() / 20);
  CHECK(refused < asked.size() / 2);
  check_shard_names(peer);
}

void check_what_peers_leave_out(dialect peer) {
  // An id without a letter is not written by either. The library refuses such requests, as nwaku does.
  ww::store_codec store;
  ww::decoded_store_request store_request;
  const answer no_id = ask(peer, encode_line("store_request", R"({"request_id":"","include_data":true})"));
  CHECK(no_id.frame_hex == "021001");
  CHECK(store.decode_request(body_of(no_id.frame_hex), store_request) ==
        ww::rejection{ww::protocol::store, ww::field::request_id, ww::reason::missing});

  ww::filter_codec filter;
  ww::decoded_filter_request filter_request;
  const answer no_filter_id =
      ask(peer, encode_line("filter_request", R"({"request_id":"","filter_subscribe_type":0})"));
  CHECK(no_filter_id.frame_hex == "00");
  CHECK(filter.decode_request(body_of(no_filter_id.frame_hex), filter_request) ==
        ww::rejection{ww::protocol::filter, ww::field::request_id, ww::reason::missing});

  // Nor is an empty payload, which is then read as one; nor a failure of lightpush v2.
  ww::message_codec codec;
  wr::message m;
  const answer no_payload =
      ask(peer, encode_line("message", R"({"payload":{"hex":""},"content_topic":"/a"})"));
  CHECK(no_payload.frame_hex == "0412022f61");
  CHECK_FALSE(codec.decode(body_of(no_payload.frame_hex), m));
  CHECK(m.payload.empty());
  ww::legacy_lightpush_codec lightpush;
  wr::lightpush_reply reply;
  const answer failure = ask(peer, encode_line("legacy_lightpush_response",
                                               R"({"request_id":"r","response":{"is_success":false}})"));
  CHECK(failure.frame_hex == "050a01721a00");
  CHECK_FALSE(lightpush.decode_reply(body_of(failure.frame_hex), "r", reply));
  CHECK(reply.status == wr::status_code::internal_server_error);

  // A push may come without its topic, a store's reply without its status, and peers without a query.
  ww::filter_push_codec filter_push;
  ww::decoded_filter_push<wr::message> push;
  const answer no_topic =
      ask(peer, encode_line("filter_push", R"({"waku_message":{"payload":{"hex":"01"},)"
                                           R"("content_topic":"/a"},"pubsub_topic":null})"));
  CHECK_FALSE(filter_push.decode(body_of(no_topic.frame_hex), push));
  CHECK_FALSE(push.pubsub_topic);
  wr::store_reply<wr::message> page;
  const answer no_status =
      ask(peer, encode_line("store_response", R"({"request_id":"r","status_code":null,"messages":[]})"));
  CHECK_FALSE(store.decode_reply(body_of(no_status.frame_hex), "r", page));
  CHECK(page.status == 0);
  ww::peer_exchange_codec exchange;
  wr::services::peer_exchange_reply peers;
  const answer no_query =
      ask(peer, encode_line("peer_exchange_response",
                            R"({"query":null,"response":{"peer_infos":[{"enr":{"hex":"c0"}}]}})"));
  CHECK(no_query.frame_hex == "0712050a030a01c0");
  CHECK_FALSE(exchange.decode_reply(body_of(no_query.frame_hex), peers));
  CHECK(peers.enrs.size() == 1);
}

void check_what_peers_tolerate(dialect peer) {
  wr::openssl_hasher hasher;
  const ww::autosharding autosharding(hasher, 1, 8);
  const std::string shard = autosharding("/a/1/n/proto").value();
  for (const char* topic : {"x/a/1/n/proto", "x/0/a/1/n/proto", "/-1/a/1/n/proto"}) {
    CAPTURE(topic);
    CHECK(result_of(peer, "content_topic", topic) == shard);
    CHECK_FALSE(autosharding(topic));
  }
  CHECK(result_of(peer, "shard_topic", "/waku/2/rs/01/002") == "1 2");
  CHECK_FALSE(ww::parse_shard("/waku/2/rs/01/002"));
}

std::string result_of(dialect peer, std::string_view name, std::string_view text) {
  return ask(peer, question(name, text, 8)).result;
}

}  // namespace interop
