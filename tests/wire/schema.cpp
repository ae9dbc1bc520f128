// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/schema.hpp>

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.h>

#include <cstddef>
#include <string>

#include <waku/reliability/wire/proto/filter.pb.h>
#include <waku/reliability/wire/proto/legacy_lightpush.pb.h>
#include <waku/reliability/wire/proto/legacy_store.pb.h>
#include <waku/reliability/wire/proto/lightpush.pb.h>
#include <waku/reliability/wire/proto/message.pb.h>
#include <waku/reliability/wire/proto/metadata.pb.h>
#include <waku/reliability/wire/proto/peer_exchange.pb.h>
#include <waku/reliability/wire/proto/relay.pb.h>
#include <waku/reliability/wire/proto/store.pb.h>

namespace schema_tests {

namespace ww = waku::reliability::wire;
namespace proto = ww::proto;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {

// The type that the scan expects of a field.
ww::field_type expected_type(const FieldDescriptor& field, const ww::field_rule& rule) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING: return ww::field_type::text;
    case FieldDescriptor::TYPE_MESSAGE: return ww::field_type::message;
    case FieldDescriptor::TYPE_BYTES:
      if (rule.field == ww::field::pagination_cursor) return ww::field_type::hash_or_none;
      return rule.type == ww::field_type::hash ? ww::field_type::hash : ww::field_type::bytes;
    default: return field.is_repeated() ? ww::field_type::numbers : ww::field_type::number;
  }
}

// Checks the table of a message, and of those within it, against the schema. How many fields were compared.
std::size_t compare(const ww::message_rule& rules, const Descriptor& schema) {
  CAPTURE(schema.full_name());
  REQUIRE(rules.fields.size() == static_cast<std::size_t>(schema.field_count()));
  std::size_t compared = 0;
  for (const ww::field_rule& rule : rules.fields) {
    const FieldDescriptor* field = schema.FindFieldByNumber(static_cast<int>(rule.number));
    CAPTURE(rule.number);
    REQUIRE(field != nullptr);
    CHECK(std::string(ww::name_of(rule.field)) == field->name());
    CHECK(rule.type == expected_type(*field, rule));
    CHECK((rule.elements_max != nullptr) == field->is_repeated());
    CHECK((rule.nested != nullptr) == (field->type() == FieldDescriptor::TYPE_MESSAGE));
    ++compared;
    if (rule.nested != nullptr) compared += compare(*rule.nested, *field->message_type());
  }
  return compared;
}

}  // namespace

TEST_CASE("the tables that the scan reads say what the schemas say") {
  CHECK(compare(ww::schema::waku_message, *proto::WakuMessage::descriptor()) == 7);
  CHECK(compare(ww::schema::relay, *proto::RPC::descriptor()) == 10);
  CHECK(compare(ww::schema::store_request, *proto::StoreQueryRequest::descriptor()) == 10);
  CHECK(compare(ww::schema::store_reply, *proto::StoreQueryResponse::descriptor()) == 15);
  CHECK(compare(ww::schema::legacy_store, *proto::HistoryRPC::descriptor()) == 33);
  CHECK(compare(ww::schema::filter_request, *proto::FilterSubscribeRequest::descriptor()) == 4);
  CHECK(compare(ww::schema::filter_reply, *proto::FilterSubscribeResponse::descriptor()) == 3);
  CHECK(compare(ww::schema::filter_push, *proto::MessagePush::descriptor()) == 9);
  CHECK(compare(ww::schema::lightpush_request, *proto::LightPushRequest::descriptor()) == 10);
  CHECK(compare(ww::schema::lightpush_reply, *proto::LightPushResponse::descriptor()) == 4);
  CHECK(compare(ww::schema::legacy_lightpush, *proto::PushRpc::descriptor()) == 14);
  CHECK(compare(ww::schema::metadata, *proto::WakuMetadataRequest::descriptor()) == 3);
  CHECK(compare(ww::schema::metadata, *proto::WakuMetadataResponse::descriptor()) == 3);
  CHECK(compare(ww::schema::peer_exchange, *proto::PeerExchangeRPC::descriptor()) == 7);
}

TEST_CASE("a frame holds what it has to, and grows with the network's messages") {
  ww::limits most;
  CHECK(ww::frame_limit(ww::frames::metadata, most) == 1'024);
  CHECK(ww::frame_limit(ww::frames::filter_request, most) == 1'601'536);
  CHECK(ww::frame_limit(ww::frames::filter_reply, most) == 65'536);
  CHECK(ww::frame_limit(ww::frames::message, most) == 153'600);
  CHECK(ww::frame_limit(ww::frames::lightpush_request, most) > 153'600);
  CHECK(ww::frame_limit(ww::frames::store_reply, most) > 100 * 153'600);
  CHECK(ww::frame_limit(ww::frames::store_reply, most) < 101 * 160'000);
  most.message_bytes = 1 << 20;
  CHECK(ww::frame_limit(ww::frames::store_reply, most) > 100 * (1 << 20));
  CHECK(ww::frame_limit(ww::frames::metadata, most) == 1'024);
}

}  // namespace schema_tests
