// SPDX-License-Identifier: Apache-2.0 OR MIT
// Every vector of wire.json: the same bytes from the same fields, the same fields from the same bytes, and what
// is malformed is refused or tolerated as it has to be.
#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/filter_service.hpp>
#include <waku/reliability/service/memory_archive.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/frame.hpp>

#include "wire_vectors.hpp"

namespace wire_vector_tests {

namespace wr = waku::reliability;
using namespace wire_vectors;

namespace {

using byte_span = std::span<const std::byte>;
using bytes = std::vector<std::byte>;

// Scans as the codecs do, and parses. A message that no frame holds is only parsed.
std::optional<ww::rejection> decode(const json& vector, const bytes& given, Message& target) {
  const std::string name = vector.at("message");
  if (const ww::frame_rule* frame = frame_of(name))
    return ww::checked_parser(ww::limits{}).parse(given, *frame, target);
  CHECK((name == "WakuMessageKeyValue" || name == "RateLimitProof"));
  REQUIRE(target.ParseFromArray(given.data(), static_cast<int>(given.size())));
  return std::nullopt;
}

// Whether what was decoded are the fields that the vector names.
void check_fields(Message& decoded, const json& vector, const json& fields, bool exactly) {
  if (!exactly) remove_unnamed_defaults(decoded, fields);
  CHECK(decoded.SerializeAsString() == make(vector.at("message"), fields)->SerializeAsString());
}

}  // namespace

TEST_CASE("every canonical vector is encoded byte for byte from its fields") {
  std::size_t encoded = 0;
  for (const json& vector : wire().at("vectors")) {
    CAPTURE(vector.at("name").get<std::string>());
    if (vector.at("encoding") != "canonical") {
      CHECK(vector.at("encoding") == "decode-only");
      continue;
    }
    const auto message = make(vector.at("message"), vector.at("fields"));
    bytes written;
    ww::append_bare(*message, written);
    CHECK(written == bytes_of_vector(vector));
    ++encoded;
  }
  CHECK(encoded == 109);
}

TEST_CASE("every vector is decoded to its fields") {
  std::size_t decoded = 0;
  for (const json& vector : wire().at("vectors")) {
    CAPTURE(vector.at("name").get<std::string>());
    const bytes given = bytes_of_vector(vector);
    auto message = make(vector.at("message"));
    if (vector.at("name") == "metadata-1024-shards-both-too-big") {
      // Well formed, but no frame may hold it.
      CHECK(decode(vector, given, *message) ==
            ww::rejection{ww::protocol::metadata, ww::field::frame, ww::reason::too_long});
      REQUIRE(message->ParseFromArray(given.data(), static_cast<int>(given.size())));
    } else {
      REQUIRE_FALSE(decode(vector, given, *message));
    }
    check_fields(*message, vector, vector.at("fields"), vector.at("encoding") == "canonical");
    ++decoded;
  }
  CHECK(decoded == 131);
}

TEST_CASE("every vector's length and frame are written and read") {
  std::size_t framed = 0;
  for (const json& vector : wire().at("vectors")) {
    CAPTURE(vector.at("name").get<std::string>());
    const bytes body = bytes_of_vector(vector);
    CHECK(body.size() == vector.at("size").get<std::size_t>());
    bytes expected = bytes_from_hex(vector.at("length_prefix_hex").get<std::string>());
    expected.insert(expected.end(), body.begin(), body.end());
    bytes written;
    ww::append_frame(body, written);
    CHECK(written == expected);
    auto message = make(vector.at("message"));
    REQUIRE(message->ParseFromArray(body.data(), static_cast<int>(body.size())));
    if (vector.at("encoding") == "canonical") {
      bytes again;
      ww::append_framed(*message, again);
      CHECK(again == expected);
    }
    ww::frame_reader reader(ww::protocol::store, body.size());
    reader.feed(written);
    const auto frame = reader.next();
    REQUIRE(frame);
    CHECK(bytes(frame->begin(), frame->end()) == body);
    ++framed;
  }
  CHECK(framed == 131);
}

TEST_CASE("bytes that are malformed are refused by the scan, before Protobuf sees them, or tolerated") {
  std::size_t refused = 0;
  std::size_t tolerated = 0;
  std::size_t either = 0;
  for (const json& vector : wire().at("malformed")) {
    if (vector.at("layer") != "wire") continue;
    CAPTURE(vector.at("name").get<std::string>());
    const bytes given = bytes_of_vector(vector);
    auto message = make(vector.at("message"));
    const auto rejection = decode(vector, given, *message);
    const std::string required = vector.at("required");
    if (required == "reject") {
      REQUIRE(rejection);
      CHECK(rejection->protocol == frame_of(vector.at("message"))->protocol);
      CHECK(rejection->reason != ww::reason::refused);
      ++refused;
      continue;
    }
    REQUIRE((required == "tolerate" || required == "either"));
    REQUIRE_FALSE(rejection);
    check_fields(*message, vector, vector.at("decoded_fields"), false);
    ++(required == "tolerate" ? tolerated : either);
  }
  CHECK(refused == 27);
  CHECK(tolerated == 7);
  CHECK(either == 1);
}

namespace {

// What speaks for the library where a message is well formed and means something wrong: the codec that reads it,
// and for criteria the service that answers it, by the text of the specs. True where it is refused.
using judge = std::function<bool(byte_span)>;

constexpr std::string_view any_id = "r1";

bool message_refused(byte_span given) {
  wr::message message;
  return ww::message_codec().decode(given, message).has_value();
}
bool store_request_refused(byte_span given) {
  ww::decoded_store_request request;
  if (ww::store_codec().decode_request(given, request)) return true;
  using archive = wr::services::memory_archive<wr::message>;
  wr::services::store_service<archive> service(wr::services::specified_store_profile(), archive({}, 1));
  return !wr::is_success(service.answer(request.view(wr::peer_id{1}), {}).status);
}
bool store_body_dropped(byte_span given) {
  wr::store_reply<wr::message> reply;
  REQUIRE_FALSE(ww::store_codec().decode_reply(given, any_id, reply));
  REQUIRE(reply.entries.size() == 1);
  CHECK(wr::to_hex(reply.entries[0].hash).starts_with("6ac73742"));
  return !reply.entries[0].body;
}
bool store_entry_dropped(byte_span given) {
  wr::store_reply<wr::message> reply;
  REQUIRE_FALSE(ww::store_codec().decode_reply(given, any_id, reply, wr::openssl_hasher()));
  return reply.entries.empty();
}
bool filter_request_refused(byte_span given) {
  ww::decoded_filter_request request;
  return ww::filter_codec().decode_request(given, request).has_value();
}
bool filter_push_refused(byte_span given) {
  ww::decoded_filter_push<wr::message> push;
  return ww::filter_push_codec().decode(given, push).has_value();
}
bool lightpush_request_refused(byte_span given) {
  ww::decoded_lightpush_request<wr::message> request;
  return ww::lightpush_codec().decode_request(given, request).has_value();
}
bool legacy_lightpush_refused(byte_span given) {
  ww::decoded_lightpush_request<wr::message> request;
  wr::lightpush_reply reply;
  ww::legacy_lightpush_codec codec;
  return codec.decode_request(given, request) && codec.decode_reply(given, any_id, reply);
}
bool metadata_refused(byte_span given) {
  wr::services::metadata told;
  return ww::metadata_codec().decode(given, told).has_value();
}
bool peer_exchange_refused(byte_span given) {
  wr::services::peer_exchange_request request;
  wr::services::peer_exchange_reply reply;
  ww::peer_exchange_codec codec;
  return codec.decode_request(given, request) && codec.decode_reply(given, reply);
}
bool relay_refused(byte_span given) {
  std::size_t delivered = 0;
  std::size_t told = 0;
  const auto refused = ww::relay_codec().decode<wr::message>(
      given, [&](auto&&...) { ++delivered; }, [&](auto&&...) { ++told; });
  CHECK_FALSE(refused);
  CHECK(delivered + told == 1);
  return told == 1;
}

const std::map<std::string, judge>& judges() {
  static const std::map<std::string, judge> by_name{
      {"unknown-enum-value", filter_request_refused},
      {"meta-65-bytes", message_refused},
      {"message-without-content-topic", message_refused},
      {"message-without-payload", message_refused},
      {"store-hash-33-bytes", store_request_refused},
      {"store-hash-31-bytes", store_request_refused},
      {"store-hash-empty", store_request_refused},
      {"store-cursor-31-bytes", store_request_refused},
      {"store-cursor-all-zero", store_request_refused},
      {"store-hashes-and-content-filter", store_request_refused},
      {"store-pubsub-topic-without-content-topics", store_request_refused},
      {"store-content-topics-without-pubsub-topic", store_request_refused},
      {"store-request-without-id", store_request_refused},
      {"store-response-message-without-topic", store_body_dropped},
      {"store-response-hash-mismatch", store_entry_dropped},
      {"filter-push-without-message", filter_push_refused},
      {"lightpush3-request-without-message", lightpush_request_refused},
      {"lightpush2-rpc-neither", legacy_lightpush_refused},
      {"metadata-cluster-over-uint16", metadata_refused},
      {"px-neither", peer_exchange_refused},
      {"relay-signed-message", relay_refused},
      {"relay-seqno-only", relay_refused},
      {"relay-data-not-a-message", relay_refused},
  };
  return by_name;
}

}  // namespace

TEST_CASE("messages that are well formed and mean nothing are parsed, and refused by who reads them") {
  std::size_t judged = 0;
  for (const json& vector : wire().at("malformed")) {
    if (vector.at("layer") != "semantic") continue;
    CAPTURE(vector.at("name").get<std::string>());
    const bytes given = bytes_of_vector(vector);
    auto message = make(vector.at("message"));
    REQUIRE(message->ParseFromArray(given.data(), static_cast<int>(given.size())));
    check_fields(*message, vector, vector.at("decoded_fields"), false);
    const auto found = judges().find(vector.at("name"));
    REQUIRE(found != judges().end());
    const bool refused = found->second(given);
    if (vector.at("required") == "reject") {
      CHECK(refused);
    } else {
      // An empty payload: what stores hold may be read.
      CHECK(vector.at("required") == "either");
      CHECK(vector.at("name") == "message-without-payload");
      CHECK_FALSE(refused);
    }
    ++judged;
  }
  CHECK(judged == judges().size());
  CHECK(judged == 23);
}

TEST_CASE("frames that are malformed are refused, and of two requests on a stream the first is read") {
  std::size_t read = 0;
  for (const json& vector : wire().at("malformed")) {
    if (vector.at("layer") != "frame") continue;
    CAPTURE(vector.at("name").get<std::string>());
    const std::string name = vector.at("message");
    const ww::frame_rule& rule = *frame_of(name);
    const bytes stream = bytes_of_vector(vector);
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
      ww::frame_reader reader(rule.protocol, ww::frame_limit(rule, {}));
      bool accepted = false;
      byte_span rest(stream);
      while (!rest.empty() && !accepted) {
        reader.feed(rest.first(std::min(piece, rest.size())));
        rest = rest.subspan(std::min(piece, rest.size()));
        for (auto frame = reader.next(); frame && !accepted; frame = reader.next()) {
          ww::decoded_store_request request;
          accepted = !ww::store_codec().decode_request(*frame, request);
          if (accepted) CHECK(request.request_id == "r1");
          if (!accepted) CHECK(vector.at("name") == "frame-empty");
        }
      }
      if (vector.at("required") == "reject") {
        CHECK_FALSE(accepted);
        CHECK((reader.finish() || vector.at("name") == "frame-empty"));
      } else {
        CHECK(vector.at("required") == "tolerate");
        CHECK(accepted);
      }
    }
    ++read;
  }
  CHECK(read == 7);
}

TEST_CASE("no vector is left out") {
  CHECK(wire().at("vectors").size() == 131);
  CHECK(wire().at("malformed").size() == 65);
  std::set<std::string> names;
  for (const char* list : {"vectors", "malformed"}) {
    for (const json& vector : wire().at(list)) names.insert(vector.at("name"));
  }
  CHECK(names.size() == 131 + 65);
}

}  // namespace wire_vector_tests
