// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/generated.hpp>

#include <doctest/doctest.h>

#include <google/protobuf/message.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "codec_families.hpp"

namespace generated_tests {

using namespace codec_families;

namespace {

using google::protobuf::Message;

// A frame as full as it may be of what takes the most memory for its bytes: groups that nobody knows, then
// elements of a list, each with as many unknown groups as it may bring.
ww::byte_buffer worst_frame(const ww::frame_rule& frame, std::string_view element, std::size_t elements) {
  const auto times = [](std::size_t count, std::string_view hex) {
    std::string made;
    while (count-- > 0) made += hex;
    return made;
  };
  const ww::limits most;
  const std::string groups = times(most.unknown_fields, "7b7c");
  ww::byte_buffer body;
  for (std::size_t count = elements + 1; count-- > 0;) {
    body = bytes_from_hex(groups + times(count, element));
    if (body.size() <= ww::frame_limit(frame, most)) break;
  }
  return body;
}

// What Protobuf keeps after so many frames, of which each is made for its number, through one parser.
template <class Generated, class Make>
std::size_t kept_after(std::size_t frames, const ww::frame_rule& frame, const ww::limits& most,
                       const Make& make) {
  ww::checked_parser parser(most);
  Generated target;
  for (std::size_t number = 0; number < frames; ++number) {
    const Generated made = make(number);
    ww::byte_buffer body;
    ww::append_bare(made, body);
    REQUIRE(said(parser.parse(body, frame, target)) == "accepted");
    REQUIRE(target.ByteSizeLong() == body.size());
  }
  return target.SpaceUsedLong();
}

}  // namespace

TEST_CASE("bytes go to Protobuf only after the scan, and a rejection names the protocol") {
  ww::checked_parser parser{ww::limits{}};
  ww::proto::LightPushResponse reply;
  CHECK_FALSE(parser.parse(bytes_from_hex("0a02723150c801"), ww::frames::lightpush_reply, reply));
  CHECK(reply.status_code() == 200);
  CHECK(parser.has(ww::field::request_id));
  CHECK_FALSE(parser.has(ww::field::relay_peer_count));
  CHECK(said(parser.parse(bytes_from_hex("0a05"), ww::frames::lightpush_reply, reply)) ==
        "lightpush: request_id ends too early");
}

TEST_CASE("what is written goes behind what is there, with a length or without") {
  ww::proto::LightPushResponse reply;
  reply.set_request_id("r1");
  ww::byte_buffer bytes = bytes_from_hex("ff");
  ww::append_bare(reply, bytes);
  ww::append_framed(reply, bytes);
  CHECK(wr::to_hex(bytes) == "ff0a027231040a027231");
  reply.set_request_id(std::string(200, 'a'));
  bytes.clear();
  ww::append_framed(reply, bytes);
  CHECK(bytes.size() == 2 + 3 + 200);
  CHECK(body_of(bytes).size() == 203);
}

TEST_CASE("what Protobuf keeps of the worst frames is less than four times the frame's limit") {
  struct worst {
    const ww::frame_rule& frame;
    const Message& type;
    std::string_view element;
    std::size_t elements;
  };
  // Elements are empty but for eight unknown groups each, where they are messages.
  const std::string_view groups_in_2 = "12107b7c7b7c7b7c7b7c7b7c7b7c7b7c7b7c";
  const worst cases[] = {
      {ww::frames::store_request, ww::proto::StoreQueryRequest::default_instance(), "5a00", 1'000},
      {ww::frames::store_reply, ww::proto::StoreQueryResponse::default_instance(),
       "a201107b7c7b7c7b7c7b7c7b7c7b7c7b7c7b7c", 1'000},
      {ww::frames::legacy_store_request, ww::proto::HistoryRPC::default_instance(), "12021a00", 1'000},
      {ww::frames::legacy_store_reply, ww::proto::HistoryRPC::default_instance(),
       "1a1212107b7c7b7c7b7c7b7c7b7c7b7c7b7c7b7c", 1'000},
      {ww::frames::filter_request, ww::proto::FilterSubscribeRequest::default_instance(), "5a00", 1'000},
      {ww::frames::filter_reply, ww::proto::FilterSubscribeResponse::default_instance(), "", 0},
      {ww::frames::filter_push, ww::proto::MessagePush::default_instance(), "", 0},
      {ww::frames::lightpush_request, ww::proto::LightPushRequest::default_instance(), "", 0},
      {ww::frames::metadata, ww::proto::WakuMetadataRequest::default_instance(), "1000", 512},
      {ww::frames::peer_exchange, ww::proto::PeerExchangeRPC::default_instance(),
       "12120a107b7c7b7c7b7c7b7c7b7c7b7c7b7c7b7c", 1'000},
      {ww::frames::relay, ww::proto::RPC::default_instance(), groups_in_2, 1'000},
  };
  for (const worst& each : cases) {
    CAPTURE(each.type.GetTypeName());
    const auto body = worst_frame(each.frame, each.element, each.elements);
    const std::unique_ptr<Message> message(each.type.New());
    CHECK(said(ww::checked_parser(ww::limits{}).parse(body, each.frame, *message)) == "accepted");
    CHECK(message->SpaceUsedLong() <= 4 * ww::frame_limit(each.frame, ww::limits{}));
    CHECK(message->SpaceUsedLong() > body.size());
  }
}

TEST_CASE("what frames leave at other places of their lists each time stays below four times the limit") {
  namespace proto = ww::proto;
  ww::limits few;
  few.page_messages = 2;
  const std::string large(1'500'000, 'x');

  CHECK(kept_after<proto::RPC>(20, ww::frames::relay, few, [&](std::size_t number) {
          proto::RPC made;
          for (std::size_t place = 0; place < 20; ++place) {
            auto& publication = *made.add_publish();
            publication.set_topic("/p");
            if (place == number) publication.set_data(large);
          }
          return made;
        }) <= 4 * ww::frame_limit(ww::frames::relay, few));

  CHECK(kept_after<proto::StoreQueryResponse>(20, ww::frames::store_reply, few, [](std::size_t number) {
          proto::StoreQueryResponse made;
          for (std::size_t place = 0; place < 40; ++place) {
            auto& message = *made.add_messages()->mutable_message();
            if (place / 2 == number) message.set_payload(std::string(150'000, 'x'));
          }
          return made;
        }) <= 4 * ww::frame_limit(ww::frames::store_reply, few));

  // A server of the legacy store, and a response in the request that it never reads.
  const ww::limits usual;
  CHECK(kept_after<proto::HistoryRPC>(20, ww::frames::legacy_store_request, usual, [](std::size_t number) {
          proto::HistoryRPC made;
          made.mutable_query();
          for (std::size_t place = 0; place < 200; ++place) {
            auto& message = *made.mutable_response()->add_messages();
            if (place / 10 == number) message.set_payload(std::string(150'000, 'x'));
          }
          return made;
        }) <= 4 * ww::frame_limit(ww::frames::legacy_store_request, usual));
}

TEST_CASE("a message is used again until its frames would be more than one may have") {
  const ww::frame_rule& frame = ww::frames::filter_request;
  ww::checked_parser parser{ww::limits{}};
  ww::proto::FilterSubscribeRequest target;
  ww::proto::FilterSubscribeRequest made;
  for (int count = 0; count < 100; ++count) made.add_content_topics(std::string(4'000, 'x'));
  ww::byte_buffer body;
  ww::append_bare(made, body);
  for (std::size_t frames = ww::frame_limit(frame, {}) / body.size(); frames != 0; --frames)
    REQUIRE_FALSE(parser.parse(body, frame, target));
  const std::size_t used = target.SpaceUsedLong();
  REQUIRE_FALSE(parser.parse(bytes_from_hex("5a00"), frame, target));
  CHECK(target.SpaceUsedLong() == used);  // the topic is small, and its place is not

  ww::proto::FilterSubscribeRequest other;
  for (int count = 0; count < 1'000; ++count) other.add_content_topics(std::string(400, 'x'));
  ww::byte_buffer other_body;
  ww::append_bare(other, other_body);
  REQUIRE(other_body.size() > body.size());
  REQUIRE_FALSE(parser.parse(other_body, frame, target));
  CHECK(target.SpaceUsedLong() < used + other_body.size() / 2);
  REQUIRE_FALSE(parser.parse(body, frame, target));
  CHECK(target.SpaceUsedLong() > used + other_body.size() / 2);
}

TEST_CASE_TEMPLATE("fields that peers demand are written also where they are empty or zero", Reply,
                   ww::proto::FilterSubscribeResponse, ::waku::users::v1::FilterSubscribeResponse) {
  Reply reply;
  ww::write_request_id(reply, "");
  ww::write_status(reply, 0);
  ww::write_description(reply, "");
  ww::byte_buffer bytes;
  ww::append_bare(reply, bytes);
  CHECK(bytes.size() == 6);
  ww::proto::FilterSubscribeResponse read;
  REQUIRE(read.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  CHECK(read.has_request_id());
  CHECK(read.has_status_code());
  CHECK(read.has_status_desc());
  ww::write_request_id(reply, "r1");
  ww::write_status(reply, 200);
  CHECK(reply.request_id() == "r1");
  CHECK(reply.status_code() == 200);
}

}  // namespace generated_tests
